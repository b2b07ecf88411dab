package dev.cutover.sync;

import dev.cutover.contract.DatabaseState;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.SyncCommand.ReadDatabases;
import dev.cutover.contract.SyncReply.DatabasesRead;
import dev.cutover.runtime.Pace;
import dev.cutover.sync.domain.DatabaseReader;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.SequenceAlignment;
import dev.cutover.sync.domain.SequenceAlignment.Sequence;
import dev.cutover.sync.domain.SequenceRegister;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Reads both databases side by side; one that does not answer does not hide the other. */
record DatabaseReadings(
    DatabaseReader reader, SequenceRegister sequences, InstantSource clock, Pace pace) {

  DatabasesRead read(ReadDatabases command) throws InterruptedException {
    ReplicationSpec spec = command.spec();
    Future<DatabaseState> onTarget =
        pace.fork("read-target", () -> reader.read(spec.target(), spec.name()));
    DatabaseState source = reader.read(spec.source(), spec.name());
    DatabaseState target = resultOf(onTarget);
    if (source.unreachable().isEmpty() && target.unreachable().isEmpty()) {
      try {
        List<Sequence> here = sequences.read(spec.source());
        List<Sequence> there = sequences.read(spec.target());
        source = source.withSequencesAhead(SequenceAlignment.verify(there, here).isEmpty());
        target = target.withSequencesAhead(SequenceAlignment.verify(here, there).isEmpty());
      } catch (GateRefused e) {
        WatchContext.warn(command.cutover(), "sequences not compared", e);
      }
    }
    return new DatabasesRead(command.header().step(), clock.instant(), source, target);
  }

  /** How old the oldest transaction of that side is; 0 when it cannot be read. */
  long longestTransactionMs(ReplicationSpec spec, Side side) {
    return reader.read(spec.endpoint(side), spec.name()).longestTransactionMs();
  }

  private static DatabaseState resultOf(Future<DatabaseState> reading) throws InterruptedException {
    try {
      return reading.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Expected the target's state, but reading it broke", e);
    }
  }
}
