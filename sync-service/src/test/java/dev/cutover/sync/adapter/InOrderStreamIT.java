package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.Direction;
import dev.cutover.contract.Side;
import dev.cutover.testkit.KafkaBroker;
import dev.cutover.testkit.PostgresPair;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Both streams with an applier that may use neither origins nor session_replication_role. */
class InOrderStreamIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();

  private static final String SHOP =
      """
      CREATE TABLE SCHEMA.customers(id int PRIMARY KEY, name text, invited_by int REFERENCES SCHEMA.customers DEFERRABLE);
      CREATE TABLE SCHEMA.orders(id int PRIMARY KEY, customer int NOT NULL REFERENCES SCHEMA.customers ON DELETE CASCADE DEFERRABLE,
        note text);
      CREATE TABLE SCHEMA.lines(ord int REFERENCES SCHEMA.orders ON DELETE CASCADE DEFERRABLE, n int, item text, PRIMARY KEY(ord, n));
      CREATE TABLE SCHEMA.remarks(id int PRIMARY KEY, customer int REFERENCES SCHEMA.customers ON DELETE SET NULL DEFERRABLE);
      CREATE TABLE SCHEMA.history(id bigserial PRIMARY KEY, what text);
      CREATE FUNCTION SCHEMA.remember() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO SCHEMA.history(what) VALUES (tg_op || ' ' || old.id); RETURN NULL; END $$;
      CREATE TRIGGER remember AFTER UPDATE OR DELETE ON SCHEMA.orders FOR EACH ROW
        WHEN (session_user <> 'cutover_applier') EXECUTE FUNCTION SCHEMA.remember();
      """;

  @BeforeAll
  static void takeRightsAway() {
    for (PostgresPair.Server server : List.of(PAIR.source(), PAIR.target())) {
      server.execute("REVOKE SET ON PARAMETER session_replication_role FROM cutover_applier");
    }
  }

  private static ReplicationWorld shop() {
    return new ReplicationWorld(
        PAIR, KAFKA, SHOP, "lines", "orders", "remarks", "customers", "history");
  }

  private static void fill(ReplicationWorld world) {
    world.execute(
        Side.SOURCE,
        """
        INSERT INTO SCHEMA.customers SELECT g, 'c' || g, nullif(g % 10, g) FROM generate_series(0, 99) g;
        INSERT INTO SCHEMA.orders SELECT g, g % 100, 'o' || g FROM generate_series(1, 1000) g;
        INSERT INTO SCHEMA.lines SELECT g, 1, 'i' || g FROM generate_series(1, 1000) g;
        INSERT INTO SCHEMA.remarks SELECT g, g FROM generate_series(0, 99) g""");
  }

  /** What row by row would not pass, had each row to fit at once. */
  private static void writeAwkwardly(ReplicationWorld world, Side side, int from) throws Exception {
    try (Connection writer = world.connect(side)) {
      String s = world.schema;
      for (String sql :
          List.of(
              "INSERT INTO %1$s.customers VALUES (%2$d, 'child', %2$d + 1), (%2$d + 1, 'parent', NULL)",
              "WITH o AS (INSERT INTO %1$s.orders VALUES (%2$d, %2$d + 2, 'early') RETURNING 1) INSERT INTO %1$s.customers VALUES (%2$d + 2, 'late', NULL)",
              "INSERT INTO %1$s.orders SELECT %2$d + g, %2$d, 'many' FROM generate_series(1, 50) g",
              "INSERT INTO %1$s.lines SELECT %2$d + g, n, 'x' FROM generate_series(1, 50) g, generate_series(1, 2) n",
              "UPDATE %1$s.orders SET note = note || '!' WHERE id BETWEEN %2$d + 1 AND %2$d + 10",
              "INSERT INTO %1$s.remarks VALUES (%2$d, %2$d)",
              "DELETE FROM %1$s.customers WHERE id IN (%2$d, %2$d + 1)")) {
        PostgresSql.execute(writer, sql.formatted(s, from));
      }
    }
  }

  @Test
  @Tag("B8")
  @Tag("C6")
  void shouldGoRoundInNoCircleAndLoseNothingAlsoAfterARestart() throws Exception {
    try (ReplicationWorld world = shop()) {
      // given
      fill(world);
      world.replicator.copyAndStream(world.spec, Direction.FORWARD, _ -> {});
      world.replicator.copyAndStream(world.spec, Direction.REVERSE, _ -> {});

      // when
      writeAwkwardly(world, Side.SOURCE, 10_000);
      world.execute(Side.SOURCE, "DELETE FROM SCHEMA.customers WHERE id = 55");
      drainBoth(world, "first");
      writeAwkwardly(world, Side.TARGET, 20_000);
      drainBoth(world, "second");
      for (Direction direction : Direction.values()) {
        world.replicator.stop(world.spec, direction);
      }
      writeAwkwardly(world, Side.SOURCE, 30_000);
      writeAwkwardly(world, Side.TARGET, 40_000);
      for (Direction direction : Direction.values()) {
        world.replicator.start(world.spec, direction);
      }
      drainBoth(world, "third");
      drainBoth(world, "fourth"); // what the third drains brought back would have come by now

      // then
      world.assertEqualRows();
      assertThat(world.rows(Side.SOURCE, world.table("history"))).isNotEmpty();
      for (Direction direction : Direction.values()) {
        long before = world.replicator.health(world.spec, direction).appliedTransactions();
        world.drain(direction, "quiet-" + direction);
        assertThat(world.replicator.health(world.spec, direction).appliedTransactions())
            .as("nothing but the marker passes")
            .isEqualTo(before + 1);
        assertThat(world.replicator.health(world.spec, direction).error()).isEmpty();
      }
    }
  }

  @Test
  @Tag("A6")
  void shouldCountWhatIsWrittenAfterAFencesMarker() throws Exception {
    try (ReplicationWorld world = shop()) {
      // given
      fill(world);
      world.replicator.copyAndStream(world.spec, Direction.FORWARD, _ -> {});
      world.execute(Side.SOURCE, "UPDATE SCHEMA.customers SET name = 'before' WHERE id = 1");
      world.execute(Side.SOURCE, "INSERT INTO cutover.marker VALUES ('fence-70-1', now())");
      world.drain(Direction.FORWARD, "fenced");
      long before = world.replicator.lateWrites(world.spec, Direction.FORWARD, 70);

      // when
      world.execute(Side.SOURCE, "UPDATE SCHEMA.customers SET name = 'late' WHERE id = 1");
      world.drain(Direction.FORWARD, "late");

      // then
      assertThat(before).isZero();
      assertThat(world.replicator.lateWrites(world.spec, Direction.FORWARD, 60)).isEqualTo(1);
      assertThat(world.replicator.lateWrites(world.spec, Direction.FORWARD, 70)).isEqualTo(1);
      assertThat(world.replicator.lateWrites(world.spec, Direction.FORWARD, 71)).isZero();
      world.assertEqualRows();
    }
  }

  @Test
  @Tag("C11")
  void shouldFindADifferenceAllTheSameWhereARowIsMissing() throws Exception {
    try (ReplicationWorld world = shop()) {
      // given
      fill(world);
      world.replicator.copyAndStream(world.spec, Direction.FORWARD, _ -> {});
      world.drain(Direction.FORWARD, "copied");
      try (Connection applier = world.connect(Side.TARGET)) {
        PostgresSql.execute(applier, "DELETE FROM %s.lines WHERE ord = 7".formatted(world.schema));
      }

      // when
      world.execute(Side.SOURCE, "DELETE FROM SCHEMA.lines WHERE ord = 7");

      // then
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> world.replicator.health(world.spec, Direction.FORWARD).error().isPresent());
      assertThat(world.replicator.health(world.spec, Direction.FORWARD).conflicts()).isEqualTo(1);
    }
  }

  private static void drainBoth(ReplicationWorld world, String id) throws Exception {
    world.drain(Direction.FORWARD, id);
    world.drain(Direction.REVERSE, id + "-back");
  }
}
