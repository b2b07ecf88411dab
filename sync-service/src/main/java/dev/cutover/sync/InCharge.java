package dev.cutover.sync;

import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.SyncCommand;
import dev.cutover.runtime.Pace;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import dev.cutover.sync.domain.WriteGate;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Refuses what changes anything while a person has set the manual mark on either side. */
record InCharge(WriteGate gate, Pace pace) {

  /**
   * Looks at both sides, before a fence and so outside of the outage.
   *
   * @throws GateRefused MANUAL
   */
  void require(SyncCommand command) throws GateRefused, InterruptedException {
    ReplicationSpec spec = command.spec();
    if (command instanceof SyncCommand.OpenSourceAlone) {
      look(spec, Side.SOURCE); // the other side is dead
    }
    if (!isLookedAt(command)) {
      return;
    }
    Future<Boolean> target =
        pace.fork(
            "manual-mark",
            () -> {
              look(spec, Side.TARGET);
              return true;
            });
    look(spec, Side.SOURCE);
    try {
      var _ = target.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GateRefused refused) {
        throw refused;
      }
      throw new IllegalStateException("Expected to read the manual mark, but it broke", e);
    }
  }

  private static boolean isLookedAt(SyncCommand command) {
    return switch (command) {
      case SyncCommand.ReadDatabases _, SyncCommand.RenderSql _, SyncCommand.WatchSchema _ ->
          false; // change nothing
      // Opening reads the marks of the rows that it locks, inside the outage only once.
      case SyncCommand.OpenSource _, SyncCommand.OpenSourceAlone _, SyncCommand.OpenTarget _ ->
          false;
      case SyncCommand.PrepareReplication _,
          SyncCommand.StartForwardSync _,
          SyncCommand.StartReverseSync _,
          SyncCommand.ProveRoundTrip _,
          SyncCommand.AlignSequences _,
          SyncCommand.FenceSource _,
          SyncCommand.FenceTarget _,
          SyncCommand.DrainReverse _,
          SyncCommand.DrillFence _,
          SyncCommand.ExportDelta _,
          SyncCommand.ApplyDelta _,
          SyncCommand.CountLoss _,
          SyncCommand.DropReplication _ ->
          true;
    };
  }

  /** A side that does not answer, or has no row yet, is the order's own matter. */
  private void look(ReplicationSpec spec, Side side) throws GateRefused {
    try {
      gate.state(spec.endpoint(side)).requireNotManual(spec.endpoint(side).address());
    } catch (GateRefused e) {
      if (e.reason() == Reason.MANUAL) {
        throw e;
      }
    }
  }
}
