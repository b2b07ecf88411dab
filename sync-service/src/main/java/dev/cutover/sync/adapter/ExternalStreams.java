package dev.cutover.sync.adapter;

import dev.cutover.contract.Direction;
import dev.cutover.contract.ExternalForward;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.sync.domain.Replicator.CopyResult;
import dev.cutover.sync.domain.Replicator.DrainTimedOut;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.sync.domain.Replicator.StreamHealth;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The forward streams of plans whose rows a tool of the team's own brings. What it does is its own;
 * here it is proven, by a marker that it carried or by the plan's query.
 */
final class ExternalStreams implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(10);

  /** A query that holds by chance, between two batches of the tool, does not hold for so long. */
  private static final Duration HOLDS_FOR = Duration.ofMillis(300);

  // Of a stream's position, as its owner.
  private static final String BEGUN = "external";
  private static final String HELD = "external, and the query has held";

  private final PostgresConnections connections;
  private final Map<String, ExternalStream> streams = new ConcurrentHashMap<>();

  ExternalStreams(PostgresConnections connections) {
    this.connections = connections;
  }

  private static String name(ReplicationSpec spec) {
    return StreamName.of(spec, Direction.FORWARD);
  }

  private static ExternalForward tool(ReplicationSpec spec) {
    return spec.external()
        .orElseThrow(() -> new IllegalStateException("Expected a tool of the team's own"));
  }

  /** Copies nothing: the tool does. From now on it is watched, and the way back may be prepared. */
  CopyResult copyAndStream(ReplicationSpec spec) throws ReplicationFailed {
    try (Connection source = connections.open(spec.source(), DatabaseRole.APPLIER);
        Connection target = connections.open(spec.target(), DatabaseRole.APPLIER)) {
      PostgresCatalog.shapes(source, spec.tables()); // refuses what the way back can't carry
      if (!PostgresReplicator.hasPosition(target, name(spec))) {
        PostgresSql.update(
            target,
            "INSERT INTO cutover.position(stream, lsn, kafka_offset, at, owner)"
                + " VALUES (?, ?::pg_lsn, 0, clock_timestamp(), ?)",
            name(spec),
            PostgresSql.query(source, "SELECT pg_current_wal_lsn()::text")
                .orElseThrow(() -> new SQLException("Expected a position, but got none")),
            BEGUN);
      }
    } catch (SQLException e) {
      throw PostgresReplicator.failed(name(spec), e);
    }
    start(spec);
    return new CopyResult(0, 0, Map.of(), 0);
  }

  void start(ReplicationSpec spec) throws ReplicationFailed {
    if (streams.containsKey(name(spec))) {
      return;
    }
    try (Connection target = connections.open(spec.target(), DatabaseRole.APPLIER)) {
      if (!PostgresReplicator.hasPosition(target, name(spec))) {
        throw new ReplicationFailed(
            "Expected a position of stream %s on %s, but there is none: start the forward stream first"
                .formatted(name(spec), spec.target().address()));
      }
      streams.put(
          name(spec),
          new ExternalStream(
              spec, tool(spec), connections, PostgresApplier.position(target, name(spec)).lsn()));
    } catch (SQLException e) {
      throw PostgresReplicator.failed(name(spec), e);
    }
  }

  StreamHealth health(ReplicationSpec spec) {
    ExternalStream stream = streams.get(name(spec));
    return stream == null ? StreamHealth.notStarted() : stream.gauge().health();
  }

  /**
   * Waits for the marker where the tool carries markers, for the query to hold otherwise. It must
   * have held once in any case: a marker may overtake the tool's first copy.
   */
  void awaitMarker(ReplicationSpec spec, String markerId, Instant deadline)
      throws InterruptedException, DrainTimedOut, ReplicationFailed {
    start(spec);
    while (true) {
      try (Connection source = connections.open(spec.source(), DatabaseRole.APPLIER);
          Connection target = connections.open(spec.target(), DatabaseRole.APPLIER);
          CaughtUpProof proof = new CaughtUpProof(spec, tool(spec).caughtUp(), connections)) {
        PostgresSql.execute(target, "SET synchronous_commit = on");
        Lsn position = ExternalStream.position(source); // behind the marker, which is committed
        awaitMarker(spec, target, proof, new Awaited(markerId, position, deadline));
        return;
      } catch (SQLException e) {
        if (!PostgresSession.isConnectionLoss(e) || !Instant.now().isBefore(deadline)) {
          throw PostgresReplicator.failed(name(spec), e);
        }
        Thread.sleep(LOOK.multipliedBy(50));
      }
    }
  }

  private record Awaited(String markerId, Lsn position, Instant deadline) {}

  private static void awaitMarker(
      ReplicationSpec spec, Connection target, CaughtUpProof proof, Awaited awaited)
      throws SQLException, InterruptedException, DrainTimedOut {
    boolean hasHeld =
        PostgresSql.query(
                target,
                "SELECT 1 FROM cutover.position WHERE stream = ? AND owner = ?",
                name(spec),
                HELD)
            .isPresent();
    String missing = "nobody has looked yet";
    long missingNanos = System.nanoTime();
    while (Instant.now().isBefore(awaited.deadline())) {
      boolean hasCome =
          PostgresSql.query(target, "SELECT 1 FROM cutover.marker WHERE id = ?", awaited.markerId())
              .isPresent();
      boolean needsQuery = !hasHeld || !hasCome;
      if (!hasCome && ExternalStream.carriesMarkers(target, name(spec))) {
        missing = "the tool carries markers, and has not brought this one";
        missingNanos = System.nanoTime();
      } else if (needsQuery && !proof.holds(awaited.position())) {
        missing = proof.inWords();
        missingNanos = System.nanoTime();
      } else if (!needsQuery
          || proof.isOfAPosition()
          || System.nanoTime() - missingNanos > HOLDS_FOR.toNanos()) {
        // The tool may not wait for its commits to be flushed; this one flushes all before it.
        PostgresSql.update(
            target, "UPDATE cutover.position SET owner = ? WHERE stream = ?", HELD, name(spec));
        return;
      }
      Thread.sleep(LOOK);
    }
    throw new DrainTimedOut(
        "Expected all that was committed before marker '%s' on %s by %s, but %s: look at the tool"
            .formatted(awaited.markerId(), spec.target().address(), awaited.deadline(), missing));
  }

  void stop(ReplicationSpec spec) {
    ExternalStream stream = streams.remove(name(spec));
    if (stream != null) {
      stream.close();
    }
  }

  @Override
  public void close() {
    List<ExternalStream> all = List.copyOf(streams.values());
    streams.clear();
    all.forEach(ExternalStream::close);
  }
}
