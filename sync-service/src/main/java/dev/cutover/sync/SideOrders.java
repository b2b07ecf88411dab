package dev.cutover.sync;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.Event;
import dev.cutover.contract.FenceLeaseExpired;
import dev.cutover.contract.ObjectsFenced;
import dev.cutover.contract.ObjectsLost;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.SyncCommand;
import dev.cutover.contract.SyncReply;
import dev.cutover.runtime.Pace;
import dev.cutover.runtime.Work;
import dev.cutover.sync.domain.FenceLease;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import dev.cutover.sync.domain.Replicator;
import dev.cutover.sync.domain.Replicator.DrainTimedOut;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.sync.domain.WriteGate;
import dev.cutover.sync.domain.WriteGate.FenceOrder;
import dev.cutover.sync.domain.WriteGate.Fenced;
import dev.cutover.sync.domain.WriteGate.OpenOrder;
import dev.cutover.sync.domain.WriteGate.Opened;
import dev.cutover.sync.domain.WriterRow;
import dev.cutover.sync.domain.WriterRow.Lease;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Says which side takes writes: fences and opens them, and has what follows from it watched. */
final class SideOrders {
  private final WriteGate gate;
  private final SequenceAligner sequences;
  private final Replicator replicator;
  private final ObjectOrders objects;
  private final SyncWatch watch;
  private final InstantSource clock;
  private final Pace pace;

  SideOrders(
      WriteGate gate,
      SequenceAligner sequences,
      Replicator replicator,
      ObjectOrders objects,
      SyncWatch watch,
      InstantSource clock,
      Pace pace) {
    this.gate = gate;
    this.sequences = sequences;
    this.replicator = replicator;
    this.objects = objects;
    this.watch = watch;
    this.clock = clock;
    this.pace = pace;
  }

  Event fenceSource(SyncCommand.FenceSource command)
      throws GateRefused, ReplicationFailed, DrainTimedOut, InterruptedException {
    ReplicationSpec spec = command.spec();
    // A fence that cannot be drained would only be an outage.
    replicator.start(spec, Direction.FORWARD);
    Instant leaseUntil = clock.instant().plus(command.lease());
    Fenced fenced =
        gate.fence(
            order(
                command,
                Side.SOURCE,
                Optional.of(new Lease(leaseUntil, command.header().epoch(), spec.target()))));
    watch
        .leases()
        .keep(command.cutover(), spec.source(), command.header().epoch(), command.lease());
    long begun = pace.nanoTime();
    Future<List<String>> proof = pace.fork("fence-proof", () -> proveFenced(spec));
    replicator.awaitMarker(spec, Direction.FORWARD, fenced.markerId(), command.header().deadline());
    long drainMs = (pace.nanoTime() - begun) / 1_000_000;
    watch.fences().keep(command.cutover(), spec);
    List<String> faults = resultOf(proof);
    if (!faults.isEmpty()) {
      throw new GateRefused(Reason.NOT_PROVEN, String.join(". ", faults));
    }
    Optional<ObjectsFenced> stopped = objects.fenceSource(command);
    return new SyncReply.SourceFenced(
        command.header().step(),
        fenced.firstRefusedAt(),
        Math.round(fenced.barrierMs()),
        drainMs,
        fenced.sessionsEnded(),
        unreached(fenced),
        stopped);
  }

  /** Beside the drain: every table refuses, and the target's sequences are ahead for good. */
  private List<String> proveFenced(ReplicationSpec spec) throws GateRefused {
    gate.probe(spec.source());
    return sequences.proveAhead(spec);
  }

