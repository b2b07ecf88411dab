package dev.cutover.sync.adapter;

import dev.cutover.contract.Direction;
import dev.cutover.contract.ForwardMode;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.sync.domain.Deltas;
import dev.cutover.sync.domain.Replicator;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;

/**
 * Replicates by what the plan says: forward by the product's own stream, by the servers' own
 * replication or by a tool of the team's, back always by the product's.
 */
public final class PlannedReplicator implements Replicator {
  private final PostgresConnections connections;
  private final PostgresReplicator builtin;
  private final SubscriptionForward servers;
  private final ExternalStreams tools;

  /**
   * Makes a replicator; connects to nothing yet.
   *
   * @param builtin the product's own streams; closed with this
   */
  public PlannedReplicator(PostgresConnections connections, PostgresReplicator builtin) {
    this.connections = connections;
    this.builtin = builtin;
    this.servers = new SubscriptionForward(connections);
    this.tools = new ExternalStreams(connections);
  }

  @Override
  public CopyResult copyAndStream(ReplicationSpec spec, Direction direction, Progress progress)
      throws InterruptedException, ReplicationFailed {
    return switch (by(spec, direction)) {
      case BUILTIN -> builtin.copyAndStream(spec, direction, progress);
      case NATIVE -> servers.copyAndStream(spec, progress);
      case EXTERNAL -> tools.copyAndStream(spec);
    };
  }

  @Override
  public void start(ReplicationSpec spec, Direction direction)
      throws InterruptedException, ReplicationFailed {
    switch (by(spec, direction)) {
      case BUILTIN -> builtin.start(spec, direction);
      case NATIVE -> servers.start(spec);
      case EXTERNAL -> tools.start(spec);
    }
  }

  @Override
  public StreamHealth health(ReplicationSpec spec, Direction direction) {
    return switch (by(spec, direction)) {
      case BUILTIN -> builtin.health(spec, direction);
      case NATIVE -> servers.health(spec);
      case EXTERNAL -> tools.health(spec);
    };
  }

  @Override
  public void guardSlot(ReplicationSpec spec, Direction direction) {
    switch (by(spec, direction)) {
      case BUILTIN -> builtin.guardSlot(spec, direction);
      case NATIVE -> servers.guardSlot(spec);
      case EXTERNAL -> {} // what a tool keeps is the tool's
    }
  }

  private static ForwardMode by(ReplicationSpec spec, Direction direction) {
    return direction == Direction.FORWARD ? spec.forwardMode() : ForwardMode.BUILTIN;
  }

  /**
   * Of a stream that is not the product's they are counted in the target's log, by the way back's
   * capture.
   */
  @Override
  public long lateWrites(ReplicationSpec spec, Direction direction, long fenceEpoch) {
    return switch (by(spec, direction)) {
      case BUILTIN -> builtin.lateWrites(spec, direction, fenceEpoch);
      case NATIVE, EXTERNAL -> builtin.heard(StreamName.of(spec, direction)).lateWrites(fenceEpoch);
    };
  }

  @Override
  public void awaitMarker(
      ReplicationSpec spec, Direction direction, String markerId, Instant deadline)
      throws InterruptedException, DrainTimedOut, ReplicationFailed {
    switch (by(spec, direction)) {
      case BUILTIN -> builtin.awaitMarker(spec, direction, markerId, deadline);
      case NATIVE -> servers.awaitMarker(spec, markerId, deadline);
      case EXTERNAL -> tools.awaitMarker(spec, markerId, deadline);
    }
  }

  @Override
  public void stop(ReplicationSpec spec, Direction direction) {
    switch (by(spec, direction)) {
      case BUILTIN -> builtin.stop(spec, direction);
      case NATIVE -> servers.stop(spec);
      case EXTERNAL -> tools.stop(spec);
    }
  }

  @Override
  public void drop(ReplicationSpec spec) throws InterruptedException, ReplicationFailed {
    switch (spec.forwardMode()) {
      case BUILTIN -> builtin.drop(spec);
      case NATIVE -> dropNative(spec);
      case EXTERNAL -> {
        tools.stop(spec);
        builtin.drop(spec);
        dropRemains(spec, Optional.empty());
      }
    }
  }

  private void dropNative(ReplicationSpec spec) throws InterruptedException, ReplicationFailed {
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
    tools.close();
    builtin.close();
  }
}
