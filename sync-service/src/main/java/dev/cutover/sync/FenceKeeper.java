package dev.cutover.sync;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.FenceLost;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import dev.cutover.sync.domain.FenceWatch;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import dev.cutover.sync.domain.Replicator;
import dev.cutover.sync.domain.WriteGate.FenceEvidence;
import dev.cutover.sync.domain.WriteGate.FenceOrder;
import dev.cutover.sync.domain.WriterRow.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;

/**
 * Looks at fenced sides again and again, fences anew what somebody opened, tells of what was
 * written there all the same, and takes the triggers of opened sides out of the writers' way.
 */
final class FenceKeeper {
  /** Disabling waits this long, so that it is not part of the switch. */
  private static final Duration RELAX_AFTER = Duration.ofSeconds(10);

  private static final Duration FENCE_AGAIN_TIMEOUT = Duration.ofSeconds(5);

  private record Fence(CutoverId cutover, Side side) {
    static final Comparator<Fence> ORDER =
        Comparator.comparing((Fence fence) -> fence.cutover().value()).thenComparing(Fence::side);
  }

  /**
   * A fence that stands.
   *
   * @param since epoch at which it was first seen
   * @param late transactions that got through all the same, and were told
   */
  private record Kept(
      ReplicationSpec spec, Side side, long since, FenceEvidence then, String said, long late) {
    Kept with(FenceEvidence evidence, String lost) {
      return new Kept(spec, side, since, evidence, lost, late);
    }

    Kept withLate(long transactions) {
      return new Kept(spec, side, since, then, said, transactions);
    }

    DatabaseEndpoint database() {
      return spec.endpoint(side);
    }

    boolean endBlockers() {
      return spec.endBlockers();
    }

    /** The stream that reads this side's log. */
    Direction stream() {
      return side == Side.SOURCE ? Direction.FORWARD : Direction.REVERSE;
    }
  }

  private record OpenedSide(DatabaseEndpoint database, long epoch, Instant since) {}

  private final WatchContext context;
  private final Replicator replicator;
  private final Map<Fence, Kept> fences = new ConcurrentSkipListMap<>(Fence.ORDER);
  private final Map<Fence, OpenedSide> relaxing = new ConcurrentSkipListMap<>(Fence.ORDER);

  FenceKeeper(WatchContext context, Replicator replicator) {
    this.context = context;
    this.replicator = replicator;
  }

  /** Watches whichever sides of this spec are fenced now. */
  void keep(CutoverId cutover, ReplicationSpec spec) {
    for (Side side : Side.values()) {
      try {
        FenceEvidence evidence = context.gate().evidence(spec.endpoint(side));
        if (evidence.row().isFenced() && evidence.row().endsAt().isEmpty()) { // no drill
          fences.put(
              new Fence(cutover, side),
              new Kept(spec, side, evidence.row().epoch(), evidence, "", 0));
        }
      } catch (GateRefused e) {
        WatchContext.warn(cutover, "fence not watched", e);
      }
    }
  }

  /** A fence is half done for a moment: nothing to be alarmed about. */
  void fencing(CutoverId cutover, Side side) {
    fences.remove(new Fence(cutover, side));
    relaxing.remove(new Fence(cutover, side));
  }

  void opened(CutoverId cutover, Side side, DatabaseEndpoint database, long epoch) {
    fences.remove(new Fence(cutover, side));
    relaxing.put(new Fence(cutover, side), new OpenedSide(database, epoch, context.now()));
  }

  /** Forgets the fences of all other cutovers: another instance keeps them. */
  void keepOnly(Predicate<CutoverId> ours) {
    fences.keySet().removeIf(fence -> !ours.test(fence.cutover()));
  }

  void forget(CutoverId cutover) {
    fences.keySet().removeIf(fence -> fence.cutover().equals(cutover));
    relaxing.keySet().removeIf(fence -> fence.cutover().equals(cutover));
  }

  void check() {
    fences.forEach(this::check);
  }

  private void check(Fence fence, Kept kept) {
    try {
      // Before the row is read: who writes after it may do so because the side was opened.
      long late = replicator.lateWrites(kept.spec(), kept.stream(), kept.since());
      FenceEvidence now = context.gate().evidence(kept.database());
      if (now.row().manual().isPresent()) {
        return; // a person does there what has to be done
      }
      String lost = String.join(". ", FenceWatch.losses(kept.then(), now));
      if (now.row().epoch() > kept.then().row().epoch()) {
        if (now.row().isOpen()) {
          fences.remove(fence, kept);
        } else {
          fences.replace(fence, kept, kept.with(now, ""));
        }
      } else if (!lost.isEmpty()) {
        fenceAgain(fence, kept, lost, now.row().lease());
      } else if (late != kept.late()
          && fences.replace(fence, kept, kept.withLate(late))
          && late > 0) { // it counts anew from each fence's marker
        context.report(
            new FenceLost(
                fence.cutover(),
                fence.side(),
                false,
                "Expected nobody to write to %s while it is fenced, but %d transactions did, and the stream took them along: somebody took the fence away for a moment"
                    .formatted(kept.database().address(), late)));
      }
    } catch (GateRefused e) {
      if (e.reason() != Reason.UNREACHABLE) {
        fenceAgain(fence, kept, String.valueOf(e.getMessage()), kept.then().row().lease());
      }
    }
  }

  private void fenceAgain(Fence fence, Kept kept, String lost, Optional<Lease> lease) {
    boolean again = false;
    Kept next = kept.with(kept.then(), lost);
    try {
      var _ =
          context
              .gate()
              .fence(
                  new FenceOrder(
                      kept.database(),
                      kept.then().row().epoch(),
                      new StepRef(fence.cutover(), "keep-fence", 1),
                      kept.endBlockers(),
                      context.now().plus(FENCE_AGAIN_TIMEOUT),
                      lease));
      next = kept.with(context.gate().evidence(kept.database()), "");
      again = true;
    } catch (GateRefused e) {
      WatchContext.warn(fence.cutover(), "fence not restored", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    fences.replace(fence, kept, next);
    if (!lost.equals(kept.said())) { // once per finding, not once a second
      context.report(new FenceLost(fence.cutover(), fence.side(), again, lost));
    }
  }

  void relax() {
    relaxing.forEach(
        (fence, side) -> {
          if (context.now().isBefore(side.since().plus(RELAX_AFTER))) {
            return;
          }
          try {
            if (context.gate().relax(side.database(), side.epoch()) == 0) {
              relaxing.remove(fence, side);
            }
          } catch (GateRefused e) {
            WatchContext.warn(fence.cutover(), "triggers not disabled yet", e);
          }
        });
  }
}
