package dev.cutover.sync.adapter;

import static org.awaitility.Awaitility.await;

import dev.cutover.contract.Side;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Writes one side of fifty tables, each of which refers to the one before it, and goes on when the
 * server was away. Knows which of its rows were acknowledged, and must be there.
 */
final class WritersOfManyTables implements AutoCloseable {
  static final int TABLES = 50;
  private static final int CHAIN = 3;
  private static final int FIRST_ROWS = 40;

  private final ReplicationWorld world;
  private final Side side;
  private final long firstId;
  private final SplittableRandom random;
  private final TreeMap<Long, Integer> acknowledged = new TreeMap<>();
  private final CompletableFuture<Void> end;
  private volatile boolean isDone;

  /** Starts to write; ids are from {@code firstId} on. */
  WritersOfManyTables(ReplicationWorld world, Side side, long firstId, long seed) {
    this.world = world;
    this.side = side;
    this.firstId = firstId;
    this.random = new SplittableRandom(seed);
    this.end = CompletableFuture.runAsync(this::writeUntilDone, Thread::startVirtualThread);
  }

  static String ddl() {
    StringBuilder ddl = new StringBuilder();
    for (int i = 0; i < TABLES; i++) {
      ddl.append(
          "CREATE TABLE SCHEMA.t%d(id bigint PRIMARY KEY, up bigint%s, n bigint, note text);\n"
              .formatted(i, i == 0 ? "" : " REFERENCES SCHEMA.t" + (i - 1)));
    }
    return ddl.toString();
  }

  static List<String> tables() {
    List<String> tables = new ArrayList<>();
    for (int i = 0; i < TABLES; i++) {
      tables.add("t" + i);
    }
    return tables;
  }

  /** The rows that are there before anybody writes. */
  static String firstRows() {
    StringBuilder rows = new StringBuilder();
    for (int i = 0; i < TABLES; i++) {
      rows.append(
          "INSERT INTO SCHEMA.t%d SELECT g, g, 0, repeat(md5(g::text), 8) FROM generate_series(1, %d) g;\n"
              .formatted(i, FIRST_ROWS));
    }
    return rows.toString();
  }

  private void writeUntilDone() {
    long id = firstId;
    while (!isDone) {
      try (Connection connection = world.connect(side)) {
        PostgresSql.execute(
            connection, "SET synchronous_commit = on; SET statement_timeout = '20s'");
        connection.setAutoCommit(false);
        while (!isDone) {
          write(connection, id++);
        }
      } catch (SQLException e) {
        // The server is away: so is the transaction, or it is there and nobody knows.
        assert e != null;
        pause();
      }
    }
  }

  private static void pause() {
    await().pollDelay(Duration.ofMillis(50)).until(() -> true);
  }

  private void write(Connection connection, long id) throws SQLException {
    int table = random.nextInt(TABLES - CHAIN);
    StringBuilder sql = new StringBuilder();
    for (int i = 0; i < CHAIN; i++) {
      sql.append(
          "INSERT INTO %s.t%d VALUES (%d, %d, %d, 'chain');"
              .formatted(
                  world.schema, table + i, id, i == 0 ? 1 + random.nextInt(FIRST_ROWS) : id, id));
    }
    for (int i = 0; i < 2; i++) {
      sql.append(
          "UPDATE %s.t%d SET n = %d, note = note || 'x' WHERE id = %d;"
              .formatted(world.schema, random.nextInt(TABLES), id, 1 + random.nextInt(FIRST_ROWS)));
    }
    if (acknowledged.size() > 20 && random.nextInt(4) == 0) {
      // Before it is tried: whether it was done is not known when the server dies.
      Map.Entry<Long, Integer> gone = acknowledged.firstEntry();
      acknowledged.remove(gone.getKey());
      for (int i = CHAIN - 1; i >= 0; i--) {
        sql.append(
            "DELETE FROM %s.t%d WHERE id = %d;"
                .formatted(world.schema, gone.getValue() + i, gone.getKey()));
      }
    }
    PostgresSql.execute(connection, sql.toString());
    if (random.nextInt(10) == 0) {
      connection.rollback();
    } else {
      connection.commit();
      acknowledged.put(id, table);
    }
  }

  /** The rows that were acknowledged and never deleted, as {@code <table> <id>}. */
  List<String> acknowledged() {
    List<String> rows = new ArrayList<>();
    acknowledged.forEach(
        (id, table) -> {
          for (int i = 0; i < CHAIN; i++) {
            rows.add("t%d %d".formatted(table + i, id));
          }
        });
    return rows;
  }

  /** Stops to write. */
  void stop() {
    isDone = true;
    end.join();
  }

  @Override
  public void close() {
    stop();
  }
}
