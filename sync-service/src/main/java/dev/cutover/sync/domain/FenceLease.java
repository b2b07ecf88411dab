package dev.cutover.sync.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.StepRef;
import dev.cutover.sync.domain.WriterRow.Lease;
import java.time.Instant;
import java.util.Optional;

/**
 * Judges what becomes of a fenced source when nobody speaks any more. Pure.
 *
 * <p>And what becomes of a target without which the source was opened, since people had declared it
 * dead: it owes a fence, and gets it as soon as it answers, whoever looks.
 *
 * <p>A fence is a lease: past its expiry the source is opened again, but only after the target's
 * epoch was raised while it is fenced, so that an open of the target that is still under way finds
 * another epoch and is refused. The expiry only triggers the try; the epochs decide.
 */
public final class FenceLease {
  /** Step in both rows, so that a restarted service recognises its own raise. */
  public static final String STEP = "lease-expired";

  /** Step in the row of a target that was dead and has come back. */
  public static final String OWED_STEP = "fence-owed";

  private FenceLease() {}

  /** Whether a source's row says that the fence of that epoch was given back by its lease. */
  public static boolean gaveBack(WriterRow source, long fenceEpoch) {
    return fenceGivenBack(source).filter(epoch -> epoch == fenceEpoch).isPresent();
  }

  /** The epoch of the fence that was given back by its lease, if a source's row says so. */
  public static Optional<Long> fenceGivenBack(WriterRow source) {
    return source
        .cutover()
        .filter(
            cutover ->
                source.isOpen() && source.step().equals(Optional.of(step(cutover).toString())))
        .map(_ -> source.epoch() - 1);
  }

  /** Written into both rows; no decision has it. */
  private static long epochAfter(long fenceEpoch) {
    return fenceEpoch + 1;
  }

  private static StepRef step(CutoverId cutover) {
    return new StepRef(cutover, STEP, 1);
  }

  /** What to do about one lease. */
  public sealed interface Verdict {
    /** Not expired yet. */
    record Holds(Instant until) implements Verdict {}

    /** There is nothing to give back; forget it. */
    record Over(String reason) implements Verdict {}

    /** It has expired but must not be given back now; look again later. */
    record Stands(String reason) implements Verdict {}

    /**
     * Give it back, in this order: raise the target, open the source.
     *
     * @param newEpoch for both
     * @param step for both rows
     */
    record GiveBack(DatabaseEndpoint target, long fenceEpoch, long newEpoch, StepRef step)
        implements Verdict {}

    /** The source was opened without the target, and that answers again: fence it. */
    record FenceOwed(DatabaseEndpoint target, long epoch, StepRef step) implements Verdict {}
  }

  /**
   * Judges one lease.
   *
   * @param source the source's row
   * @param target the target's row; empty when it cannot be reached: then the source stays fenced
   */
  public static Verdict judge(WriterRow source, Optional<WriterRow> target, Instant now) {
    if (source.lease().isEmpty()) {
      return new Verdict.Over("the source's row carries no lease");
    }
    Lease lease = source.lease().get();
    if (source.isOpen()) {
      return whenOpen(source, lease, target);
    }
    if (source.epoch() != lease.epoch()) {
      return new Verdict.Over(
          "the source was fenced again at epoch %d, the lease is of %d"
              .formatted(source.epoch(), lease.epoch()));
    }
    if (now.isBefore(lease.until())) {
      return new Verdict.Holds(lease.until());
    }
    if (source.manual().isPresent()) {
      return new Verdict.Stands("a person has set the manual mark on the source");
    }
    if (target.isEmpty()) {
      return new Verdict.Stands("the target's row cannot be reached, so it may be open");
    }
    if (source.cutover().isEmpty()) {
      return new Verdict.Stands("no cutover owns the source's row any more");
    }
    return whenExpired(lease, source.cutover().get(), target.get());
  }

  private static Verdict whenOpen(WriterRow source, Lease owed, Optional<WriterRow> target) {
    if (source.epoch() != owed.epoch() || source.cutover().isEmpty()) {
      return new Verdict.Over("the source is open");
    }
    if (target.isEmpty()) {
      return new Verdict.Holds(owed.until()); // dead still: nothing to say each second
    }
    if (source.manual().isPresent() || target.get().manual().isPresent()) {
      return new Verdict.Stands("a person has set the manual mark");
    }
    return target.get().epoch() > owed.epoch()
        ? new Verdict.Over("the target has had a later order, at epoch " + target.get().epoch())
        : new Verdict.FenceOwed(
            owed.other(), owed.epoch(), new StepRef(source.cutover().get(), OWED_STEP, 1));
  }

  private static Verdict whenExpired(Lease lease, CutoverId cutover, WriterRow target) {
    long newEpoch = epochAfter(lease.epoch());
    StepRef step = step(cutover);
    if (target.manual().isPresent()) {
      return new Verdict.Stands("a person has set the manual mark on the target");
    }
    if (target.isOpen()) {
      return new Verdict.Over("the target is open at epoch " + target.epoch());
    }
    boolean raisedByUs =
        target.epoch() == newEpoch && target.step().equals(Optional.of(step.toString()));
    if (target.epoch() > lease.epoch() && !raisedByUs) {
      // Whoever fenced it after this fence may have done so after it had been open: its writes must
      // be drained first, and only the orchestrator knows how far that is.
      return new Verdict.Over(
          "the target was fenced later, at epoch %d: a rollback is under way and has its own bound"
              .formatted(target.epoch()));
    }
    return new Verdict.GiveBack(lease.other(), lease.epoch(), newEpoch, step);
  }
}
