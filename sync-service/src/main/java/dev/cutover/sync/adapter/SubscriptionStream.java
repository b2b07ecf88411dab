package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.sync.domain.Change;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a native forward stream while the servers replicate: a row each second on the source, its
 * arrival on the target, the slot, and the subscription. It writes the position that others read:
 * what had been written when a row was is there once that row is.
 *
 * <p>An error of the servers' workers disables the subscription. It is enabled again at most
 * {@value #ATTEMPTS_MAX} times without a row's having come; then the stream stands and says why.
 */
final class SubscriptionStream implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(SubscriptionStream.class);
  private static final Duration BEAT = Duration.ofSeconds(1);
  private static final Duration LOOK = Duration.ofMillis(10);
  private static final Duration STANDS_AFTER = Duration.ofMinutes(5);
  private static final Duration LOGS_ON_AFTER = Duration.ofSeconds(10);
  private static final int ATTEMPTS_MAX = 3;

  private final ReplicationSpec spec;
  private final String name;
  private final String beat;
  private final PostgresConnections connections;
  private final PostgresSlot slot;
  private final PostgresSubscription subscription;
  private final StreamGauge gauge;
  private final StreamWatch watch;
  private int attempts;
  private long arrivedNanos = System.nanoTime();
  private long runningNanos = System.nanoTime();

  /** Begins to watch; the servers replicate whether anybody watches or not. */
  SubscriptionStream(ReplicationSpec spec, PostgresConnections connections, Lsn position) {
    this.spec = spec;
    this.name = StreamName.of(spec, Direction.FORWARD);
    // Not the one of builtin streams: the way back writes that on the target.
    this.beat = "beat:" + name;
    this.connections = connections;
    this.slot = new PostgresSlot(name);
    this.subscription = new PostgresSubscription(name, connections, spec.source());
    this.gauge = new StreamGauge(position);
    this.watch = new StreamWatch(name, gauge, this::watchUntilClosed);
    watch.start();
  }

  StreamGauge gauge() {
    return gauge;
  }

  /** Why the servers do not go on, and what to do. */
  static String stopped(DatabaseEndpoint target, long errors, String what) {
    return "Expected the servers to go on %s, but the workers of the subscription on %s failed (%d errors): the log of that server names the row and the reason. Remove what stands in the way there, and order it again: skipping the transaction would lose it"
        .formatted(what, target.address(), errors);
  }

  private void watchUntilClosed() {
    while (!watch.isClosed()) {
      try (Connection source = connections.open(spec.source(), DatabaseRole.APPLIER);
          Connection target = connections.open(spec.target(), DatabaseRole.APPLIER)) {
        for (Connection side : new Connection[] {source, target}) {
          PostgresSql.execute(side, "SET lock_timeout = '2s'");
          PostgresSql.execute(side, "SET statement_timeout = '5s'");
        }
        while (!watch.isClosed()) {
          slot.require(source, spec.source().address(), gauge.applied());
          requireSubscription(target);
          beat(source, target);
        }
      } catch (SQLException e) {
        LOGGER.atWarn().addKeyValue("stream", name).setCause(e).log("native stream not seen");
        if (stands() || watch.isClosedAfter(BEAT)) {
          return;
        }
      } catch (ReplicationFailed e) {
        fail(String.valueOf(e.getMessage()));
        return;
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void beat(Connection source, Connection target)
      throws SQLException, InterruptedException, ReplicationFailed {
    Instant at = Instant.now().truncatedTo(ChronoUnit.MICROS);
    // Read before its commit: what is committed below it is applied when the row is.
    String position =
        PostgresSql.query(
                source,
                "INSERT INTO cutover.marker VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at"
                    + " RETURNING pg_current_wal_insert_lsn()::text",
                beat,
                Timestamp.from(at))
            .orElseThrow(() -> new SQLException("Expected a position of the log, but got none"));
    long begunNanos = System.nanoTime();
    boolean isThere = false;
    while (!isThere && System.nanoTime() - begunNanos < BEAT.toNanos()) {
      isThere =
          PostgresSql.query(
                  target,
                  "SELECT 1 FROM cutover.marker WHERE id = ? AND at >= ?",
                  beat,
                  Timestamp.from(at))
              .isPresent();
      if (!isThere && watch.isClosedAfter(LOOK)) {
        return;
      }
    }
    if (isThere) {
      arrived(target, at, Lsn.parse(position));
    } else if (stands()) {
      return;
    }
    long leftMs = BEAT.toMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
    if (leftMs > 0) {
      var _ = watch.isClosedAfter(Duration.ofMillis(leftMs));
    }
  }

  private void arrived(Connection target, Instant at, Lsn position) throws SQLException {
    arrivedNanos = System.nanoTime();
    attempts = 0;
    PostgresSql.update(
        target,
        "UPDATE cutover.position SET lsn = GREATEST(lsn, ?::pg_lsn), at = clock_timestamp() WHERE stream = ?",
        position.toString(),
        name);
    gauge.applied(position, true, 0);
    gauge.passed(new Change.Mark(Change.Mark.HEARTBEAT, at));
  }

  private void requireSubscription(Connection target) throws SQLException, ReplicationFailed {
    Optional<PostgresSubscription.State> found = subscription.state(target);
    if (found.isEmpty()) {
      throw new ReplicationFailed(
          "Expected subscription '%s' on %s, but somebody dropped it: drop the replication and copy again"
              .formatted(name, spec.target().address()));
    }
    PostgresSubscription.State state = found.get();
    if (!state.isEnabled()) {
      if (attempts++ >= ATTEMPTS_MAX) {
        gauge.conflicted(1);
        throw new ReplicationFailed(stopped(spec.target(), state.errors(), "applying"));
      }
      LOGGER.atWarn().addKeyValue("stream", name).log("subscription was disabled by an error");
      subscription.enable(target);
    }
    if (state.isRunning()) {
      runningNanos = System.nanoTime();
    } else if (System.nanoTime() - runningNanos > LOGS_ON_AFTER.toNanos()) {
      // The server tries by itself, with what it was given: the password may be another by now.
      runningNanos = System.nanoTime();
      subscription.logOnAnew(target);
    }
  }

  private boolean stands() {
    if (System.nanoTime() - arrivedNanos > STANDS_AFTER.toNanos()) {
      fail(
          "Nothing of %s has come to %s for %d s: see the logs of both servers, and whether the target's reaches the source"
              .formatted(
                  spec.source().address(), spec.target().address(), STANDS_AFTER.toSeconds()));
      return true;
    }
    return false;
  }

  /** Stands from now on, and says why; what the servers do is not changed. */
  void fail(String reason) {
    if (!watch.isClosed()) {
      LOGGER
          .atError()
          .addKeyValue("stream", name)
          .addKeyValue("error", reason)
          .log("stream stands");
    }
    watch.fail(reason);
  }

  /** Ends the watching; the servers go on. */
  @Override
  public void close() {
    watch.close();
  }
}
