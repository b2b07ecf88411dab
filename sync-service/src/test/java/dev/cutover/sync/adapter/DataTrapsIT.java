package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.Direction;
import dev.cutover.contract.Side;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Change;
import dev.cutover.sync.domain.Replicator.DrainTimedOut;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.testkit.KafkaBroker;
import dev.cutover.testkit.PostgresPair;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ways in which others lost rows while everything looked healthy: see docs/data-traps.md. */
class DataTrapsIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();

  private static ReplicationWorld plain() {
    return new ReplicationWorld(
        PAIR, KAFKA, "CREATE TABLE SCHEMA.t(id int PRIMARY KEY, note text)", "t");
  }

  private static void start(ReplicationWorld world) throws Exception {
    world.replicator.copyAndStream(world.spec, Direction.FORWARD, _ -> {});
    world.drain(Direction.FORWARD, "before");
  }

  private static String slot(ReplicationWorld world) {
    return StreamName.of(world.spec, Direction.FORWARD);
  }

  private static void makeSlotAnew(ReplicationWorld world, Connection source) throws SQLException {
    // In the server: whoever reads it is back faster than a client asks again.
    PostgresSql.execute(
        source,
        """
        DO $$
        BEGIN
          FOR attempt IN 1..4000 LOOP
            BEGIN
              PERFORM pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '%1$s';
              PERFORM pg_drop_replication_slot('%1$s');
              RETURN;
            EXCEPTION WHEN object_in_use THEN
              PERFORM pg_sleep(0.005);
            END;
          END LOOP;
          RAISE EXCEPTION 'Expected slot %1$s to be dropped, but it is always in use';
        END
        $$
        """
            .formatted(slot(world)));
    PostgresSql.execute(
        source, "INSERT INTO %s.t VALUES (100, 'nobody sees this')".formatted(world.schema));
    PostgresSql.query(
        source, "SELECT 1 FROM pg_create_logical_replication_slot(?, 'pgoutput')", slot(world));
  }

  /** Waits until the heartbeat has looked at the tables anew. */
  private static void awaitBeat(ReplicationWorld world) throws SQLException {
    try (Connection source = world.connect(Side.SOURCE)) {
      Set<Optional<String>> beats = new HashSet<>();
      await()
          .atMost(Duration.ofMinutes(1))
          .until(
              () -> {
                beats.add(
                    PostgresSql.query(
                        source,
                        "SELECT xmin FROM cutover.marker WHERE id = ?",
                        Change.Mark.HEARTBEAT));
                return beats.size() > 2;
              });
    }
  }

  private static void awaitError(ReplicationWorld world, String... parts) {
    await()
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(
            () ->
                assertThat(
                        world.replicator.health(world.spec, Direction.FORWARD).error().orElse(""))
                    .contains(parts));
  }

  @Test
  @Tag("B9")
  void shouldRefuseASlotThatWasMadeAnewWhileNobodyReadIt() throws Exception {
    // given
    try (ReplicationWorld world = plain();
        Connection source = world.connect(Side.SOURCE)) {
      start(world);
      world.replicator.stop(world.spec, Direction.FORWARD);

      // when
      makeSlotAnew(world, source);

      // then
      assertThatThrownBy(() -> world.replicator.start(world.spec, Direction.FORWARD))
          .isInstanceOf(ReplicationFailed.class)
          .hasMessageContaining("it was moved on to");
    }
  }

  @Test
  @Tag("B9")
  void shouldStandWhenTheSlotIsMadeAnewUnderARunningStream() throws Exception {
    // given
    try (ReplicationWorld world = plain();
        Connection source = world.connect(Side.SOURCE)) {
      start(world);

      // when
      makeSlotAnew(world, source);

      // then
      awaitError(world, "drop the replication and copy again");
    }
  }

  @Test
  @Tag("B5")
  void shouldNotCallItDrainedWhenTheChangesAreReceivedButNotApplied() throws Exception {
    // given
    try (ReplicationWorld world = plain();
        Connection target = PAIR.target().connect("postgres")) {
      start(world);
      target.setAutoCommit(false);
      PostgresSql.execute(target, "LOCK TABLE %s.t IN EXCLUSIVE MODE".formatted(world.schema));

      // when
      world.execute(
          Side.SOURCE,
          "INSERT INTO SCHEMA.t VALUES (1, 'x'); INSERT INTO cutover.marker VALUES ('SCHEMA-held', now())");

      // then
      assertThatThrownBy(
              () ->
                  world.replicator.awaitMarker(
                      world.spec,
                      Direction.FORWARD,
                      world.schema + "-held",
                      Instant.now().plusSeconds(4)))
          .isInstanceOf(DrainTimedOut.class);
      target.rollback();
      world.drain(Direction.FORWARD, "after");
      world.assertEqualRows();
    }
  }

  @Test
  @Tag("B4")
  void shouldDrainThoughTheEndOfTheLogHasNothingOfTheStream() throws Exception {
    // given
    try (ReplicationWorld world = plain()) {
      start(world);

      // when: of another database, of a table that is not replicated, and nothing at all
      PAIR.source().execute("CREATE TABLE stray AS SELECT g FROM generate_series(1, 50000) g");
      PAIR.source().execute("CREATE DATABASE beside");
      PAIR.source().execute("DROP DATABASE beside; DROP TABLE stray");
      long tookMs = world.drain(Direction.FORWARD, "quiet");

      // then
      System.out.printf("drained behind what is filtered in %d ms%n", tookMs);
      world.assertEqualRows();
    }
  }

  @Test
  @Tag("B15")
  void shouldStandWhenATableIsMadeAnewWithTheSameColumns() throws Exception {
    // given
    try (ReplicationWorld world = plain()) {
      start(world);

      // when
      world.execute(
          Side.SOURCE,
          "DROP TABLE SCHEMA.t; CREATE TABLE SCHEMA.t(id int PRIMARY KEY, note text);"
              + " INSERT INTO SCHEMA.t VALUES (1, 'in no stream')");

      // then
      awaitError(world, "dropped or made anew", world.schema + "\".\"t");
    }
  }

  @Test
  @Tag("C17")
  void shouldStandWhenASinglePartitionIsTruncated() throws Exception {
    // given
    String tables =
        """
        CREATE TABLE SCHEMA.m(id int PRIMARY KEY, n int) PARTITION BY RANGE (id);
        CREATE TABLE SCHEMA.m1 PARTITION OF SCHEMA.m FOR VALUES FROM (0) TO (100);
        CREATE TABLE SCHEMA.m2 PARTITION OF SCHEMA.m FOR VALUES FROM (100) TO (200);
        """;
    try (ReplicationWorld world = new ReplicationWorld(PAIR, KAFKA, tables, "m")) {
      world.execute(Side.SOURCE, "INSERT INTO SCHEMA.m SELECT g, g FROM generate_series(1, 140) g");
      start(world);
      world.execute(Side.SOURCE, "UPDATE SCHEMA.m SET id = id + 150 WHERE id < 10");
      world.execute(
          Side.SOURCE,
          "INSERT INTO SCHEMA.m2 VALUES (100, -1) ON CONFLICT (id) DO UPDATE SET n = -1");
      world.drain(Direction.FORWARD, "moved");
      world.assertEqualRows();
      world.execute(
          Side.SOURCE, "TRUNCATE SCHEMA.m; INSERT INTO SCHEMA.m VALUES (1, 1), (101, 101)");
      world.drain(Direction.FORWARD, "root");
      world.assertEqualRows();
      awaitBeat(world); // within one beat, all partitions one by one look like their table

      // when
      world.execute(Side.SOURCE, "TRUNCATE SCHEMA.m1");

      // then
      awaitError(world, "partition " + world.schema + ".m1 of", "truncated or rewritten");
    }
  }

  @Test
  @Tag("C20")
  void shouldMatchColumnsByNameWhenSomeWereDroppedAndOthersStandElsewhere() throws Exception {
    // given
    String table =
        "CREATE TABLE SCHEMA.t(gone int, id int PRIMARY KEY, a text, b text, at timestamptz, spans interval)";
    try (ReplicationWorld world = new ReplicationWorld(PAIR, KAFKA, table, "t");
        Connection target = PAIR.target().connect("cutover_fencer")) {
      world.execute(Side.SOURCE, "ALTER TABLE SCHEMA.t DROP COLUMN gone");
      PostgresSql.execute(
          target,
          "DROP TABLE SCHEMA.t; CREATE TABLE SCHEMA.t(spans interval, b text, unused int, a text, at timestamptz, id int PRIMARY KEY); ALTER TABLE SCHEMA.t DROP COLUMN unused"
              .replace("SCHEMA", world.schema));
      world.execute(Side.SOURCE, "INSERT INTO SCHEMA.t VALUES (1, 'a1', 'b1', now(), '1 day')");

      // when
      start(world);
      world.execute(
          Side.SOURCE,
          "INSERT INTO SCHEMA.t SELECT g, 'a' || g, 'b' || g, now(), '2 days' FROM generate_series(2, 60) g;"
              + " UPDATE SCHEMA.t SET b = 'changed', spans = '3 days' WHERE id < 40; DELETE FROM SCHEMA.t WHERE id = 5");
      world.drain(Direction.FORWARD, "named");

      // then
      String rows = "SELECT string_agg(concat_ws('|', id, a, b, at, spans), ';' ORDER BY id) FROM ";
      TableName t = world.table("t");
      try (Connection source = world.connect(Side.SOURCE)) {
        PostgresSql.pin(source);
        PostgresSql.pin(target);
        assertThat(PostgresSql.query(target, rows + PostgresSql.quote(t)))
            .isEqualTo(PostgresSql.query(source, rows + PostgresSql.quote(t)));
      }
    }
  }

  @Test
  @Tag("B12")
  void shouldRefuseASlotWhoseLogTheServerGaveUp() throws Exception {
    // given
    try (ReplicationWorld world = plain();
        Connection source = world.connect(Side.SOURCE)) {
      start(world);
      world.replicator.stop(world.spec, Direction.FORWARD);
      PostgresSql.execute(source, "ALTER SYSTEM SET max_slot_wal_keep_size = '1MB'");
      PostgresSql.execute(source, "SELECT pg_reload_conf()");
      try {
        // when
        await()
            .atMost(Duration.ofMinutes(2))
            .until(
                () -> {
                  PostgresSql.execute(
                      source,
                      "CREATE TABLE stray(a int); DROP TABLE stray; SELECT pg_switch_wal()");
                  PostgresSql.execute(source, "CHECKPOINT");
                  return PostgresSql.query(
                          source,
                          "SELECT 1 FROM pg_replication_slots WHERE slot_name = ? AND wal_status = 'lost'",
                          slot(world))
                      .isPresent();
                });

        // then
        assertThatThrownBy(() -> world.replicator.start(world.spec, Direction.FORWARD))
            .isInstanceOf(ReplicationFailed.class)
            .hasMessageContaining("the server gave up the log")
            .hasMessageContaining("drop the replication and copy again");
      } finally {
        PostgresSql.execute(source, "ALTER SYSTEM RESET max_slot_wal_keep_size");
        PostgresSql.execute(source, "SELECT pg_reload_conf()");
      }
    }
  }
}
