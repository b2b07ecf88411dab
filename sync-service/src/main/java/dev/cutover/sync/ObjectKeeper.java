package dev.cutover.sync;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Direction;
import dev.cutover.contract.FenceLost;
import dev.cutover.contract.ObjectsMeasured;
import dev.cutover.contract.ObjectsSpec;
import dev.cutover.contract.ObjectsSpec.Fence;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import dev.cutover.sync.domain.ObjectStores;
import dev.cutover.sync.domain.ObjectStores.Owner;
import dev.cutover.sync.domain.ObjectStores.Pass;
import dev.cutover.sync.domain.ObjectStores.Passed;
import dev.cutover.sync.domain.ObjectsProgress;
import dev.cutover.sync.domain.WriterRow;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Lets the fences around objects follow the rows of their databases, whoever wrote those: an order,
 * a lease that ran out, a person. And copies objects again and again from the side that serves.
 *
 * <p>A bucket's policy can't be compared and set, so an order that comes too late may put a fence
 * back or take one away. The row can: what it says is put right here.
 */
final class ObjectKeeper {
  private static final Duration STOP_LOOK = Duration.ofMillis(20);
  private static final Duration STOP_MAX = Duration.ofSeconds(10);
  private static final Comparator<CutoverId> ORDER = Comparator.comparing(CutoverId::value);

  /**
   * A replication whose objects are looked after.
   *
   * @param forward whether the first pass was made
   * @param reverse whether the target's objects go back while it serves
   */
  private record Kept(ReplicationSpec spec, boolean forward, boolean reverse) {
    ObjectsSpec objects() {
      return spec.objects().orElseThrow();
    }
  }

  /** A pass that may be under way; ends before anything else is done with its objects. */
  private static final class Run {
    private @Nullable Thread thread;
    private boolean stopped;
    private boolean ended;

    synchronized boolean begin() {
      thread = Thread.currentThread();
      return !stopped;
    }

    synchronized void stop() {
      stopped = true;
      if (thread != null) {
        thread.interrupt();
      }
    }

    synchronized void end() {
      thread = null;
      ended = true;
    }

    synchronized boolean hasEnded() {
      return ended;
    }
  }

  private record Turn(Instant nextAt, Optional<Instant> wholeFrom) {}

  private final WatchContext context;
  private final ObjectStores stores;
  private final Map<CutoverId, Kept> kept = new ConcurrentSkipListMap<>(ORDER);
  private final Map<CutoverId, Run> runs = new ConcurrentSkipListMap<>(ORDER);
  private final Map<CutoverId, Turn> forward = new ConcurrentSkipListMap<>(ORDER);
  private final Map<CutoverId, Turn> reverse = new ConcurrentSkipListMap<>(ORDER);
  private final Set<CutoverId> busy = new ConcurrentSkipListSet<>(ORDER);

  ObjectKeeper(WatchContext context, ObjectStores stores) {
    this.context = context;
    this.stores = stores;
  }

  /** From now on the fences of that replication follow its rows. */
  void keep(CutoverId cutover, ReplicationSpec spec) {
    kept.putIfAbsent(cutover, new Kept(spec, false, false));
  }

  /** From now on its objects are copied that way, while the side they come from serves. */
  void copies(CutoverId cutover, ReplicationSpec spec, Direction direction) {
    kept.merge(
        cutover,
        new Kept(spec, direction == Direction.FORWARD, direction == Direction.REVERSE),
        (one, other) ->
            new Kept(spec, one.forward() || other.forward(), one.reverse() || other.reverse()));
    paces(direction)
        .putIfAbsent(
            cutover,
            new Turn(context.now().plus(spec.objects().orElseThrow().every()), Optional.empty()));
  }

  /** When the last whole pass that way began, as far as this process knows. */
  Optional<Instant> lastPassAt(CutoverId cutover, Direction direction) {
    return Optional.ofNullable(paces(direction).get(cutover)).flatMap(Turn::wholeFrom);
  }

  private Map<CutoverId, Turn> paces(Direction direction) {
    return direction == Direction.FORWARD ? forward : reverse;
  }

  /**
   * Stops what is under way, and leaves these objects alone until {@link #resume}: an order has
   * them.
   *
   * @throws GateRefused BLOCKED when a pass does not end
   */
  void suspend(CutoverId cutover) throws GateRefused, InterruptedException {
    busy.add(cutover);
    Run run = runs.get(cutover);
    if (run == null) {
      return;
    }
    run.stop();
    Instant until = context.now().plus(STOP_MAX);
    while (!run.hasEnded()) {
      if (context.now().isAfter(until)) {
        throw new GateRefused(
            Reason.BLOCKED,
            "Expected the pass over the objects to stop within %s, but it goes on"
                .formatted(STOP_MAX));
      }
      context.pace().sleep(STOP_LOOK);
    }
  }

  void resume(CutoverId cutover) {
    busy.remove(cutover);
  }

  void keepOnly(Predicate<CutoverId> ours) {
    kept.keySet().stream().filter(cutover -> !ours.test(cutover)).toList().forEach(this::forget);
  }

  void forget(CutoverId cutover) {
    kept.remove(cutover);
    forward.remove(cutover);
    reverse.remove(cutover);
    Run run = runs.get(cutover);
    if (run != null) {
      run.stop();
    }
  }

