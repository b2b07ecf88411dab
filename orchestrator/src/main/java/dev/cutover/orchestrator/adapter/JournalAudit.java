package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.runtime.Payload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks one cutover's journal, entry by entry as they are stored, and that it is the one which was
 * published: what was cut off at its end, or changed in its last entry, no chain can show.
 */
public final class JournalAudit {
  private final JournalCodec codec = new JournalCodec();
  private final List<String> hashes = new ArrayList<>();
  private JournalHead head;
  private @Nullable Instant firstAt;
  private @Nullable Instant lastAt;
  private @Nullable String broken;

  public JournalAudit(CutoverId cutover) {
    head = JournalHead.of(cutover);
  }

  /**
   * What was found.
   *
   * @param events whose chain holds, from the first on
   * @param firstAt when the first was decided; empty when there is none
   * @param lastAt when the last of them was decided; empty when there is none
   * @param head hash of the last of them; of the cutover's name when there is none
   * @param broken the first break with its place, in words; empty when all is as it was written
   */
  public record Result(
      CutoverId cutover,
      long events,
      Optional<Instant> firstAt,
      Optional<Instant> lastAt,
      String head,
      Optional<String> broken) {}

  /**
   * Takes the next entry; nothing behind the first break is looked at.
   *
   * @param place where it is stored, in words
   */
  public void add(Payload stored, String place) {
    if (broken != null) {
      return;
    }
    try {
      JournalEntry entry = codec.entry(stored.bytes());
      Optional<String> refusal = head.refuses(entry);
      if (refusal.isPresent()) {
        broken = "%s: %s".formatted(place, refusal.get());
        return;
      }
      firstAt = firstAt == null ? entry.at() : firstAt;
      lastAt = entry.at();
    } catch (IllegalStateException e) {
      broken = "%s: %s".formatted(place, e.getMessage());
      return;
    }
    head = head.then(stored);
    hashes.add(head.hash());
  }

  /** Compares with a head that was kept elsewhere. */
  public void published(long sequence, String hash, String place) {
    if (broken != null) {
      return;
    }
    if (sequence > head.sequence()) {
      broken =
          "%s names event %d of %s, but the journal ends at %d: its end was cut off"
              .formatted(place, sequence, head.cutover(), head.sequence());
    } else if (sequence > 0 && !hashes.get((int) sequence - 1).equals(hash)) {
      broken =
          "%s names %s as the hash of event %d of %s, but it is %s: it is not as it was written"
              .formatted(place, hash, sequence, head.cutover(), hashes.get((int) sequence - 1));
    }
  }

  /** Is told that nothing behind that event was ever published. */
  public void endsAt(long sequence, String place) {
    if (broken == null && sequence < head.sequence()) {
      broken =
          "%s ends at event %d of %s, but the journal goes on to %d: what follows was not decided"
              .formatted(place, sequence, head.cutover(), head.sequence());
    }
  }

  /** What was found so far. */
  public Result result() {
    return new Result(
        head.cutover(),
        head.sequence(),
        Optional.ofNullable(firstAt),
        Optional.ofNullable(lastAt),
        head.hash(),
        Optional.ofNullable(broken));
  }
}
