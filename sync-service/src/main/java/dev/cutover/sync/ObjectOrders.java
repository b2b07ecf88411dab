package dev.cutover.sync;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ObjectsFenced;
import dev.cutover.contract.ObjectsFenced.FencedBucket;
import dev.cutover.contract.ObjectsLost;
import dev.cutover.contract.ObjectsMoved;
import dev.cutover.contract.ObjectsSpec;
import dev.cutover.contract.ObjectsSpec.Fence;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.SyncCommand;
import dev.cutover.runtime.Pace;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import dev.cutover.sync.domain.ObjectStores;
import dev.cutover.sync.domain.ObjectStores.Owner;
import dev.cutover.sync.domain.ObjectStores.Pass;
import dev.cutover.sync.domain.ObjectStores.Passed;
import dev.cutover.sync.domain.ObjectStores.Probed;
import dev.cutover.sync.domain.WriteGate;
import dev.cutover.sync.domain.WriterRow;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * What is done with objects when their databases are fenced, drained and opened. The database's row
 * comes first in each of these: it says which side serves, and these follow it.
 */
final class ObjectOrders {
  private static final Duration PROBE_EVERY = Duration.ofMillis(250);

  /** A last pass, and as many more as it may take until one finds nothing to do. */
  private static final int PASSES_MAX = 4;

  private final ObjectStores stores;
  private final WriteGate gate;
  private final SyncWatch watch;
  private final InstantSource clock;
  private final Pace pace;

  ObjectOrders(
      ObjectStores stores, WriteGate gate, SyncWatch watch, InstantSource clock, Pace pace) {
    this.stores = stores;
    this.gate = gate;
    this.watch = watch;
    this.clock = clock;
    this.pace = pace;
  }

  /** What would stop or spoil it, in sentences. */
  List<String> examine(ReplicationSpec spec) throws InterruptedException {
    return spec.objects().isPresent() ? stores.examine(spec.objects().get()) : List.of();
  }

  /** From the first copied object on nobody but the copier writes on the target. */
  Optional<ObjectsFenced> prepare(SyncCommand.PrepareReplication command)
      throws GateRefused, InterruptedException {
    Optional<ObjectsSpec> objects = command.spec().objects();
    if (objects.isEmpty()) {
      return Optional.empty();
    }
    CutoverId cutover = command.cutover();
    watch.objects().suspend(cutover);
    try {
      return objects.get().fence() == Fence.POLICY
          ? Optional.of(fence(command, objects.get(), Side.TARGET))
          : Optional.empty();
    } finally {
      watch.objects().keep(cutover, command.spec());
      watch.objects().resume(cutover);
    }
  }

  /** The first pass; a new instance of the service goes on where the last one was. */
  Optional<ObjectsMoved> copy(SyncCommand.StartForwardSync command)
      throws GateRefused, InterruptedException {
    ReplicationSpec spec = command.spec();
    if (spec.objects().isEmpty()) {
      return Optional.empty();
    }
    CutoverId cutover = command.cutover();
    watch.objects().keep(cutover, spec);
    Optional<ObjectsMoved> moved = Optional.empty();
    if (gate.state(spec.source()).isOpen()) { // told again in the middle of a switch: not now
      watch.objects().suspend(cutover);
      try {
        Instant began = clock.instant();
        Pass first = new Pass(Direction.FORWARD, true, Optional.empty());
        Passed passed =
            stores.pass(
                spec.objects().get(),
                first,
                progress ->
                    watch.tell(
                        watch.objects().measured(cutover, Direction.FORWARD, began, progress)));
        requireWhole(passed);
        moved = Optional.of(moved(passed, passed, began));
      } finally {
        watch.objects().resume(cutover);
      }
    }
    watch.objects().copies(cutover, spec, Direction.FORWARD);
    return moved;
  }

  /** From now on the target's objects go back, while it serves. */
  void copyBack(SyncCommand.StartReverseSync command) {
    if (command.spec().objects().isPresent() && !command.held()) {
      watch.objects().copies(command.cutover(), command.spec(), Direction.REVERSE);
    }
  }