  /** Puts fences back where the row says fenced, and takes them away where it says open. */
  void followRows() {
    kept.forEach(
        (cutover, replication) -> {
          if (replication.objects().fence() != Fence.POLICY) {
            return;
          }
          for (Side side : Side.values()) {
            if (!busy.contains(cutover)) {
              follow(cutover, replication, side);
            }
          }
        });
  }

  private void follow(CutoverId cutover, Kept replication, Side side) {
    ReplicationSpec spec = replication.spec();
    try {
      WriterRow row = context.gate().state(spec.endpoint(side));
      if (row.manual().isPresent() || !row.cutover().equals(Optional.of(cutover))) {
        return; // a person does there what has to be done
      }
      if (row.isOpen()) {
        openAsTheRow(cutover, replication, side, row);
        return;
      }
      boolean isLost =
          row.endsAt().isEmpty() && stores.fencedAt(replication.objects(), side, cutover).isEmpty();
      if (!isLost || busy.contains(cutover)) {
        return;
      }
      var _ = stores.fence(replication.objects(), side, new Owner(cutover, row.epoch()));
      WriterRow then = context.gate().state(spec.endpoint(side));
      if (then.isOpen()) { // meanwhile
        openAsTheRow(cutover, replication, side, then);
        return;
      }
      context.report(
          new FenceLost(
              cutover,
              side,
              true,
              "Expected the fence in the policies of the %s's buckets, but it was not there: somebody writes these policies too"
                  .formatted(side.name().toLowerCase(Locale.ROOT))));
    } catch (GateRefused e) {
      WatchContext.warn(cutover, "objects not looked at", e);
    }
  }

  private void openAsTheRow(CutoverId cutover, Kept replication, Side side, WriterRow row)
      throws GateRefused {
    if (stores.isFencedAnywhere(replication.objects(), side, cutover)) {
      stores.open(replication.objects(), side, new Owner(cutover, row.epoch()));
      WatchContext.log(cutover, "objects opened", "the row of their database says so");
    }
  }

  /** Begins the passes that are due, each beside the others. */
  void beginPasses() {
    kept.forEach(
        (cutover, replication) -> {
          if (busy.contains(cutover) || runs.containsKey(cutover)) {
            return;
          }
          Optional<Pass> due = due(cutover, replication);
          if (due.isEmpty()) {
            return;
          }
          Run run = new Run();
          runs.put(cutover, run);
          var _ =
              context
                  .pace()
                  .fork(
                      "objects-pass",
                      () -> {
                        try {
                          if (run.begin() && !busy.contains(cutover)) {
                            pass(cutover, replication, due.get());
                          }
                          return true;
                        } finally {
                          run.end();
                          runs.remove(cutover, run);
                        }
                      });
        });
  }

  private Optional<Pass> due(CutoverId cutover, Kept replication) {
    try {
      ReplicationSpec spec = replication.spec();
      if (replication.forward() && isDue(cutover, Direction.FORWARD)) {
        WriterRow source = context.gate().state(spec.source());
        if (source.isOpen()) {
          return Optional.of(new Pass(Direction.FORWARD, true, Optional.empty()));
        }
      }
      if (replication.reverse() && isDue(cutover, Direction.REVERSE)) {
        WriterRow source = context.gate().state(spec.source());
        if (source.isFenced() && context.gate().state(spec.target()).isOpen()) {
          return Optional.of(new Pass(Direction.REVERSE, true, source.at()));
        }
      }
    } catch (GateRefused e) {
      WatchContext.warn(cutover, "no pass over the objects begun", e);
    }
    return Optional.empty();
  }

  private boolean isDue(CutoverId cutover, Direction direction) {
    return Optional.ofNullable(paces(direction).get(cutover))
        .filter(pace -> !context.now().isBefore(pace.nextAt()))
        .isPresent();
  }

  private void pass(CutoverId cutover, Kept replication, Pass pass) throws InterruptedException {
    Instant began = context.now();
    Optional<Instant> whole = lastPassAt(cutover, pass.direction());
    try {
      Passed passed =
          stores.pass(
              replication.objects(),
              pass,
              progress -> context.report(measured(cutover, pass.direction(), began, progress)));
      String error = passed.faults().isEmpty() ? "" : passed.faults().getFirst();
      if (passed.faults().isEmpty()) {
        whole = Optional.of(began);
      }
      context.report(ended(cutover, pass.direction(), began, passed, error));
    } catch (GateRefused e) {
      context.report(
          ended(cutover, pass.direction(), began, Passed.NOTHING, String.valueOf(e.getMessage())));
    } finally {
      Turn next = new Turn(context.now().plus(replication.objects().every()), whole);
      paces(pass.direction()).computeIfPresent(cutover, (_, _) -> next);
    }
  }

  ObjectsMeasured measured(
      CutoverId cutover, Direction direction, Instant began, ObjectsProgress progress) {
    Instant now = context.now();
    return new ObjectsMeasured(
        cutover,
        direction,
        now,
        progress.listed(),
        progress.copied(),
        progress.bytes(),
        progress.faults(),
        false,
        Duration.between(began, now).toMillis(),
        "");
  }

  private ObjectsMeasured ended(
      CutoverId cutover, Direction direction, Instant began, Passed passed, String error) {
    Instant now = context.now();
    return new ObjectsMeasured(
        cutover,
        direction,
        now,
        passed.objects(),
        passed.copied(),
        passed.bytes(),
        passed.faults().size(),
        true,
        Duration.between(began, now).toMillis(),
        error);
  }
}
