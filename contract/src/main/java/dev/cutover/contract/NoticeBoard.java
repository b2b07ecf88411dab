package dev.cutover.contract;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What people were told of a cutover, and who is there.
 *
 * @param notices the latest, in the order in which they were ordered
 * @param failed how many could not be delivered: somebody was not told
 * @param skipped what was not told because its time had passed
 * @param nextAt when the next one is due by the clock
 * @param reportDueAt when a person must say how it went; empty when nothing is to be said
 */
public record NoticeBoard(
    List<NoticeState> notices,
    int failed,
    List<Skipped> skipped,
    Optional<Instant> nextAt,
    RollCall rollCall,
    Optional<Instant> reportDueAt) {
  public NoticeBoard {
    notices = List.copyOf(notices);
    skipped = List.copyOf(skipped);
  }

  /**
   * One notice on one channel.
   *
   * @param tries attempts so far
   * @param at when it was ordered
   * @param detail where it is found at the channel, or why it failed
   */
  public record NoticeState(
      NoticeKind kind,
      String channel,
      String subject,
      Progress progress,
      int tries,
      Instant at,
      String detail) {}

  /** How far a notice is. */
  public enum Progress {
    UNDER_WAY,
    DELIVERED,
    FAILED
  }

  /** What was not told, and why. */
  public record Skipped(NoticeKind kind, String reason) {}

  /**
   * Who answered that they are there.
   *
   * @param open whether it is asked for now
   * @param missing named by the plan, and not there yet
   */
  public record RollCall(boolean open, List<String> present, List<String> missing) {
    /** Nobody is expected. */
    public static final RollCall NONE = new RollCall(false, List.of(), List.of());

    public RollCall {
      present = List.copyOf(present);
      missing = List.copyOf(missing);
    }
  }
}
