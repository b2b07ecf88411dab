package dev.cutover.deploy.bench;

import dev.cutover.deploy.bench.ApplyDatabases.Name;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes at a fixed rate and looks, all the time, how far the other side is: from a durable commit
 * until a reader there can see it. (One that is not waited for is only sent when the source's log
 * writer wakes up, which would measure its sleep.)
 */
final class LagMeter {
  static final int CHANGES_PER_SECOND = 2_000;

  private static final int CHANGES_OF_TRANSACTION = 4;
  private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final Duration LAST_MAX = Duration.ofSeconds(60);
  private static final long LOOK_NANOS = 500_000;

  private final ApplyDatabases databases;
  private final int seconds;
  private long nextId = 1;

  LagMeter(ApplyDatabases databases, int seconds) {
    this.databases = databases;
    this.seconds = seconds;
  }

  /** Measures a follower that runs; one sample a transaction, those of the first while left out. */
  void measure(Name name, Latencies latencies) throws SQLException, InterruptedException {
    ConcurrentHashMap<Long, Long> committed = new ConcurrentHashMap<>();
    AtomicLong last = new AtomicLong(Long.MAX_VALUE);
    long first = nextId;
    try (Connection reader = databases.connect(name)) {
      Thread writer = Thread.ofPlatform().name("bench-writer").start(() -> write(committed, last));
      look(reader, committed, last, first, latencies);
      writer.join();
    }
  }

  private void write(ConcurrentHashMap<Long, Long> committed, AtomicLong last) {
    long pauseNanos = TimeUnit.SECONDS.toNanos(1) * CHANGES_OF_TRANSACTION / CHANGES_PER_SECOND;
    long startedNanos = System.nanoTime();
    long untilNanos = startedNanos + WARM_UP_NANOS + TimeUnit.SECONDS.toNanos(seconds);
    try (Connection connection = databases.connect(Name.SOURCE)) {
      connection.setAutoCommit(false);
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO paced VALUES (?, ?)")) {
        for (long turn = 0; System.nanoTime() - untilNanos < 0; turn++) {
          long dueNanos = startedNanos + turn * pauseNanos;
          while (System.nanoTime() - dueNanos < 0) {
            LockSupport.parkNanos(Math.min(500_000, dueNanos - System.nanoTime()));
          }
          for (int i = 0; i < CHANGES_OF_TRANSACTION; i++) {
            insert.setLong(1, nextId++);
            insert.setString(2, "payload of some length, as rows have it");
            insert.addBatch();
          }
          insert.executeBatch();
          connection.commit();
          if (System.nanoTime() - startedNanos > WARM_UP_NANOS) {
            committed.put(nextId - 1, System.nanoTime());
          }
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException("Expected the load to be written, but: " + e.getMessage(), e);
    } finally {
      last.set(nextId - 1);
    }
  }

  private static void look(
      Connection reader,
      ConcurrentHashMap<Long, Long> committed,
      AtomicLong last,
      long first,
      Latencies latencies)
      throws SQLException {
    long seen = first - 1;
    long lastNanos = System.nanoTime();
    try (PreparedStatement select = reader.prepareStatement("SELECT max(id) FROM paced")) {
      while (seen < last.get()) {
        LockSupport.parkNanos(LOOK_NANOS);
        long newest;
        try (ResultSet row = select.executeQuery()) {
          row.next();
          newest = row.getLong(1);
        }
        long nowNanos = System.nanoTime();
        for (; seen < newest; seen++) {
          Long at = committed.remove(seen + 1);
          if (at != null) {
            latencies.add(Math.max(0, nowNanos - at));
          }
          lastNanos = nowNanos;
        }
        if (nowNanos - lastNanos > LAST_MAX.toNanos()) {
          throw new IllegalStateException(
              "Expected the last row within %s, but it did not come".formatted(LAST_MAX));
        }
      }
    }
  }
}