  /** Behind the fence of the source's database: its objects too, then what is left of them. */
  Optional<ObjectsFenced> fenceSource(SyncCommand.FenceSource command)
      throws GateRefused, InterruptedException {
    Optional<ObjectsSpec> objects = command.spec().objects();
    if (objects.isEmpty()) {
      return Optional.empty();
    }
    watch.objects().suspend(command.cutover());
    try {
      ObjectsFenced fenced = fence(command, objects.get(), Side.SOURCE);
      ObjectsMoved moved = lastPass(command, objects.get(), Direction.FORWARD);
      return Optional.of(
          new ObjectsFenced(
              fenced.buckets(),
              fenced.fenceMs(),
              fenced.probes(),
              Optional.of(moved),
              Optional.of(clock.instant()).filter(_ -> objects.get().fence() != Fence.NONE)));
    } finally {
      watch.objects().resume(command.cutover());
    }
  }

  Optional<ObjectsFenced> fenceTarget(SyncCommand.FenceTarget command)
      throws GateRefused, InterruptedException {
    Optional<ObjectsSpec> objects = command.spec().objects();
    if (objects.isEmpty()) {
      return Optional.empty();
    }
    watch.objects().keep(command.cutover(), command.spec());
    watch.objects().suspend(command.cutover());
    try {
      return Optional.of(fence(command, objects.get(), Side.TARGET));
    } finally {
      watch.objects().resume(command.cutover());
    }
  }

  /** What the fenced target still has and the source has not. */
  Optional<ObjectsMoved> drainBack(SyncCommand command) throws GateRefused, InterruptedException {
    Optional<ObjectsSpec> objects = command.spec().objects();
    if (objects.isEmpty()) {
      return Optional.empty();
    }
    watch.objects().suspend(command.cutover());
    try {
      return Optional.of(lastPass(command, objects.get(), Direction.REVERSE));
    } finally {
      watch.objects().resume(command.cutover());
    }
  }

  /** The row is open: whoever is asked afterwards takes the fence away as well. */
  void open(SyncCommand command, Side side) throws GateRefused, InterruptedException {
    Optional<ObjectsSpec> objects = command.spec().objects();
    if (objects.isEmpty() || objects.get().fence() != Fence.POLICY) {
      return;
    }
    watch.objects().keep(command.cutover(), command.spec());
    watch.objects().suspend(command.cutover());
    try {
      stores.open(objects.get(), side, owner(command));
    } finally {
      watch.objects().resume(command.cutover());
    }
  }

  /** What the target has and the source has not; as far as that can be told. */
  Optional<ObjectsLost> lost(SyncCommand command, boolean targetAnswers)
      throws InterruptedException {
    if (command.spec().objects().isEmpty()) {
      return Optional.empty();
    }
    Optional<Instant> lastPassAt = watch.objects().lastPassAt(command.cutover(), Direction.REVERSE);
    if (targetAnswers) {
      try {
        ObjectsLost found = stores.missing(command.spec().objects().get());
        return Optional.of(new ObjectsLost(found.objects(), found.keys(), true, lastPassAt));
      } catch (GateRefused e) {
        WatchContext.warn(command.cutover(), "objects not counted", e);
      }
    }
    return Optional.of(new ObjectsLost(0, List.of(), false, lastPassAt));
  }

  /** Takes away every fence but that of a source that the target took over from. */
  void release(SyncCommand.DropReplication command, boolean keepsSourceFenced)
      throws GateRefused, InterruptedException {
    open(command, Side.TARGET);
    if (!keepsSourceFenced) {
      open(command, Side.SOURCE);
    }
    watch.objects().forget(command.cutover());
  }

