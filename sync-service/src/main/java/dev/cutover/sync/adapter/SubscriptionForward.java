package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.sync.domain.Replicator.CopyResult;
import dev.cutover.sync.domain.Replicator.DrainTimedOut;
import dev.cutover.sync.domain.Replicator.Progress;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.sync.domain.Replicator.StreamHealth;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The forward streams of plans whose servers replicate by themselves. */
final class SubscriptionForward implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(2);
  private static final Direction FORWARD = Direction.FORWARD;

  private final PostgresConnections connections;
  private final Map<String, SubscriptionStream> streams = new ConcurrentHashMap<>();

  SubscriptionForward(PostgresConnections connections) {
    this.connections = connections;
  }

  CopyResult copyAndStream(ReplicationSpec spec, Progress progress)
      throws InterruptedException, ReplicationFailed {
    String name = StreamName.of(spec, FORWARD);
    CopyResult result = new CopyResult(0, 0, Map.of(), 0);
    try (Connection applied = open(spec.target());
        Connection captured = open(spec.source())) {
      if (!PostgresReplicator.hasPosition(applied, name)) {
        result = new SubscriptionSetup(connections, spec).copy(captured, applied, progress);
      }
    } catch (SQLException e) {
      throw PostgresReplicator.failed(name, e);
    }
    start(spec);
    return result;
  }

  void start(ReplicationSpec spec) throws ReplicationFailed {
    String name = StreamName.of(spec, FORWARD);
    SubscriptionStream running = streams.get(name);
    if (running != null && running.gauge().error().isEmpty()) {
      return;
    }
    stop(spec);
    PostgresSubscription subscription = subscription(spec);
    try (Connection applied = open(spec.target());
        Connection captured = open(spec.source())) {
      if (!PostgresReplicator.hasPosition(applied, name)) {
        throw new ReplicationFailed(
            "Expected a position of stream %s on %s, but there is none: copy first"
                .formatted(name, spec.target().address()));
      }
      Lsn position = PostgresApplier.position(applied, name).lsn();
      new PostgresSlot(name).require(captured, spec.source().address(), position);
      PostgresSubscription.State state =
          subscription
              .state(applied)
              .orElseThrow(
                  () ->
                      new ReplicationFailed(
                          "Expected subscription '%s' on %s, but it is gone: drop the replication and copy again"
                              .formatted(name, spec.target().address())));
      if (!state.isEnabled()) {
        subscription.enable(applied);
      }
      streams.put(name, new SubscriptionStream(spec, connections, position));
    } catch (SQLException e) {
      throw PostgresReplicator.failed(name, e);
    }
  }

  StreamHealth health(ReplicationSpec spec) {
    SubscriptionStream stream = streams.get(StreamName.of(spec, FORWARD));
    return stream == null ? StreamHealth.notStarted() : stream.gauge().health();
  }

  void guardSlot(ReplicationSpec spec) {
    Optional<SubscriptionStream> stream =
        Optional.ofNullable(streams.get(StreamName.of(spec, FORWARD)));
    new SlotGuard(connections, spec, FORWARD)
        .look(stream.map(SubscriptionStream::gauge))
        .ifPresent(reason -> stream.ifPresent(running -> running.fail(reason)));
  }

  /** Looks for the row on the target every few milliseconds, and has it flushed. */
  void awaitMarker(ReplicationSpec spec, String markerId, Instant deadline)
      throws InterruptedException, DrainTimedOut, ReplicationFailed {
    String name = StreamName.of(spec, FORWARD);
    if (!streams.containsKey(name)) {
      start(spec);
    }
    try (Connection applied = open(spec.target())) {
      PostgresSql.execute(applied, "SET synchronous_commit = on");
      while (PostgresSql.query(applied, "SELECT id FROM cutover.marker WHERE id = ?", markerId)
          .isEmpty()) {
        SubscriptionStream stream = streams.get(name);
        Optional<String> error =
            stream == null ? Optional.of("it was stopped") : stream.gauge().error();
        if (error.isPresent()) {
          throw new ReplicationFailed(
              "Stream %s failed before the marker came: %s".formatted(name, error.get()));
        }
        if (Instant.now().isAfter(deadline)) {
          throw new DrainTimedOut(
              "Expected marker '%s' on %s by %s, but stream %s has not come so far: its lag is the answer to why"
                  .formatted(markerId, spec.target().address(), deadline, name));
        }
        Thread.sleep(LOOK);
      }
      // The workers do not wait for their commits to be flushed; this one flushes all before it.
      PostgresSql.query(applied, "SELECT pg_current_xact_id()::text");
    } catch (SQLException e) {
      throw PostgresReplicator.failed(name, e);
    }
  }

  void stop(ReplicationSpec spec) {
    SubscriptionStream stream = streams.remove(StreamName.of(spec, FORWARD));
    if (stream != null) {
      stream.close();
    }
  }

  /** Ends the servers' replication on the target, and returns the origin that it had. */
  Optional<String> unsubscribe(ReplicationSpec spec) throws ReplicationFailed {
    stop(spec);
    PostgresSubscription subscription = subscription(spec);
    try (Connection applied = open(spec.target())) {
      Optional<String> origin = subscription.state(applied).map(PostgresSubscription.State::origin);
      subscription.drop(applied);
      return origin;
    } catch (SQLException e) {
      throw PostgresReplicator.failed(StreamName.of(spec, FORWARD), e);
    }
  }

  /** Nothing that is asked here takes longer, whatever hangs between the two servers. */
  private Connection open(DatabaseEndpoint endpoint) throws SQLException {
    Connection connection = connections.openUnhurried(endpoint, DatabaseRole.APPLIER);
    PostgresSql.execute(connection, "SET lock_timeout = '10s'; SET statement_timeout = '60s'");
    return connection;
  }

  private PostgresSubscription subscription(ReplicationSpec spec) {
    return new PostgresSubscription(StreamName.of(spec, FORWARD), connections, spec.source());
  }

  @Override
  public void close() {
    List<SubscriptionStream> all = List.copyOf(streams.values());
    streams.clear();
    all.forEach(SubscriptionStream::close);
  }
}
