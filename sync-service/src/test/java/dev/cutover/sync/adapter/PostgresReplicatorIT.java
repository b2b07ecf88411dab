package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.Direction;
import dev.cutover.contract.Side;
import dev.cutover.sync.domain.Replicator.CopyResult;
import dev.cutover.testkit.KafkaBroker;
import dev.cutover.testkit.PostgresPair;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresReplicatorIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();

  private static final String SHOP =
      """
      CREATE TABLE SCHEMA.customers(id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, seat int UNIQUE DEFERRABLE);
      CREATE TABLE SCHEMA.orders(id bigserial PRIMARY KEY, customer int NOT NULL REFERENCES SCHEMA.customers, note text, amount numeric(12,2),
        doubled numeric GENERATED ALWAYS AS (amount * 2) STORED, at timestamptz DEFAULT clock_timestamp());
      CREATE TABLE SCHEMA.lines(ord bigint REFERENCES SCHEMA.orders ON DELETE CASCADE, n int, item text, PRIMARY KEY(ord, n));
      """;

  private static ReplicationWorld shop() {
    return new ReplicationWorld(PAIR, KAFKA, SHOP, "customers", "orders", "lines");
  }

  private static void fill(ReplicationWorld world, int customers, int orders) {
    world.execute(
        Side.SOURCE,
        """
        INSERT INTO SCHEMA.customers(name, seat) SELECT 'c' || g, g FROM generate_series(1, %d) g;
        INSERT INTO SCHEMA.orders(customer, note, amount) SELECT 1 + g %% %d, repeat(md5(g::text), CASE WHEN g %% 50 = 0 THEN 400 ELSE 1 END), g / 7.0 FROM generate_series(1, %d) g;
        INSERT INTO SCHEMA.lines SELECT id, 1, 'item ' || id FROM SCHEMA.orders;"""
            .formatted(customers, customers, orders));
  }

  @Test
  @Tag("C8")
  void shouldHaveEqualRowsWhenCopiedWhileWritten() throws Exception {
    // given
    try (ReplicationWorld world = shop();
        ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      fill(world, 100, 20_000);
      AtomicBoolean isDone = new AtomicBoolean();
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        int writer = i;
        running.add(writers.submit(() -> write(world, writer, isDone)));
      }
      // when
      CopyResult copied = world.replicator.copyAndStream(world.spec, Direction.FORWARD, _ -> {});
      world.drain(Direction.FORWARD, "first");
      isDone.set(true);
      for (Future<?> writer : running) {
        writer.get();
      }
      world.drain(Direction.FORWARD, "second");
      // then
      System.out.printf(
          "copied %d rows, %d bytes in %d ms%n", copied.rows(), copied.bytes(), copied.tookMs());
      assertThat(copied.rows()).isGreaterThanOrEqualTo(40_100);
      world.assertEqualRows();
      assertThat(world.replicator.health(world.spec, Direction.FORWARD).error()).isEmpty();
    }
  }

  private static int write(ReplicationWorld world, int writer, AtomicBoolean isDone)
      throws Exception {
    int n = 0;
    try (Connection source = world.connect(Side.SOURCE)) {
      source.setAutoCommit(false);
      while (!isDone.get()) {
        n++;
        String s = world.schema;
        int id = 1 + (writer * 7919 + n * 31) % 20_000;
        PostgresSql.update(
            source,
            "INSERT INTO " + s + ".orders(customer, note, amount) VALUES (?, ?, ?)",
            1 + n % 100,
            "w" + writer + "-" + n,
            n);
        PostgresSql.update(
            source, "UPDATE " + s + ".orders SET amount = amount + 1 WHERE id = ?", id);
        if (n % 5 == 0) {
          PostgresSql.update(source, "DELETE FROM " + s + ".orders WHERE id = ?", id + 1);
        }
        if (n % 7 == 0) {
          source.rollback();
        } else {
          source.commit();
        }
      }
    }
    return n;
  }

  @Test
  @Tag("B6")
  void shouldDrainToEachMarkerInBothDirections() throws Exception {
    // given
    try (ReplicationWorld world = shop()) {
      fill(world, 10, 100);
      world.replicator.copyAndStream(world.spec, Direction.FORWARD, _ -> {});
      world.replicator.copyAndStream(world.spec, Direction.REVERSE, _ -> {});
      for (int i = 0; i < 20; i++) {
        world.drain(Direction.FORWARD, "warm" + i);
        world.drain(Direction.REVERSE, "back" + i);
      }
      // when
      List<Long> forward = new ArrayList<>();
      List<Long> reverse = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        forward.add(world.drain(Direction.FORWARD, "f" + i));
        reverse.add(world.drain(Direction.REVERSE, "r" + i));
      }
      // then
      Collections.sort(forward);
      Collections.sort(reverse);
      System.out.printf(
          "marker latency ms: forward p50 %d max %d, reverse p50 %d max %d%n",
          forward.get(15), forward.getLast(), reverse.get(15), reverse.getLast());
      assertThat(forward).hasSize(30);
      assertThat(reverse).hasSize(30);
    }
  }

  @Test
  void shouldGoOnWhereItStoodWhenTheBrokerWasAway() throws Exception {
    // given
    try (KafkaBroker broker = KafkaBroker.restartable().start();
        ReplicationWorld world =
            new ReplicationWorld(PAIR, broker, SHOP, "customers", "orders", "lines")) {
      fill(world, 10, 1000);
      world.replicator.copyAndStream(world.spec, Direction.FORWARD, _ -> {});
      world.drain(Direction.FORWARD, "before");

      // when
      broker.stop();
      world.execute(Side.SOURCE, "UPDATE SCHEMA.orders SET amount = amount + 1");
      world.execute(Side.SOURCE, "DELETE FROM SCHEMA.orders WHERE id <= 100");
      broker.start();

      // then
      world.drain(Direction.FORWARD, "after");
      world.assertEqualRows();
    }
  }

  @Test
  void shouldKeepUpWhenManyRowsAreWritten() throws Exception {
    // given
    try (ReplicationWorld world = shop()) {
      fill(world, 100, 100);
      world.replicator.copyAndStream(world.spec, Direction.FORWARD, _ -> {});
      world.drain(Direction.FORWARD, "warm");

      // when
      long startedNanos = System.nanoTime();
      try (Connection source = world.connect(Side.SOURCE)) {
        for (int i = 0; i < 100; i++) {
          PostgresSql.execute(
              source,
              "INSERT INTO %s.orders(customer, note, amount) SELECT 1 + g %% 100, 'note ' || g, g FROM generate_series(1, 1000) g"
                  .formatted(world.schema));
        }
      }
      world.drain(Direction.FORWARD, "all");
      double seconds = (System.nanoTime() - startedNanos) / 1e9;

      // then
      System.out.printf(
          "streamed 100000 rows in %.1f s: %.0f rows/s%n", seconds, 100_000 / seconds);
      world.assertEqualRows();
    }
  }
}