  private static List<String> resultOf(Future<List<String>> proof)
      throws GateRefused, InterruptedException {
    try {
      return proof.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GateRefused refused) {
        throw refused;
      }
      throw new IllegalStateException("Expected the proof of the fence, but it broke", e);
    }
  }

  Event openSource(SyncCommand.OpenSource command, Work work)
      throws GateRefused, InterruptedException {
    Opened opened = open(command, Side.SOURCE, command.expectedEpoch(), command.spec().target());
    objects.open(command, Side.SOURCE);
    if (opened.byLease()) {
      // Whoever gave it back may have died before saying so, and the target's epoch rose with it.
      work.publish(new FenceLeaseExpired(command.cutover(), command.expectedEpoch(), opened.at()));
    }
    return sourceOpened(command, opened, Optional.empty());
  }

  Event openSourceAlone(SyncCommand.OpenSourceAlone command)
      throws GateRefused, InterruptedException {
    List<String> faults = sequences.raiseAboveRows(command.spec());
    if (!faults.isEmpty()) {
      throw new GateRefused(Reason.NOT_PREPARED, String.join(". ", faults));
    }
    ReplicationSpec spec = command.spec();
    long epoch = command.header().epoch();
    requireLater(command, command.expectedEpoch());
    Opened opened =
        open(
            command,
            Side.SOURCE,
            new OpenOrder(
                spec.source(),
                command.expectedEpoch(),
                epoch,
                command.header().step(),
                Optional.empty(),
                Optional.of(spec.target())));
    watch.leases().owe(command.cutover(), spec.source(), epoch);
    objects.open(command, Side.SOURCE);
    return sourceOpened(command, opened, objects.lost(command, false));
  }

  private static Event sourceOpened(
      SyncCommand command, Opened opened, Optional<ObjectsLost> lost) {
    return new SyncReply.SourceOpened(
        command.header().step(), opened.at(), !opened.neverFenced(), lost);
  }

  Event openTarget(SyncCommand.OpenTarget command, Work work)
      throws GateRefused, InterruptedException {
    try {
      Opened opened = open(command, Side.TARGET, command.expectedEpoch(), command.spec().source());
      objects.open(command, Side.TARGET);
      return new SyncReply.TargetOpened(command.header().step(), opened.at());
    } catch (GateRefused e) {
      if (e.reason() == Reason.OTHER_SIDE_NOT_FENCED || e.reason() == Reason.UNEXPECTED_STATE) {
        sayIfLeaseIsOver(command, work);
      }
      throw e;
    }
  }

  /**
   * Whoever gave the source back may have died before saying so. Whoever orders the target to open
   * has not heard of it, and would go on ordering.
   */
  private void sayIfLeaseIsOver(SyncCommand.OpenTarget command, Work work) throws GateRefused {
    WriterRow source = gate.state(command.spec().source());
    FenceLease.fenceGivenBack(source)
        .ifPresent(
            fenceEpoch ->
                work.publish(
                    new FenceLeaseExpired(
                        command.cutover(), fenceEpoch, source.at().orElseGet(clock::instant))));
  }

  private Opened open(
      SyncCommand command, Side side, long expectedEpoch, DatabaseEndpoint otherSide)
      throws GateRefused {
    requireLater(command, expectedEpoch);
    return open(
        command,
        side,
        new OpenOrder(
            command.spec().endpoint(side),
            expectedEpoch,
            command.header().epoch(),
            command.header().step(),
            otherSide));
  }

  private static void requireLater(SyncCommand command, long expectedEpoch) throws GateRefused {
    if (command.header().epoch() <= expectedEpoch) {
      throw new GateRefused(
          Reason.UNEXPECTED_STATE,
          "Expected the command's epoch to be above %d, but it is %d"
              .formatted(expectedEpoch, command.header().epoch()));
    }
  }

  private Opened open(SyncCommand command, Side side, OpenOrder order) throws GateRefused {
    Opened opened = gate.open(order);
    watch.leases().drop(command.cutover());
    watch.fences().opened(command.cutover(), side, order.database(), order.newEpoch());
    return opened;
  }

  Event fenceTarget(SyncCommand.FenceTarget command) throws GateRefused, InterruptedException {
    Fenced fenced = gate.fence(order(command, Side.TARGET, Optional.empty()));
    gate.probe(command.spec().target());
    watch.fences().keep(command.cutover(), command.spec());
    return new SyncReply.TargetFenced(
        command.header().step(),
        fenced.firstRefusedAt(),
        Math.round(fenced.barrierMs()),
        fenced.markerId(),
        unreached(fenced),
        objects.fenceTarget(command));
  }

  private static Optional<List<String>> unreached(Fenced fenced) {
    return Optional.of(fenced.unreached()).filter(logins -> !logins.isEmpty());
  }

  private FenceOrder order(SyncCommand command, Side side, Optional<Lease> lease) {
    watch.fences().fencing(command.cutover(), side);
    return new FenceOrder(
        command.spec().endpoint(side),
        command.header().epoch(),
        command.header().step(),
        command.spec().endBlockers(),
        command.header().deadline(),
        lease);
  }
}
