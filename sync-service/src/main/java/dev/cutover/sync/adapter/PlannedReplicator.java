package dev.cutover.sync.adapter;

import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.sync.domain.Deltas;
import dev.cutover.sync.domain.Replicator;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/**
 * Replicates by what the plan says: forward by the product's own stream or by the servers' own
 * replication, back always by the product's.
 */
public final class PlannedReplicator implements Replicator {
  private final PostgresConnections connections;
  private final PostgresReplicator builtin;
  private final SubscriptionForward servers;

  /**
   * Makes a replicator; connects to nothing yet.
   *
   * @param builtin the product's own streams; closed with this
   */
  public PlannedReplicator(PostgresConnections connections, PostgresReplicator builtin) {
    this.connections = connections;
    this.builtin = builtin;
    this.servers = new SubscriptionForward(connections);
  }

  @Override
  public CopyResult copyAndStream(ReplicationSpec spec, Direction direction, Progress progress)
      throws InterruptedException, ReplicationFailed {
    return spec.isNative(direction)
        ? servers.copyAndStream(spec, progress)
        : builtin.copyAndStream(spec, direction, progress);
  }

  @Override
  public void start(ReplicationSpec spec, Direction direction)
      throws InterruptedException, ReplicationFailed {
    if (spec.isNative(direction)) {
      servers.start(spec);
    } else {
      builtin.start(spec, direction);
    }
  }

  @Override
  public StreamHealth health(ReplicationSpec spec, Direction direction) {
    return spec.isNative(direction) ? servers.health(spec) : builtin.health(spec, direction);
  }

  @Override
  public void guardSlot(ReplicationSpec spec, Direction direction) {
    if (spec.isNative(direction)) {
      servers.guardSlot(spec);
    } else {
      builtin.guardSlot(spec, direction);
    }
  }

  /** Of the servers' own stream they are counted in the target's log, by the way back's capture. */
  @Override
  public long lateWrites(ReplicationSpec spec, Direction direction, long fenceEpoch) {
    return spec.isNative(direction)
        ? builtin.heard(StreamName.of(spec, direction)).lateWrites(fenceEpoch)
        : builtin.lateWrites(spec, direction, fenceEpoch);
  }

  @Override
  public void awaitMarker(
      ReplicationSpec spec, Direction direction, String markerId, Instant deadline)
      throws InterruptedException, DrainTimedOut, ReplicationFailed {
    if (spec.isNative(direction)) {
      servers.awaitMarker(spec, markerId, deadline);
    } else {
      builtin.awaitMarker(spec, direction, markerId, deadline);
    }
  }

  @Override
  public void stop(ReplicationSpec spec, Direction direction) {
    if (spec.isNative(direction)) {
      servers.stop(spec);
    } else {
      builtin.stop(spec, direction);
    }
  }

  @Override
  public void drop(ReplicationSpec spec) throws InterruptedException, ReplicationFailed {
    if (!spec.isNative(Direction.FORWARD)) {
      builtin.drop(spec);
      return;
    }
    Optional<String> origin = servers.unsubscribe(spec);
    String slot = StreamName.of(spec, Direction.FORWARD);
    try {
      builtin.drop(spec);
      dropRemains(spec, origin);
    } catch (ReplicationFailed e) {
      throw new ReplicationFailed(
          "%s. The target follows no more; what is left over is slot '%s' on %s, which makes it keep its log: order it again once it answers, or SELECT pg_drop_replication_slot('%s') there"
              .formatted(e.getMessage(), slot, spec.source().address(), slot),
          e);
    }
  }

  private void dropRemains(ReplicationSpec spec, Optional<String> origin) throws ReplicationFailed {
    try (Connection source = connections.open(spec.source(), DatabaseRole.APPLIER)) {
      if (origin.isPresent()) {
        PostgresSubscription.dropSlots(source, origin.get());
      }
      ReplicationOrigin.drop(source, StreamName.of(spec, Direction.REVERSE));
    } catch (SQLException e) {
      throw PostgresReplicator.failed(StreamName.of(spec, Direction.FORWARD), e);
    }
  }

  /**
   * What the reverse stream holds back.
   *
   * @param directory where files are written
   */
  public Deltas deltas(Optional<Path> directory) {
    return builtin.deltas(directory);
  }

  @Override
  public void close() {
    servers.close();
    builtin.close();
  }
}
