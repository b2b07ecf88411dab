package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.testkit.KafkaBroker;
import dev.cutover.testkit.PostgresPair;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.PGConnection;

class ReplicationFaultsIT {
  /** Each costs some seconds, until all have connected again; {@code -Dkills} asks for more. */
  private static final int KILLS = Integer.getInteger("kills", 8);

  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();

  private static final String ROWS =
      """
      CREATE TABLE SCHEMA.parent(id bigserial PRIMARY KEY, place int UNIQUE DEFERRABLE, note text);
      CREATE TABLE SCHEMA.child(id bigserial PRIMARY KEY, parent bigint REFERENCES SCHEMA.parent, note text);
      CREATE TABLE SCHEMA.ledger(id bigserial PRIMARY KEY, writer int, n int, UNIQUE (writer, n));
      """;

  private static ReplicationWorld world() {
    return new ReplicationWorld(PAIR, KAFKA, ROWS, "parent", "child", "ledger");
  }

  private static void start(ReplicationWorld world, Direction direction) throws Exception {
    world.replicator.copyAndStream(world.spec, direction, _ -> {});
  }

  @Test
  void shouldRefuseWhenASlotOfThatNameIsNotOurs() throws Exception {
    // given
    try (ReplicationWorld world = world();
        Connection source = world.connect(Side.SOURCE)) {
      String slot = "cutover_" + world.schema + "_forward";
      PostgresSql.query(
          source, "SELECT pg_create_logical_replication_slot(?, 'pgoutput')::text", slot);

      // when / then
      assertThatThrownBy(() -> start(world, Direction.FORWARD))
          .isInstanceOf(ReplicationFailed.class)
          .hasMessageContaining("Expected no slot '" + slot + "'");
      assertThat(
              PostgresSql.query(
                  source, "SELECT 1 FROM pg_replication_slots WHERE slot_name = ?", slot))
          .isPresent();
    }
  }

  @Test
  void shouldRefuseWhenTheTargetHasRowsOfItsOwn() throws Exception {
    // given
    try (ReplicationWorld world = world();
        Connection target = world.connect(Side.TARGET)) {
      PostgresSql.execute(target, "INSERT INTO " + world.schema + ".parent VALUES (1, 1, 'own')");

      // when / then
      assertThatThrownBy(() -> start(world, Direction.FORWARD))
          .isInstanceOf(ReplicationFailed.class)
          .hasMessageContaining("to be empty before the copy");
      assertThat(world.rows(Side.TARGET, world.table("parent"))).hasSize(1);
    }
  }

  @Test
  @Tag("C3")
  void shouldRefuseWhenATableHasNoKey() throws Exception {
    // given
    try (ReplicationWorld world =
        new ReplicationWorld(PAIR, KAFKA, "CREATE TABLE SCHEMA.bare(a int)", "bare")) {
      // when / then
      assertThatThrownBy(() -> start(world, Direction.FORWARD))
          .isInstanceOf(ReplicationFailed.class)
          .hasMessageContaining("to have a primary key");
    }
  }

  @Test
  @Tag("F9")
  void shouldRefuseToStartWhenThereIsNoPosition() throws Exception {
    // given
    try (ReplicationWorld world = world()) {
      // when / then
      assertThatThrownBy(() -> world.replicator.start(world.spec, Direction.FORWARD))
          .isInstanceOf(ReplicationFailed.class)
          .hasMessageContaining("copy first");
      assertThatThrownBy(() -> start(world, Direction.REVERSE))
          .isInstanceOf(ReplicationFailed.class)
          .hasMessageContaining("start the forward stream first");
    }
  }

