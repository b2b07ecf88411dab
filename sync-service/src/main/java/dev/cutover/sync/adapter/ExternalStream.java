package dev.cutover.sync.adapter;

import dev.cutover.contract.Direction;
import dev.cutover.contract.ExternalForward;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.sync.domain.Change;
import dev.cutover.sync.domain.Lsn;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a tool of the team's own that replicates to the target: a row each second on the source,
 * and whether it has come, or, where the tool does not carry that table, whether the plan's query
 * holds. The tool itself is not touched.
 */
final class ExternalStream implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(ExternalStream.class);
  private static final Duration PERIOD = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofMillis(50);

  private final ReplicationSpec spec;
  private final String name;
  private final PostgresConnections connections;
  private final StreamGauge gauge;
  private final StreamWatch watch;
  private @Nullable Beat pending;

  /**
   * A row that was sent.
   *
   * @param before what is committed below this is on the target when the row is
   * @param position everything below it is, the row too, when the tool has come so far
   */
  private record Beat(Instant at, Lsn before, Lsn position) {}

  ExternalStream(
      ReplicationSpec spec, ExternalForward tool, PostgresConnections connections, Lsn position) {
    this.spec = spec;
    this.name = StreamName.of(spec, Direction.FORWARD);
    this.connections = connections;
    this.gauge = new StreamGauge(position);
    this.watch = new StreamWatch(name, gauge, () -> watchUntilClosed(tool.caughtUp()));
    watch.start();
  }

  StreamGauge gauge() {
    return gauge;
  }

  /**
   * The row that tells whether a tool carries the markers: once it has come, only a marker proves.
   */
  static String beat(String name) {
    return "beat:" + name;
  }

  private void watchUntilClosed(ExternalForward.CaughtUp asked) {
    while (!watch.isClosed()) {
      try (Connection source = connections.open(spec.source(), DatabaseRole.APPLIER);
          Connection target = connections.open(spec.target(), DatabaseRole.APPLIER);
          CaughtUpProof proof = new CaughtUpProof(spec, asked, connections)) {
        for (Connection side : new Connection[] {source, target}) {
          PostgresSql.execute(side, "SET lock_timeout = '2s'; SET statement_timeout = '5s'");
        }
        while (!watch.isClosed()) {
          beat(source, target, proof);
        }
      } catch (SQLException e) {
        LOGGER.atWarn().addKeyValue("stream", name).setCause(e).log("external stream not seen");
        if (watch.isClosedAfter(PERIOD)) {
          return;
        }
      }
    }
  }

  private void beat(Connection source, Connection target, CaughtUpProof proof) throws SQLException {
    long begunNanos = System.nanoTime();
    Beat sent = pending == null ? send(source) : pending;
    pending = sent;
    while (pending != null && System.nanoTime() - begunNanos < PERIOD.toNanos()) {
      boolean isThere =
          carriesMarkers(target, name) ? hasCome(target, sent.at()) : proof.holds(sent.position());
      if (isThere) {
        arrived(target, sent);
        pending = null;
      } else if (watch.isClosedAfter(LOOK)) {
        return;
      }
    }
    long leftMs = PERIOD.toMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
    if (leftMs > 0) {
      var _ = watch.isClosedAfter(Duration.ofMillis(leftMs));
    }
  }

  private Beat send(Connection source) throws SQLException {
    Instant at = Instant.now().truncatedTo(ChronoUnit.MICROS);
    Lsn before = position(source);
    PostgresSql.update(
        source,
        "INSERT INTO cutover.marker VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at",
        beat(name),
        Timestamp.from(at));
    return new Beat(at, before, position(source));
  }

  /** Up to where the source has written its log by now. */
  static Lsn position(Connection source) throws SQLException {
    return Lsn.parse(
        PostgresSql.query(source, "SELECT pg_current_wal_insert_lsn()::text")
            .orElseThrow(() -> new SQLException("Expected a position of the log, but got none")));
  }

  private void arrived(Connection target, Beat beat) throws SQLException {
    PostgresSql.update(
        target,
        "UPDATE cutover.position SET lsn = GREATEST(lsn, ?::pg_lsn), at = clock_timestamp() WHERE stream = ?",
        beat.before().toString(),
        name);
    gauge.applied(beat.before(), true, 0);
    gauge.passed(new Change.Mark(Change.Mark.HEARTBEAT, beat.at()));
  }

  private boolean hasCome(Connection target, Instant at) throws SQLException {
    return PostgresSql.query(
            target,
            "SELECT 1 FROM cutover.marker WHERE id = ? AND at >= ?",
            beat(name),
            Timestamp.from(at))
        .isPresent();
  }

  static boolean carriesMarkers(Connection target, String name) throws SQLException {
    return PostgresSql.query(target, "SELECT 1 FROM cutover.marker WHERE id = ?", beat(name))
        .isPresent();
  }

  /** Ends the watching; the tool goes on. */
  @Override
  public void close() {
    watch.close();
  }
}
