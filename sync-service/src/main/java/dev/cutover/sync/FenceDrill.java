package dev.cutover.sync;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.SyncCommand.DrillFence;
import dev.cutover.contract.SyncReply.FenceDrilled;
import dev.cutover.runtime.Pace;
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
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Fences the serving source, drains, and opens it again, within a bound that holds three times: by
 * the drain's deadline here, by the database itself, whose triggers let everybody through past it,
 * and by the fence's lease, which then puts the row right.
 */
final class FenceDrill {
  private static final Duration MAX_LEAST = Duration.ofMillis(100);
  private static final Duration MAX_MOST = Duration.ofSeconds(30);
  private static final Duration THAW_MOST = Duration.ofMillis(300);

  /** After the database has let everybody through, the row may be put right at leisure. */
  private static final Duration LEASE_AFTER = Duration.ofSeconds(2);

  private final WriteGate gate;
  private final Replicator replicator;
  private final DatabaseReadings readings;
  private final SyncWatch watch;
  private final InstantSource clock;
  private final Pace pace;

  FenceDrill(
      WriteGate gate,
      Replicator replicator,
      DatabaseReadings readings,
      SyncWatch watch,
      InstantSource clock,
      Pace pace) {
    this.gate = gate;
    this.replicator = replicator;
    this.readings = readings;
    this.watch = watch;
    this.clock = clock;
    this.pace = pace;
  }

  /** Why there is no such drill; empty when there is. */
  static Optional<String> unsuitable(DrillFence command) {
    boolean isFit =
        command.max().compareTo(MAX_LEAST) >= 0 && command.max().compareTo(MAX_MOST) <= 0;
    return isFit
        ? Optional.empty()
        : Optional.of(
            "Expected a drill of %d ms to %d s, but it is to take %d ms"
                .formatted(MAX_LEAST.toMillis(), MAX_MOST.toSeconds(), command.max().toMillis()));
  }

  FenceDrilled run(DrillFence command)
      throws GateRefused, ReplicationFailed, DrainTimedOut, InterruptedException {
    ReplicationSpec spec = command.spec();
    requireBegin(command);
    // A fence that cannot be drained would only be an outage.
    replicator.start(spec, Direction.FORWARD);
    long longestTransactionMs = readings.longestTransactionMs(spec, Side.SOURCE);
    try {
      return fenced(command, longestTransactionMs);
    } catch (GateRefused
        | ReplicationFailed
        | DrainTimedOut
        | InterruptedException
        | RuntimeException e) {
      openAgain(command, e);
      throw e;
    }
  }

  /** Only where the source serves and the target does not. */
  private void requireBegin(DrillFence command) throws GateRefused {
    ReplicationSpec spec = command.spec();
    WriterRow source = gate.state(spec.source());
    if (isOurs(source, command)) {
      var _ = thaw(command);
      throw new GateRefused(
          Reason.UNEXPECTED_STATE,
          "Expected a drill that begins, but this one was cut short in the middle: the source %s is open again, order another drill"
              .formatted(spec.source().address()));
    }
    if (gate.state(spec.target()).isOpen()) {
      throw new GateRefused(
          Reason.UNEXPECTED_STATE,
          "Expected the target %s to be fenced during a drill, but it is open: nothing was done"
              .formatted(spec.target().address()));
    }
  }

  private static boolean isOurs(WriterRow source, DrillFence command) {
    return source.isFenced()
        && source.endsAt().isPresent()
        && source.epoch() == command.header().epoch();
  }

  private FenceDrilled fenced(DrillFence command, long longestTransactionMs)
      throws GateRefused, ReplicationFailed, DrainTimedOut, InterruptedException {
    ReplicationSpec spec = command.spec();
    CommandHeader header = command.header();
    watch.fences().fencing(command.cutover(), Side.SOURCE);
    Instant begunAt = clock.instant();
    Fenced fenced =
        gate.fence(
            new FenceOrder(
                spec.source(),
                header.epoch(),
                header.step(),
                spec.endBlockers(),
                header.deadline(),
                Optional.of(
                    new Lease(
                        begunAt.plus(command.max()).plus(LEASE_AFTER),
                        header.epoch(),
                        spec.target())),
                Optional.of(command.max())));
    // No word of anybody makes a drill longer: a lease of no length is never renewed.
    watch.leases().keep(command.cutover(), spec.source(), header.epoch(), Duration.ZERO);
    long fencedNanos = pace.nanoTime();
    replicator.awaitMarker(
        spec,
        Direction.FORWARD,
        fenced.markerId(),
        fenced.firstRefusedAt().plus(command.max()).minus(thawShare(command.max())));
    long drainedNanos = pace.nanoTime();
    Opened opened = thaw(command);
    return new FenceDrilled(
        header.step(),
        fenced.firstRefusedAt(),
        Math.round(fenced.barrierMs()),
        (drainedNanos - fencedNanos) / 1_000_000,
        (pace.nanoTime() - drainedNanos) / 1_000_000,
        Duration.between(fenced.firstRefusedAt(), opened.at()).toMillis(),
        fenced.sessionsEnded(),
        longestTransactionMs);
  }

  /** What is kept of the time for opening. */
  private static Duration thawShare(Duration max) {
    Duration fifth = max.dividedBy(5);
    return fifth.compareTo(THAW_MOST) < 0 ? fifth : THAW_MOST;
  }

  private Opened thaw(DrillFence command) throws GateRefused {
    ReplicationSpec spec = command.spec();
    long epoch = command.header().epoch();
    // Nobody else decides at this epoch: the row after a drill is as its lease would have left it.
    Opened opened =
        gate.open(
            new OpenOrder(spec.source(), epoch, epoch + 1, command.header().step(), spec.target()));
    watch.leases().forget(command.cutover());
    watch.fences().opened(command.cutover(), Side.SOURCE, spec.source(), epoch + 1);
    return opened;
  }

  /** Does what it can; if it fails, the database and the lease do the rest. */
  private void openAgain(DrillFence command, Exception failure) {
    // Also when the order was made void or its partition lost: first the source.
    boolean interrupted = Thread.interrupted();
    try {
      if (isOurs(gate.state(command.spec().source()), command)) {
        var _ = thaw(command);
      }
    } catch (GateRefused e) {
      failure.addSuppressed(e);
      WatchContext.warn(command.cutover(), "source not opened after a drill, its lease will", e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