  @Test
  @Tag("D8")
  void shouldGoOnWithTheTablesThatAreNotCompleteWhenACopyFailed() throws Exception {
    // given
    try (ReplicationWorld world =
            new ReplicationWorld(
                PAIR,
                KAFKA,
                "CREATE TABLE SCHEMA.big(id int PRIMARY KEY, note text);"
                    + " CREATE TABLE SCHEMA.late(id int PRIMARY KEY, note text, CONSTRAINT early CHECK (note <> 'late'))",
                "big",
                "late");
        Connection target = world.pair.target().connect("cutover_fencer");
        Connection source = world.connect(Side.SOURCE)) {
      world.execute(Side.SOURCE, "ALTER TABLE SCHEMA.late DROP CONSTRAINT early");
      world.execute(
          Side.SOURCE,
          "INSERT INTO SCHEMA.big SELECT g, repeat('b', 100) FROM generate_series(1, 20000) g;"
              + " INSERT INTO SCHEMA.late SELECT g, 'late' FROM generate_series(1, 100) g");
      PostgresReplicator alone =
          new PostgresReplicator(
              world.connections, KAFKA.settings(), world.topics(), 1); // the big one first
      assertThatThrownBy(() -> alone.copyAndStream(world.spec, Direction.FORWARD, _ -> {}))
          .isInstanceOf(ReplicationFailed.class)
          .hasMessageContaining("late could not be copied")
          .hasMessageContaining("early");
      world.execute(
          Side.SOURCE,
          "UPDATE SCHEMA.big SET note = 'changed' WHERE id <= 10; DELETE FROM SCHEMA.big WHERE id = 11;"
              + " INSERT INTO SCHEMA.late SELECT g, 'late' FROM generate_series(101, 120) g;"
              + " DELETE FROM SCHEMA.late WHERE id = 1; TRUNCATE SCHEMA.late;"
              + " INSERT INTO SCHEMA.late SELECT g, 'late' FROM generate_series(1, 50) g");
      PostgresSql.execute(
          target, "ALTER TABLE %s.late DROP CONSTRAINT early".formatted(world.schema));

      // when
      var copied = alone.copyAndStream(world.spec, Direction.FORWARD, _ -> {});
      alone.close();
      start(world, Direction.FORWARD);
      world.execute(Side.SOURCE, "UPDATE SCHEMA.late SET note = 'after' WHERE id = 2");
      world.drain(Direction.FORWARD, "all");

      // then
      assertThat(copied.perTable())
          .containsEntry(world.table("big"), 0L)
          .containsEntry(world.table("late"), 50L);
      world.assertEqualRows();
      assertThat(world.replicator.health(world.spec, Direction.FORWARD).error()).isEmpty();
      assertThat(
              PostgresSql.query(
                  source,
                  "SELECT count(*) FROM pg_replication_slots WHERE slot_name LIKE ?",
                  "%" + world.schema + "_forward%"))
          .contains("1");
    }
  }

  @Test
  void shouldCopyAnewWhenAnEarlierCopyWasInterrupted() throws Exception {
    // given
    try (ReplicationWorld world = world();
        Connection target = world.connect(Side.TARGET)) {
      world.execute(
          Side.SOURCE, "INSERT INTO SCHEMA.parent(note) SELECT 'p' FROM generate_series(1, 100)");
      PostgresSql.update(
          target,
          "INSERT INTO cutover.marker VALUES (?, now())",
          "copy:cutover_" + world.schema + "_forward");
      PostgresSql.execute(
          target, "INSERT INTO " + world.schema + ".parent VALUES (1, NULL, 'half a copy')");

      // when
      start(world, Direction.FORWARD);

      // then
      world.drain(Direction.FORWARD, "anew");
      world.assertEqualRows();
    }
  }

