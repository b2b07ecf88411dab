package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.runtime.Payload;
import java.util.Optional;

/**
 * Where a cutover's journal ends, and what its next entry must carry. Each entry names the SHA-256
 * of the one before it as that is stored, the first one that of the cutover's name: so an entry
 * that is changed, removed, repeated, moved or put in breaks the chain where it is.
 *
 * @param sequence of the last entry; 0 when there is none
 * @param hash of the last entry's bytes, hexadecimal; of the cutover's name when there is none
 */
public record JournalHead(CutoverId cutover, long sequence, String hash) {

  /** Of a journal that has no entry yet. */
  public static JournalHead of(CutoverId cutover) {
    return new JournalHead(cutover, 0, Payload.of(cutover.value()).sha256());
  }

  /** Once that entry is stored behind it. */
  public JournalHead then(Payload stored) {
    return then(stored.sha256());
  }

  /** Once an entry of that hash is stored behind it. */
  public JournalHead then(String stored) {
    return new JournalHead(cutover, sequence + 1, stored);
  }

  /** Why that entry can't be the next one; empty when it is. */
  public Optional<String> refuses(JournalEntry entry) {
    if (!entry.cutover().equals(cutover)) {
      return Optional.of(
          "Expected an entry of %s, but it is of %s".formatted(cutover, entry.cutover()));
    }
    if (entry.sequence() != sequence + 1) {
      return Optional.of(
          "Expected event %d of %s, but found %d"
              .formatted(sequence + 1, cutover, entry.sequence()));
    }
    if (!entry.previous().equals(hash)) {
      return Optional.of(
          sequence == 0
              ? "Expected event 1 of %s to carry the hash of its name, but it carries %s"
                  .formatted(cutover, entry.previous())
              : "Expected event %d of %s to carry %s, the hash of event %d, but it carries %s: one of both is not as it was written"
                  .formatted(sequence + 1, cutover, hash, sequence, entry.previous()));
    }
    return Optional.empty();
  }
}
