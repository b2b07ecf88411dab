package dev.cutover.sync;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.SyncCommand;
import dev.cutover.contract.SyncCommand.ApplyDelta;
import dev.cutover.contract.SyncCommand.CountLoss;
import dev.cutover.contract.SyncCommand.ExportDelta;
import dev.cutover.contract.SyncReply.DeltaApplied;
import dev.cutover.contract.SyncReply.DeltaExported;
import dev.cutover.contract.SyncReply.LossCounted;
import dev.cutover.runtime.Pace;
import dev.cutover.sync.domain.Deltas;
import dev.cutover.sync.domain.Deltas.Form;
import dev.cutover.sync.domain.Deltas.Found;
import dev.cutover.sync.domain.Deltas.Search;
import dev.cutover.sync.domain.Deltas.Standing;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import dev.cutover.sync.domain.Replicator;
import dev.cutover.sync.domain.Replicator.DrainTimedOut;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.sync.domain.WriteGate;
import java.util.Optional;

/**
 * What a rollback does with changes of the target that the source has not got: lists them, counts
 * them, applies them once people have approved.
 */
final class DeltaOrders {
  private final WriteGate gate;
  private final Replicator replicator;
  private final Deltas deltas;
  private final ObjectOrders objects;
  private final Pace pace;

  DeltaOrders(
      WriteGate gate, Replicator replicator, Deltas deltas, ObjectOrders objects, Pace pace) {
    this.gate = gate;
    this.replicator = replicator;
    this.deltas = deltas;
    this.objects = objects;
    this.pace = pace;
  }

  /** Captured from now on, and not applied. */
  void hold(SyncCommand command) throws ReplicationFailed, InterruptedException {
    deltas.hold(command.spec(), command.header().epoch());
    restart(command.spec());
  }

  /** A stream that is held has told nobody that it may be applied. */
  void requireApplied(ReplicationSpec spec) throws GateRefused, ReplicationFailed {
    if (deltas.standing(spec).held()) {
      throw new GateRefused(
          Reason.UNEXPECTED_STATE,
          "Expected the reverse stream of %s to be applied, but it is held: approve its delta, or drop the replication and copy again"
              .formatted(spec.name()));
    }
  }

  private void requireHeld(SyncCommand command) throws GateRefused, ReplicationFailed {
    if (!deltas.standing(command.spec()).held()) {
      throw new GateRefused(
          Reason.NEWER_EPOCH,
          "Expected to hold the reverse stream of %s, but its delta was approved since: this command came too late"
              .formatted(command.spec().name()));
    }
  }

  DeltaExported export(ExportDelta command)
      throws GateRefused, ReplicationFailed, DrainTimedOut, InterruptedException {
    requireFenced(command.spec(), Side.TARGET);
    hold(command);
    requireHeld(command);
    Found found = find(command, Form.FILES);
    return new DeltaExported(
        command.header().step(), found.delta(), found.directory(), found.sha256());
  }

  LossCounted count(CountLoss command)
      throws GateRefused, ReplicationFailed, DrainTimedOut, InterruptedException {
    boolean isThere = true;
    try {
      requireFenced(command.spec(), Side.TARGET);
    } catch (GateRefused e) {
      if (e.reason() != Reason.UNREACHABLE) {
        throw e;
      }
      isThere = false;
    }
    if (isThere) {
      hold(command);
      requireHeld(command);
      return new LossCounted(
          command.header().step(), find(command, Form.COUNT).delta(), objects.lost(command, true));
    }
    deltas.hold(command.spec(), command.header().epoch());
    Search captured = new Search(Form.COUNT, Optional.empty(), "", command.header().deadline());
    return new LossCounted(
        command.header().step(),
        deltas.find(command.spec(), captured).delta(),
        objects.lost(command, true)); // its store may be alive where its database is not
  }

  DeltaApplied apply(ApplyDelta command)
      throws GateRefused, ReplicationFailed, DrainTimedOut, InterruptedException {
    ReplicationSpec spec = command.spec();
    requireFenced(spec, Side.TARGET);
    requireFenced(spec, Side.SOURCE);
    Standing standing = deltas.standing(spec);
    if (!standing.approved().equals(Optional.of(command.sha256()))) {
      if (!standing.held()) {
        throw new GateRefused(
            Reason.UNEXPECTED_STATE,
            "Expected the delta of %s to be exported before it is applied, but its stream is not held"
                .formatted(spec.name()));
      }
      restart(spec);
      requireSame(command);
      deltas.approve(spec, command.sha256(), command.header().epoch());
    }
    long begun = pace.nanoTime();
    restart(spec);
    String marker = gate.mark(spec.target());
    replicator.awaitMarker(spec, Direction.REVERSE, marker, command.header().deadline());
    var _ = objects.drainBack(command);
    return new DeltaApplied(
        command.header().step(), command.sha256(), (pace.nanoTime() - begun) / 1_000_000);
  }

  /** What people have looked at is what is applied, to the byte. */
  private void requireSame(ApplyDelta command)
      throws GateRefused, ReplicationFailed, DrainTimedOut, InterruptedException {
    String found = find(command, Form.CHECKSUM).sha256();
    if (!found.equals(command.sha256())) {
      throw new GateRefused(
          Reason.NOT_PROVEN,
          "Expected the delta with sha256 %s that was approved, but it is another one, with %s: export it again"
              .formatted(command.sha256(), found));
    }
  }

  private Found find(SyncCommand command, Form form)
      throws GateRefused, ReplicationFailed, DrainTimedOut, InterruptedException {
    CommandHeader header = command.header();
    String marker = gate.mark(command.spec().target());
    replicator.awaitMarker(command.spec(), Direction.REVERSE, marker, header.deadline());
    String folder = "%s-%d".formatted(header.step().cutover(), header.epoch());
    return deltas.find(
        command.spec(), new Search(form, Optional.of(marker), folder, header.deadline()));
  }

  private void restart(ReplicationSpec spec) throws ReplicationFailed, InterruptedException {
    replicator.stop(spec, Direction.REVERSE);
    replicator.start(spec, Direction.REVERSE);
  }

  private void requireFenced(ReplicationSpec spec, Side side) throws GateRefused {
    if (gate.state(spec.endpoint(side)).isOpen()) {
      throw new GateRefused(
          Reason.UNEXPECTED_STATE,
          "Expected %s to be fenced, so that the delta is the last word, but it is open: fence it first"
              .formatted(spec.endpoint(side).address()));
    }
  }
}