  @Test
  @Tag("C10")
  void shouldKeepTransactionsWholeWhenTheyAreOdd() throws Exception {
    // given
    try (ReplicationWorld world = world()) {
      start(world, Direction.FORWARD);
      world.execute(
          Side.SOURCE,
          "INSERT INTO SCHEMA.parent SELECT g, g, 'p' FROM generate_series(1, 50) g; INSERT INTO SCHEMA.child(parent) SELECT id FROM SCHEMA.parent");

      // when
      world.execute(Side.SOURCE, "UPDATE SCHEMA.parent SET place = 51 - place");
      world.execute(
          Side.SOURCE,
          "BEGIN; DELETE FROM SCHEMA.child WHERE parent = 7; DELETE FROM SCHEMA.parent WHERE id = 7; INSERT INTO SCHEMA.parent VALUES (7, 44, 'again'); UPDATE SCHEMA.parent SET id = 700 WHERE id = 7; COMMIT");
      world.execute(
          Side.SOURCE,
          "BEGIN; INSERT INTO SCHEMA.child(parent) VALUES (1); SAVEPOINT s; INSERT INTO SCHEMA.child(parent) VALUES (2); ROLLBACK TO s; COMMIT");
      world.execute(
          Side.SOURCE,
          "INSERT INTO SCHEMA.ledger(writer, n) SELECT 1, g FROM generate_series(1, 20000) g");
      world.execute(Side.SOURCE, "DELETE FROM SCHEMA.ledger WHERE n % 2 = 0");
      world.drain(Direction.FORWARD, "odd");

      // then
      world.assertEqualRows();
      world.execute(
          Side.SOURCE,
          "TRUNCATE SCHEMA.parent, SCHEMA.child; INSERT INTO SCHEMA.parent VALUES (1, 1, 'new')");
      world.drain(Direction.FORWARD, "truncated");
      world.assertEqualRows();
      assertThat(world.rows(Side.TARGET, world.table("parent"))).hasSize(1);
    }
  }

