package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.Direction;
import dev.cutover.contract.Side;
import dev.cutover.testkit.KafkaBroker;
import dev.cutover.testkit.PostgresPair;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Transactions beyond what is kept in memory: they are read from the topic while applied. */
@Tag("storm") // a minute and a half
class LargeTransactionsIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();

  private static final String TABLES =
      """
      CREATE TABLE SCHEMA.parent(id int PRIMARY KEY, note text, spans interval[]);
      CREATE TABLE SCHEMA.child(id int PRIMARY KEY, parent int REFERENCES SCHEMA.parent ON DELETE CASCADE);
      """;

  /** Some 60,000 changes, late ones of rows that early ones made. */
  private static final String WORK =
      """
      BEGIN;
      INSERT INTO SCHEMA.parent SELECT g, 'n' || g, ARRAY[g * '1 s'::interval] FROM generate_series(1, 25000) g;
      INSERT INTO SCHEMA.child SELECT g, g FROM generate_series(1, 25000) g;
      UPDATE SCHEMA.parent SET note = 'early', id = id + 100000 WHERE id > 24990 AND NOT EXISTS (SELECT FROM SCHEMA.child WHERE parent = parent.id);
      UPDATE SCHEMA.parent SET note = 'changed' WHERE id <= 10000;
      DELETE FROM SCHEMA.parent WHERE id BETWEEN 1 AND 2000;
      INSERT INTO SCHEMA.parent VALUES (1, 'again', '{}');
      COMMIT;
      """;

  private static ReplicationWorld world() {
    return new ReplicationWorld(PAIR, KAFKA, TABLES, "parent", "child");
  }

  @Test
  @Tag("D6")
  void shouldApplyItAsOneInBothDirections() throws Exception {
    // given
    try (ReplicationWorld world = world()) {
      world.replicator.copyAndStream(world.spec, Direction.FORWARD, _ -> {});
      world.replicator.copyAndStream(world.spec, Direction.REVERSE, _ -> {});
      world.drain(Direction.FORWARD, "before");
      long before = applied(world, Direction.FORWARD);

      // when
      world.execute(Side.SOURCE, WORK);
      world.drain(Direction.FORWARD, "there");

      // then
      world.assertEqualRows();
      assertThat(world.rows(Side.TARGET, world.table("parent"))).hasSize(23_001);
      assertThat(applied(world, Direction.FORWARD)).isEqualTo(before + 2);
      try (Connection target = world.connect(Side.TARGET)) {
        PostgresSql.execute(target, "DELETE FROM %s.parent".formatted(world.schema));
        PostgresSql.execute(target, WORK.replace("SCHEMA", world.schema));
      }
      world.drain(Direction.REVERSE, "back");
      world.drain(Direction.FORWARD, "and there");
      world.assertEqualRows();
      assertThat(world.rows(Side.SOURCE, world.table("parent"))).hasSize(23_001);
    }
  }

  private static long applied(ReplicationWorld world, Direction direction) {
    return world.replicator.health(world.spec, direction).appliedTransactions();
  }

  @Test
  @Tag("B2")
  void shouldLoseNothingWhenTheApplierIsKilledInsideIt() throws Exception {
    // given
    try (ReplicationWorld world = world();
        Connection target = PAIR.target().connect("postgres");
        Connection source = world.connect(Side.SOURCE)) {
      world.replicator.copyAndStream(world.spec, Direction.FORWARD, _ -> {});
      world.drain(Direction.FORWARD, "before");

      // when
      world.execute(Side.SOURCE, WORK);
      for (int kill = 0; kill < 2; kill++) {
        await()
            .atMost(Duration.ofMinutes(3))
            .pollInterval(Duration.ofMillis(2))
            .until(
                () ->
                    PostgresSql.query(
                            target,
                            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                                + " WHERE usename = 'cutover_applier' AND backend_xid IS NOT NULL"
                                + " AND clock_timestamp() - xact_start > interval '80 ms'")
                        .filter("1"::equals)
                        .isPresent());
        PostgresSql.query(
            source,
            "SELECT count(pg_terminate_backend(active_pid)) FROM pg_replication_slots WHERE slot_name LIKE ?",
            "%" + world.schema + "%");
      }
      world.drain(Direction.FORWARD, "after");

      // then
      world.assertEqualRows();
      assertThat(world.replicator.health(world.spec, Direction.FORWARD).conflicts()).isZero();
    }
  }

  @Test
  void shouldNameOnlyWhatDoesNotFitAndKeepNothingOfIt() throws Exception {
    // given
    try (ReplicationWorld world = world();
        Connection target = world.connect(Side.TARGET)) {
      world.replicator.copyAndStream(world.spec, Direction.FORWARD, _ -> {});
      world.drain(Direction.FORWARD, "before");
      PostgresSql.execute(
          target, "INSERT INTO %s.child VALUES (20000, NULL)".formatted(world.schema));

      // when
      world.execute(Side.SOURCE, WORK);

      // then
      await()
          .atMost(Duration.ofMinutes(3))
          .untilAsserted(
              () ->
                  assertThat(
                          world.replicator.health(world.spec, Direction.FORWARD).error().orElse(""))
                      .contains("1 changes do not fit: 23505")
                      .contains(world.schema + ".child id=20000"));
      assertThat(world.rows(Side.TARGET, world.table("parent"))).isEmpty();
      PostgresSql.execute(target, "DELETE FROM %s.child".formatted(world.schema));
      world.replicator.start(world.spec, Direction.FORWARD);
      world.drain(Direction.FORWARD, "repaired");
      world.assertEqualRows();
    }
  }
}
