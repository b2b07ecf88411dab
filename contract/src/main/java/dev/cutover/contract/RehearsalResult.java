package dev.cutover.contract;

import java.time.Instant;

/**
 * What came of a rehearsal, read from its journal.
 *
 * @param rehearsal the cutover that was the rehearsal
 * @param of the cutover that it rehearsed
 * @param subject SHA-256 of what it rehearsed: of the parts of that cutover's plan that say what is
 *     done, without window, people and notices
 * @param journalHead SHA-256 of its journal's last entry, hexadecimal
 * @param sequence of that entry
 * @param passed whether it went the whole way there and back, within the bounds of its plan
 * @param detail what happened, in a sentence
 * @param endedAt when the source served again, or when it was given up
 */
public record RehearsalResult(
    CutoverId rehearsal,
    CutoverId of,
    String subject,
    String journalHead,
    long sequence,
    boolean passed,
    String detail,
    Instant endedAt,
    SwitchFigures figures) {}