  @Test
  void shouldGiveTheSlotUpBeforeItKeepsMoreLogThanThePlanAllowsAlsoWhenTheStreamStands()
      throws Exception {
    // given
    try (ReplicationWorld world = world();
        Connection source = world.connect(Side.SOURCE)) {
      start(world, Direction.FORWARD);
      ReplicationSpec bounded =
          new ReplicationSpec(
              world.spec.name(),
              world.spec.source(),
              world.spec.target(),
              world.spec.tables(),
              true,
              1000,
              Optional.empty(),
              Optional.empty(),
              Optional.of(4_000_000L));
      String slot = "SELECT 1 FROM pg_replication_slots WHERE slot_name = ?";
      String name = "cutover_" + world.schema + "_forward";
      world.replicator.guardSlot(bounded, Direction.FORWARD);
      assertThat(PostgresSql.query(source, slot, name)).isPresent();
      world.execute(Side.TARGET, "UPDATE cutover.position SET owner = 'somebody else'");
      world.execute(Side.SOURCE, "INSERT INTO SCHEMA.parent(place) VALUES (1)");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> !world.replicator.health(world.spec, Direction.FORWARD).running());
      // when
      world.execute(
          Side.SOURCE,
          "INSERT INTO SCHEMA.parent(note) SELECT repeat('x', 500) FROM generate_series(1, 20000)");
      world.replicator.guardSlot(bounded, Direction.FORWARD);
      // then
      assertThat(PostgresSql.query(source, slot, name)).isEmpty();
    }
  }

  @Test
  void shouldSayAtOnceThatTheSlotIsGone() throws Exception {
    // given
    try (ReplicationWorld world = world();
        Connection source = world.connect(Side.SOURCE)) {
      start(world, Direction.FORWARD);
      // when
      new PostgresSlot("cutover_" + world.schema + "_forward").drop(source);
      world.replicator.guardSlot(world.spec, Direction.FORWARD);
      // then
      assertThat(world.replicator.health(world.spec, Direction.FORWARD).error())
          .hasValueSatisfying(error -> assertThat(error).contains("but it is gone"));
    }
  }

  @Test
  @Tag("C2")
  void shouldStandWhenARowIsMissingOrThereAlready() throws Exception {
    // given
    try (ReplicationWorld world = world();
        Connection target = world.connect(Side.TARGET)) {
      world.execute(
          Side.SOURCE, "INSERT INTO SCHEMA.parent SELECT g, g, 'p' FROM generate_series(1, 3) g");
      start(world, Direction.FORWARD);
      world.drain(Direction.FORWARD, "before");
      PostgresSql.execute(target, "DELETE FROM " + world.schema + ".parent WHERE id = 2");

      // when
      world.execute(
          Side.SOURCE,
          "UPDATE SCHEMA.parent SET note = 'q'; INSERT INTO SCHEMA.parent VALUES (4, 4, 'r')");

      // then
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThat(
                          world.replicator.health(world.spec, Direction.FORWARD).error().orElse(""))
                      .contains("1 changes do not fit")
                      .contains(world.schema + ".parent id=2"));
      assertThat(world.replicator.health(world.spec, Direction.FORWARD).conflicts()).isEqualTo(1);
      assertThat(world.rows(Side.TARGET, world.table("parent"))).hasSize(2);
      assertThatThrownBy(() -> world.drain(Direction.FORWARD, "never"))
          .isInstanceOf(ReplicationFailed.class);
      PostgresSql.execute(target, "INSERT INTO " + world.schema + ".parent VALUES (2, 2, 'p')");
      world.replicator.start(world.spec, Direction.FORWARD);
      world.drain(Direction.FORWARD, "repaired");
      world.assertEqualRows();
    }
  }

  @Test
  @Tag("B3")
  @Tag("B10")
  void shouldLoseNothingWhenCaptureAndApplierAreKilled() throws Exception {
    // given
    try (ReplicationWorld world = world();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Connection source = world.connect(Side.SOURCE);
        Connection target = PAIR.target().connect("postgres")) {
      start(world, Direction.FORWARD);
      AtomicBoolean isDone = new AtomicBoolean();
      AtomicInteger written = new AtomicInteger();
      Future<?> copies = threads.submit(() -> write(world, 1, isDone, written));
      Future<?> inserts = threads.submit(() -> write(world, 2, isDone, written));

      // when
      for (int kill = 0; kill < KILLS; kill++) {
        long before = world.replicator.health(world.spec, Direction.FORWARD).appliedTransactions();
        await()
            .atMost(Duration.ofSeconds(60))
            .until(
                () ->
                    world.replicator.health(world.spec, Direction.FORWARD).appliedTransactions()
                        > before + 20);
        PostgresSql.query(
            source,
            "SELECT pg_terminate_backend(active_pid, 2000) FROM pg_replication_slots WHERE slot_name = ?",
            "cutover_" + world.schema + "_forward");
        PostgresSql.query(
            target,
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'cutover_applier' AND datname = current_database() AND pid <> pg_backend_pid()");
      }
      isDone.set(true);
      copies.get();
      inserts.get();
      world.drain(Direction.FORWARD, "killed");

      // then
      System.out.printf(
          "%d kills, %d transactions, %d rows%n",
          KILLS, written.get(), world.rows(Side.TARGET, world.table("ledger")).size());
      world.assertEqualRows();
    }
  }

  /** COPY, rows of one statement, single rows, and a rollback now and then. */
  private static int write(
      ReplicationWorld world, int writer, AtomicBoolean isDone, AtomicInteger written)
      throws Exception {
    int n = 0;
    try (Connection source = world.connect(Side.SOURCE)) {
      source.setAutoCommit(false);
      String ledger = world.schema + ".ledger(writer, n)";
      while (!isDone.get()) {
        if (writer == 1) {
          StringBuilder rows = new StringBuilder();
          for (int i = 0; i < 20; i++) {
            rows.append("1\t").append(n++).append('\n');
          }
          source
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyIn("COPY " + ledger + " FROM STDIN", new StringReader(rows.toString()));
        } else {
          PostgresSql.execute(
              source,
              "INSERT INTO %s SELECT 2, g FROM generate_series(%d, %d) g"
                  .formatted(ledger, n, n + 2));
          PostgresSql.execute(source, "INSERT INTO %s VALUES (2, %d)".formatted(ledger, n + 3));
          n += 4;
        }
        if (n % 9 == 0) {
          source.rollback();
        } else {
          source.commit();
        }
        written.incrementAndGet();
      }
    }
    return n;
  }

  @Test
  @Tag("D4")
  void shouldStopTheOlderOfTwoWhenBothApply() throws Exception {
    // given
    try (ReplicationWorld world = world();
        PostgresReplicator other = world.replicatorLike()) {
      start(world, Direction.FORWARD);
      world.execute(Side.SOURCE, "INSERT INTO SCHEMA.parent VALUES (1, 1, 'one')");
      world.drain(Direction.FORWARD, "first");

      // when
      other.start(world.spec, Direction.FORWARD);
      world.execute(Side.SOURCE, "INSERT INTO SCHEMA.parent VALUES (2, 2, 'two')");

      // then
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(
                          world.replicator.health(world.spec, Direction.FORWARD).error().orElse(""))
                      .contains("nother instance"));
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> {
                world.assertEqualRows();
                assertThat(other.health(world.spec, Direction.FORWARD).error()).isEmpty();
              });
    }
  }

  @Test
  @Tag("D1")
  void shouldNotGoRoundInCirclesWhenBothDirectionsRun() throws Exception {
    // given
    try (ReplicationWorld world = world();
        Connection target = world.connect(Side.TARGET)) {
      start(world, Direction.FORWARD);
      start(world, Direction.REVERSE);
      world.execute(
          Side.SOURCE,
          "INSERT INTO SCHEMA.parent SELECT g, g, 'from source' FROM generate_series(1, 500) g");
      world.drain(Direction.FORWARD, "there");

      // when
      PostgresSql.execute(
          target, "UPDATE " + world.schema + ".parent SET note = 'from target' WHERE id <= 100");
      PostgresSql.execute(
          target, "INSERT INTO " + world.schema + ".parent VALUES (1001, 1001, 'from target')");
      world.drain(Direction.REVERSE, "back");
      world.drain(Direction.FORWARD, "again");
      world.drain(Direction.REVERSE, "and back");

      // then
      world.assertEqualRows();
      assertThat(world.rows(Side.SOURCE, world.table("parent"))).hasSize(501);
      assertThat(world.replicator.health(world.spec, Direction.REVERSE).error()).isEmpty();
      assertThat(world.replicator.health(world.spec, Direction.FORWARD).error()).isEmpty();
      // a row that went round would be counted: two marks and two changes came back, no more
      assertThat(world.replicator.health(world.spec, Direction.REVERSE).appliedTransactions())
          .isEqualTo(4);
    }
  }

  @Test
  @Tag("B11")
  @Tag("B16")
  void shouldNotConfirmTheSlotBeyondWhatIsAppliedWhenTheTargetIsHeldUp() throws Exception {
    // given
    try (ReplicationWorld world = world();
        Connection source = world.connect(Side.SOURCE);
        Connection target = PAIR.target().connect("postgres")) {
      start(world, Direction.FORWARD);
      world.drain(Direction.FORWARD, "before");
      target.setAutoCommit(false);
      PostgresSql.execute(target, "LOCK TABLE " + world.schema + ".ledger IN EXCLUSIVE MODE");

      // when
      world.execute(Side.SOURCE, "INSERT INTO SCHEMA.ledger(writer, n) VALUES (1, 1)");
      Lsn written =
          Lsn.parse(PostgresSql.query(source, "SELECT pg_current_wal_lsn()::text").orElseThrow());
      await().pollDelay(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(5)).until(() -> true);

      // then
      assertThat(confirmed(world, source).isUpTo(written)).isTrue();
      assertThat(world.rows(Side.TARGET, world.table("ledger"))).isEmpty();
      target.rollback();
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(written.isUpTo(confirmed(world, source))).isTrue());
      world.assertEqualRows();
    }
  }

  private static Lsn confirmed(ReplicationWorld world, Connection source) throws SQLException {
    return Lsn.parse(
        PostgresSql.query(
                source,
                "SELECT confirmed_flush_lsn::text FROM pg_replication_slots WHERE slot_name = ?",
                "cutover_" + world.schema + "_forward")
            .orElseThrow());
  }
}