  private ObjectsFenced fence(SyncCommand command, ObjectsSpec objects, Side side)
      throws GateRefused, InterruptedException {
    if (objects.fence() == Fence.NONE) {
      return new ObjectsFenced(List.of(), 0, 0, Optional.empty(), Optional.empty());
    }
    long begun = pace.nanoTime();
    List<FencedBucket> buckets =
        objects.fence() == Fence.POLICY ? stores.fence(objects, side, owner(command)) : List.of();
    // Whoever slept before the policy was written must not go on: another order has come since.
    WriterRow row = gate.state(command.spec().endpoint(side));
    if (!row.isFenced() || row.epoch() != command.header().epoch()) {
      throw new GateRefused(
          Reason.NEWER_EPOCH,
          "Expected %s fenced at epoch %d, but found epoch %d: this command came too late"
              .formatted(
                  command.spec().endpoint(side).address(), command.header().epoch(), row.epoch()));
    }
    long probes = settle(command, objects, side);
    return new ObjectsFenced(buckets, msSince(begun), probes, Optional.empty(), Optional.empty());
  }

  /** Until everybody was refused for as long as the plan says, without a gap. */
  private long settle(SyncCommand command, ObjectsSpec objects, Side side)
      throws GateRefused, InterruptedException {
    long since = pace.nanoTime();
    long refused = 0;
    while (true) {
      Probed probed = stores.probe(objects, side);
      if (probed.accepted().isEmpty()) {
        refused += probed.refused();
      } else {
        since = pace.nanoTime();
        refused = 0;
        if (!clock.instant().isBefore(command.header().deadline())) {
          throw new GateRefused(
              Reason.NOT_PROVEN,
              "Expected applications to be refused by %s for %s, but they may still write there"
                  .formatted(String.join(", ", probed.accepted()), objects.settle()));
        }
      }
      Duration left = objects.settle().minusMillis(msSince(since));
      if (!left.isPositive() && probed.accepted().isEmpty()) {
        return refused;
      }
      pace.sleep(left.compareTo(PROBE_EVERY) < 0 && left.isPositive() ? left : PROBE_EVERY);
    }
  }

  /** Copies what is left, and then again, until there is nothing: that is the proof. */
  private ObjectsMoved lastPass(SyncCommand command, ObjectsSpec objects, Direction direction)
      throws GateRefused, InterruptedException {
    Instant began = clock.instant();
    Optional<Instant> fencedSince =
        direction == Direction.REVERSE
            ? gate.state(command.spec().source()).at()
            : Optional.empty();
    Pass pass = new Pass(direction, false, fencedSince);
    Passed sum = Passed.NOTHING;
    for (int passes = 1; passes <= PASSES_MAX; passes++) {
      Passed passed = stores.pass(objects, pass, _ -> {});
      requireWhole(passed);
      sum = sum.plus(passed);
      boolean isQuiet = passed.copied() + passed.deleted() + passed.changing() == 0;
      if (isQuiet || objects.fence() == Fence.NONE) {
        return moved(sum, passed, began);
      }
    }
    throw new GateRefused(
        Reason.NOT_PROVEN,
        "Expected the objects to stay as they are behind the fence, but they changed in each of %d passes: somebody still writes"
            .formatted(PASSES_MAX));
  }

  private static void requireWhole(Passed passed) throws GateRefused {
    if (!passed.faults().isEmpty()) {
      throw new GateRefused(
          Reason.UNREACHABLE,
          "Expected all objects to be copied, but %d were not, such as %s"
              .formatted(passed.faults().size(), passed.faults().getFirst()));
    }
  }

  private ObjectsMoved moved(Passed sum, Passed last, Instant began) {
    return new ObjectsMoved(
        last.objects(),
        sum.copied(),
        sum.bytes(),
        sum.deleted(),
        last.late(),
        sum.unproven(),
        Duration.between(began, clock.instant()).toMillis());
  }

  private static Owner owner(SyncCommand command) {
    return new Owner(command.cutover(), command.header().epoch());
  }

  private long msSince(long nanos) {
    return (pace.nanoTime() - nanos) / 1_000_000;
  }
}
