package dev.cutover.contract;

import java.time.Instant;
import java.util.Optional;

/**
 * Something that is told to people, its words final.
 *
 * @param id the same however often it is sent: from cutover, occasion and channel
 * @param thread what it belongs to: notices of one thread are answers to each other, and end what
 *     an earlier one began
 * @param subject one line
 * @param text plain, lines end with a line feed; no secrets
 * @param windowOpensAt when the switch may begin; empty when that is not planned
 * @param windowClosesAt when the window ends; empty when it does not
 * @param rehearsal whether nothing of it is production: said in its subject
 */
public record Notice(
    String id,
    String thread,
    NoticeKind kind,
    String subject,
    String text,
    Optional<Instant> windowOpensAt,
    Optional<Instant> windowClosesAt,
    boolean rehearsal) {
  public Notice {
    Arguments.require(!id.isBlank(), "Expected the id of a notice, but it is blank");
    Arguments.require(
        !subject.isBlank() && subject.lines().count() == 1,
        "Expected a subject of one line, but got '%s'".formatted(subject));
  }
}
