package dev.cutover.validator;

import static org.awaitility.Awaitility.await;

import dev.cutover.testkit.PostgresPair;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writes to table {@code pairs} of the source and repeats each transaction on the target later, in
 * order: what replication looks like from outside. Inserts, updates of hot and cold rows, deletes.
 */
final class LaggingStream implements AutoCloseable {
  private static final String NAME = "cutover_" + World.REPLICATION + "_forward";

  private record Applied(String sql, long lsn, long dueNs) {}

  private final PostgresPair pair;
  private final Duration lag;
  private final boolean keepsPosition;
  private final AtomicBoolean running = new AtomicBoolean(true);
  private final AtomicInteger applied = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Thread thread;

  LaggingStream(PostgresPair pair, Duration lag, boolean keepsPosition) {
    this.pair = pair;
    this.lag = lag;
    this.keepsPosition = keepsPosition;
    if (keepsPosition) {
      pair.target()
          .execute(
              "CREATE SCHEMA IF NOT EXISTS cutover; CREATE TABLE IF NOT EXISTS cutover.position(stream text PRIMARY KEY, lsn pg_lsn NOT NULL);"
                  + " INSERT INTO cutover.position VALUES ('%s', '0/0')".formatted(NAME));
    }
    this.thread = Thread.ofPlatform().start(this::run);
  }

  void awaitChanges(int count) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> applied.get() >= count || failure.get() != null);
  }

  private void run() {
    Random random = new Random(7);
    Deque<Applied> queue = new ArrayDeque<>();
    try (Connection source = pair.source().connect("postgres");
        Connection target = pair.target().connect("postgres");
        Statement onSource = source.createStatement();
        Statement onTarget = target.createStatement()) {
      target.setAutoCommit(false);
      int next = 60_000;
      while (running.get()) {
        String sql =
            switch (random.nextInt(4)) {
              case 0 -> "INSERT INTO pairs VALUES (%d, 'new', 'row')".formatted(next++);
              case 1 -> "DELETE FROM pairs WHERE id=%d".formatted(10_000 + random.nextInt(5_000));
              case 2 -> "UPDATE pairs SET a='%d' WHERE id=7".formatted(random.nextInt(1_000_000));
              default ->
                  "UPDATE pairs SET b='%d' WHERE id=%d"
                      .formatted(random.nextInt(), 20_000 + random.nextInt(10_000));
            };
        onSource.execute(sql);
        queue.add(new Applied(sql, lsn(onSource), System.nanoTime() + lag.toNanos()));
        while (!queue.isEmpty() && queue.element().dueNs() <= System.nanoTime()) {
          apply(onTarget, queue.remove());
        }
        LockSupport.parkNanos(5_000_000);
      }
    } catch (SQLException e) {
      failure.set(e);
    }
  }

  private void apply(Statement onTarget, Applied change) throws SQLException {
    if (keepsPosition) {
      onTarget.execute(
          "UPDATE cutover.position SET lsn = '0/0'::pg_lsn + %d".formatted(change.lsn()));
    }
    onTarget.execute(change.sql());
    onTarget.getConnection().commit();
    applied.incrementAndGet();
  }

  private static long lsn(Statement statement) throws SQLException {
    try (ResultSet rows =
        statement.executeQuery("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  @Override
  public void close() {
    running.set(false);
    await().atMost(Duration.ofSeconds(10)).until(() -> !thread.isAlive());
    if (keepsPosition) {
      pair.target().execute("DROP SCHEMA cutover CASCADE");
    }
    Throwable failed = failure.get();
    if (failed != null) {
      throw new AssertionError("the stream of the test failed", failed);
    }
  }
}
