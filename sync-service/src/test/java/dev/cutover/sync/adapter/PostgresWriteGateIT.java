package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import dev.cutover.sync.domain.FenceWatch;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import dev.cutover.sync.domain.WriteGate.FenceEvidence;
import dev.cutover.testkit.PostgresPair;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;

final class PostgresWriteGateIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();

  private FencedPair world;

  @BeforeEach
  void prepare() throws Exception {
    world = new FencedPair(PAIR);
    world.reset();
    world.prepare(1);
  }

  @Test
  void shouldSayWhatToPrepareWhenTheSchemaIsMissing() throws Exception {
    // given
    world.schema.remove(world.source);

    // then
    assertRefused(() -> world.gate.fence(world.fenceSource(2)), Reason.NOT_PREPARED);
    assertRefused(() -> world.gate.state(world.source), Reason.NOT_PREPARED);
  }

  @Test
  @Tag("A2")
  void shouldLetTheSourceWriteAndRefuseAllButTheApplierOnTheTargetWhenPrepared() throws Exception {
    // then
    write(PAIR.source(), "shop", "UPDATE accounts SET balance = 1");
    assertRefusedByFence(PAIR.target(), "shop", "UPDATE accounts SET balance = 1");
    assertRefusedByFence(PAIR.target(), "postgres", "INSERT INTO orders(account) VALUES (1)");
    write(PAIR.target(), "cutover_applier", "INSERT INTO orders(account) VALUES (1)");
    assertThat(world.gate.state(world.target).epoch()).isEqualTo(1);
    assertThat(world.schema.drift(world.source)).isEmpty();
    assertThat(world.schema.drift(world.target)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO orders(account) VALUES (1)",
        "UPDATE accounts SET balance = 7",
        "DELETE FROM accounts",
        "TRUNCATE accounts",
        "MERGE INTO accounts a USING (VALUES (1)) v(id) ON a.id = v.id WHEN MATCHED THEN UPDATE SET balance = 9",
        "INSERT INTO accounts VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET balance = 5",
        "WITH w AS (DELETE FROM accounts RETURNING 1) SELECT count(*) FROM w",
        "UPDATE account_view SET balance = 3",
        "INSERT INTO measures VALUES (1, 1)",
        "INSERT INTO measures_1 VALUES (2, 1)",
        "INSERT INTO sessions VALUES (1)",
        "SELECT as_owner()",
        "CREATE TABLE t AS SELECT 1",
        "CREATE TABLE measures_2 PARTITION OF measures FOR VALUES FROM (100) TO (200)",
        "ALTER TABLE accounts DISABLE TRIGGER USER",
        "ALTER TABLE accounts ALTER COLUMN balance TYPE numeric",
        "DROP TABLE audit",
        "SET default_transaction_read_only = off; BEGIN; SET TRANSACTION READ WRITE; DELETE FROM orders"
      })
  @Tag("A1")
  void shouldRefuseEveryKindOfWriteWhenFenced(String sql) throws Exception {
    // given
    world.gate.fence(world.fenceSource(2));

    // then
    assertRefusedByFence(PAIR.source(), "shop", sql);
    assertRefusedByFence(PAIR.source(), "postgres", sql);
    assertRefusedByFence(
        PAIR.source(), "postgres", "SET session_replication_role = replica; " + sql);
  }

  @Test
  void shouldRefuseCopyWhenFenced() throws Exception {
    // given
    world.gate.fence(world.fenceSource(2));

    // then
    try (Connection shop = PAIR.source().connect("shop")) {
      assertThatThrownBy(
              () ->
                  shop.unwrap(PGConnection.class)
                      .getCopyAPI()
                      .copyIn("COPY accounts FROM STDIN", new StringReader("7\t7\n")))
          .hasMessageContaining("refused: cutover fence");
    }
  }

  @Test
  @Tag("A4")
  void shouldRefuseATransactionWhoseSnapshotIsOlderThanTheFence() throws Exception {
    // given
    try (Connection old = PAIR.source().connect("shop");
        Statement statement = old.createStatement()) {
      old.setAutoCommit(false);
      old.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      statement.execute("SELECT count(*) FROM accounts");
      statement.execute("SELECT state FROM cutover.writer");

      // when
      world.gate.fence(world.fenceSource(2));

      // then
      assertThatThrownBy(() -> statement.execute("UPDATE orders SET note = 'late'"))
          .hasMessageContaining("refused: cutover fence");
    }
  }

  @Test
  void shouldRefuseAnOldSnapshotWhenASideWithEnabledTriggersIsFencedAgain() throws Exception {
    // given
    world.gate.fence(world.fenceSource(2));
    world.gate.open(world.openSource(2, 3));
    try (Connection old = PAIR.source().connect("shop");
        Statement statement = old.createStatement()) {
      old.setAutoCommit(false);
      old.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      statement.execute("SELECT count(*) FROM accounts");

      // when
      world.gate.fence(world.fenceSource(4));

      // then
      assertThatThrownBy(() -> statement.execute("UPDATE orders SET note = 'late'"))
          .hasMessageContaining("refused: cutover fence");
    }
  }

  @Test
  void shouldRefusePreparedStatementsThatWorkedBefore() throws Exception {
    // given
    try (Connection shop = PAIR.source().connect("shop");
        Statement statement = shop.createStatement()) {
      statement.execute("SET plan_cache_mode = force_generic_plan");
      statement.execute("PREPARE w AS UPDATE accounts SET balance = balance + 1 WHERE id = 1");
      statement.execute("EXECUTE w");

      // when
      world.gate.fence(world.fenceSource(2));

      // then
      assertThatThrownBy(() -> statement.execute("EXECUTE w"))
          .hasMessageContaining("refused: cutover fence");
    }
  }

  @Test
  @Tag("A10")
  void shouldNameThePreparedTransactionAndRefuseWhenItDoesNotEnd() throws Exception {
    // given
    try (Connection shop = PAIR.source().connect("shop");
        Statement statement = shop.createStatement()) {
      shop.setAutoCommit(false);
      statement.execute("UPDATE accounts SET balance = 2 WHERE id = 2");
      statement.execute("PREPARE TRANSACTION 'payment-17'");
      shop.setAutoCommit(true);

      // when
      assertThatThrownBy(() -> world.gate.fence(world.fence(world.source, 2, false)))
          .isInstanceOf(GateRefused.class)
          .hasMessageContaining("payment-17");

      // then
      write(PAIR.source(), "shop", "COMMIT PREPARED 'payment-17'");
      assertThat(world.gate.fence(world.fenceSource(2)).epoch()).isEqualTo(2);
    }
  }

  @Test
  void shouldWaitForAPreparedTransactionThatEndsInTime() throws Exception {
    // given
    write(
        PAIR.source(),
        "shop",
        "BEGIN; UPDATE accounts SET balance = 2 WHERE id = 2; PREPARE TRANSACTION 'payment-18'");

    // when
    CompletableFuture<Void> ender =
        CompletableFuture.runAsync(
            () -> PAIR.source().execute("COMMIT PREPARED 'payment-18'"),
            CompletableFuture.delayedExecutor(400, java.util.concurrent.TimeUnit.MILLISECONDS));
    var fenced = world.gate.fence(world.fenceSource(2));

    // then
    ender.join();
    assertThat(fenced.barrierMs()).isGreaterThan(200);
  }

  @Test
  @Tag("A4")
  void shouldEndExactlyWhoBlocksWhenAllowed() throws Exception {
    // given
    try (Connection blocker = PAIR.source().connect("shop");
        Connection reader = PAIR.source().connect("shop");
        Statement blocking = blocker.createStatement();
        Statement reading = reader.createStatement()) {
      blocker.setAutoCommit(false);
      reader.setAutoCommit(false);
      blocking.execute("UPDATE accounts SET balance = 2 WHERE id = 2");
      reading.execute("SELECT * FROM accounts");

      // when
      var fenced = world.gate.fence(world.fenceSource(2));

      // then
      assertThat(fenced.sessionsEnded()).isEqualTo(1);
      assertThatThrownBy(blocker::commit).isInstanceOf(SQLException.class);
      assertThatCode(() -> reading.execute("SELECT 1")).doesNotThrowAnyException();
    }
  }

  @Test
  @Tag("F5")
  void shouldEndNobodyAndSayWhoBlocksWhenNotAllowed() throws Exception {
    // given
    try (Connection blocker = PAIR.source().connect("shop");
        Statement blocking = blocker.createStatement()) {
      blocker.setAutoCommit(false);
      blocking.execute("SET application_name = 'nightly-report'");
      blocking.execute("UPDATE accounts SET balance = 2 WHERE id = 2");

      // when
      assertThatThrownBy(() -> world.gate.fence(world.fence(world.source, 2, false)))
          .isInstanceOf(GateRefused.class)
          .hasMessageContaining("nightly-report");

      // then
      blocker.commit();
      world.gate.open(world.openSource(2, 3));
      write(PAIR.source(), "shop", "UPDATE accounts SET balance = 3");
    }
  }

  @Test
  void shouldFenceATableBornAfterThePreparation() throws Exception {
    // given
    write(PAIR.source(), "shop", "CREATE TABLE late(id int PRIMARY KEY)");
    assertThat(world.schema.drift(world.source)).singleElement().asString().contains("public.late");

    // when
    world.gate.fence(world.fenceSource(2));

    // then
    assertRefusedByFence(PAIR.source(), "shop", "INSERT INTO late VALUES (1)");
  }

  @Test
  void shouldProbeAsTheApplication() throws Exception {
    // given
    assertRefused(() -> world.gate.probe(world.source), Reason.NOT_PROVEN);

    // when
    world.gate.fence(world.fenceSource(2));
    var probed = world.gate.probe(world.source);

    // then
    assertThat(probed.refused()).isEqualTo(6);
    assertThat(probed.asRole()).isEqualTo("shop");
  }

  @Test
  void shouldWriteItsEpochWhenFencedAlreadyAndRefuseWhatIsLate() throws Exception {
    // given
    world.gate.fence(world.fenceSource(5));

    // when
    world.gate.fence(world.fenceSource(7));

    // then
    assertThat(world.gate.state(world.source).epoch()).isEqualTo(7);
    assertRefused(() -> world.gate.fence(world.fenceSource(6)), Reason.NEWER_EPOCH);
    assertRefused(() -> world.gate.open(world.openSource(5, 6)), Reason.NEWER_EPOCH);
    assertRefused(() -> world.gate.open(world.openSource(5, 8)), Reason.UNEXPECTED_STATE);
    assertThat(world.gate.state(world.source).isFenced()).isTrue();
  }

  @Test
  @Tag("A7")
  void shouldRefuseALateFenceOfAnEpochThatIsOpenAlready() throws Exception {
    // given
    world.gate.fence(world.fenceSource(5));
    world.gate.open(world.openSource(5, 8));

    // then
    assertRefused(() -> world.gate.fence(world.fenceSource(5)), Reason.NEWER_EPOCH);
    assertRefused(() -> world.gate.fence(world.fenceSource(8)), Reason.NEWER_EPOCH);
    write(PAIR.source(), "shop", "UPDATE accounts SET balance = 3");
  }

  @Test
  void shouldOpenTheTargetByOneRowAndAnswerTheSameWhenAskedAgain() throws Exception {
    // given
    world.gate.fence(world.fenceSource(5));

    // when
    var opened = world.gate.open(world.openTarget(1, 6));
    var again = world.gate.open(world.openTarget(1, 6));

    // then
    assertThat(again.epoch()).isEqualTo(opened.epoch());
    assertThat(again.neverFenced()).isFalse();
    write(PAIR.target(), "shop", "UPDATE accounts SET balance = 3");
    assertRefused(() -> world.gate.open(world.openSource(5, 7)), Reason.OTHER_SIDE_NOT_FENCED);
  }

  @Test
  void shouldNotOpenWhenATriggerOfTheOtherSideIsDisabled() throws Exception {
    // given
    world.gate.fence(world.fenceSource(5));
    write(
        PAIR.source(),
        "cutover_fencer",
        "ALTER TABLE accounts DISABLE TRIGGER \"00_cutover_fence\"");

    // then
    assertRefused(() -> world.gate.open(world.openTarget(1, 6)), Reason.OTHER_SIDE_NOT_FENCED);
    assertThat(world.gate.state(world.target).isFenced()).isTrue();
  }

  @Test
  @Tag("A14")
  void shouldNotOpenWhenTheOtherSideIsOpenOrUnreachable() throws Exception {
    // then
    assertRefused(() -> world.gate.open(world.openTarget(1, 6)), Reason.OTHER_SIDE_NOT_FENCED);
    var nowhere = new dev.cutover.contract.DatabaseEndpoint("localhost", 1, "shop", "source");
    assertRefused(
        () ->
            world.gate.open(
                new dev.cutover.sync.domain.WriteGate.OpenOrder(
                    world.target, 1, 6, FencedPair.step("open-target"), nowhere)),
        Reason.UNREACHABLE);
  }

  @Test
  @Tag("A14")
  void shouldOpenAtMostOneSideWhenBothAreOpenedAtOnce() throws Exception {
    // given
    world.gate.fence(world.fenceSource(5));

    // when
    var source = CompletableFuture.supplyAsync(() -> opens(Side.SOURCE));
    var target = CompletableFuture.supplyAsync(() -> opens(Side.TARGET));

    // then
    assertThat(source.join() && target.join()).isFalse();
  }

  private boolean opens(Side side) {
    try {
      world.gate.open(side == Side.SOURCE ? world.openSource(5, 6) : world.openTarget(1, 7));
      return true;
    } catch (GateRefused e) {
      return false;
    }
  }

  @Test
  void shouldOnlyRaiseTheEpochWhenTheFenceNeverRan() throws Exception {
    // when
    var opened = world.gate.open(world.openSource(5, 6));

    // then
    assertThat(opened.neverFenced()).isTrue();
    assertThat(world.gate.state(world.source).epoch()).isEqualTo(6);
    assertRefused(() -> world.gate.fence(world.fenceSource(5)), Reason.NEWER_EPOCH);
    write(PAIR.source(), "shop", "UPDATE accounts SET balance = 3");
  }

  @Test
  void shouldRaiseOnlyAFencedSide() throws Exception {
    // when
    world.gate.raise(world.target, 9, FencedPair.step("raise"));
    world.gate.raise(world.target, 9, FencedPair.step("raise"));

    // then
    assertThat(world.gate.state(world.target).epoch()).isEqualTo(9);
    assertRefused(
        () -> world.gate.raise(world.source, 9, FencedPair.step("raise")), Reason.UNEXPECTED_STATE);
    assertRefused(
        () -> world.gate.raise(world.target, 8, FencedPair.step("raise")), Reason.NEWER_EPOCH);
  }

  @Test
  void shouldRefuseEverythingWhilePeopleAreInCharge() throws Exception {
    // given
    PAIR.target().execute("UPDATE cutover.writer SET manual = true");
    PAIR.source().execute("UPDATE cutover.writer SET manual = true");

    // then
    assertRefused(() -> world.gate.fence(world.fenceSource(5)), Reason.MANUAL);
    assertRefused(() -> world.gate.open(world.openTarget(1, 6)), Reason.MANUAL);
    assertRefused(() -> world.gate.raise(world.target, 9, FencedPair.step("raise")), Reason.MANUAL);
  }

  @Test
  void shouldRefuseAnotherCutoversCommands() {
    // given
    StepRef stranger = new StepRef(new CutoverId("other"), "prepare", 1);

    // then
    assertRefused(
        () -> world.schema.install(world.source, Side.SOURCE, stranger, 99),
        Reason.UNEXPECTED_STATE);
    assertRefused(() -> world.gate.raise(world.target, 99, stranger), Reason.UNEXPECTED_STATE);
  }

  @Test
  void shouldGiveTheDatabaseToOneOfTwoCutoversThatPrepareAtOnce() throws Exception {
    // given nobody's
    world.schema.release(world.source, FencedPair.step("release").cutover());
    List<Callable<String>> both = new ArrayList<>();
    for (String name : List.of("first", "second")) {
      StepRef step = new StepRef(new CutoverId(name), "prepare-replication", 1);
      both.add(
          () -> {
            try {
              world.schema.install(world.source, Side.SOURCE, step, 9);
              return "prepared";
            } catch (GateRefused e) {
              return e.reason().name();
            }
          });
    }

    // when
    List<String> outcomes = new ArrayList<>();
    try (ExecutorService people = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<String> outcome : people.invokeAll(both)) {
        outcomes.add(outcome.get());
      }
    }

    // then
    assertThat(outcomes).filteredOn("prepared"::equals).hasSize(1);
  }

  @Test
  void shouldDisableTheTriggersLazilyAfterOpeningAndFenceAgain() throws Exception {
    // given
    world.gate.fence(world.fenceSource(5));
    world.gate.open(world.openTarget(1, 6));

    // when
    assertThat(world.gate.relax(world.target, 99)).isZero();
    assertThat(world.gate.evidence(world.target).unfencedTables()).isEmpty();
    assertThat(world.gate.relax(world.target, 6)).isZero();

    // then
    assertThat(world.gate.evidence(world.target).unfencedTables()).hasSize(6);
    world.gate.fence(world.fence(world.target, 8, true));
    assertRefusedByFence(PAIR.target(), "shop", "UPDATE accounts SET balance = 3");
    world.gate.open(world.openSource(5, 9));
    write(PAIR.source(), "shop", "UPDATE accounts SET balance = 3");
  }

  @Test
  @Tag("A9")
  void shouldSeeALostFence() throws Exception {
    // given
    world.gate.fence(world.fenceSource(5));
    FenceEvidence then = world.gate.evidence(world.source);
    assertThat(FenceWatch.losses(then, world.gate.evidence(world.source))).isEmpty();

    // when
    write(
        PAIR.source(),
        "cutover_fencer",
        "ALTER TABLE accounts DISABLE TRIGGER ALL; ALTER EVENT TRIGGER cutover_ddl DISABLE");

    // then
    assertThat(FenceWatch.losses(then, world.gate.evidence(world.source)))
        .hasSize(2)
        .anySatisfy(loss -> assertThat(loss).contains("public.accounts"));
    world.gate.fence(world.fenceSource(5));
    assertThat(FenceWatch.losses(then, world.gate.evidence(world.source))).isEmpty();
  }

  @Test
  void shouldRemoveEverythingAndBeginAnew() throws Exception {
    // given
    assertThat(world.schema.remove(world.target)).isEmpty();
    assertThat(world.schema.remove(world.target)).isEmpty();

    // then
    write(PAIR.target(), "shop", "UPDATE accounts SET balance = 3");
    world.prepare(2);
    assertRefusedByFence(PAIR.target(), "shop", "UPDATE accounts SET balance = 3");
  }

  @Test
  @Tag("A11")
  void shouldLetTheNextCutoverTakeAReleasedFenceOver() throws Exception {
    // given
    world.schema.release(world.target, FencedPair.CUTOVER);
    StepRef next = new StepRef(new CutoverId("shop-2"), "prepare", 1);

    // when
    world.schema.install(world.target, Side.TARGET, next, 0);

    // then
    assertThat(world.gate.state(world.target).cutover()).contains(next.cutover());
    assertRefusedByFence(PAIR.target(), "shop", "UPDATE accounts SET balance = 3");
  }

  /** Something that a gate refuses. */
  private interface Attempt {
    void run() throws Exception;
  }

  private static void assertRefused(Attempt attempt, Reason reason) {
    assertThatThrownBy(attempt::run)
        .asInstanceOf(type(GateRefused.class))
        .extracting(GateRefused::reason)
        .isEqualTo(reason);
  }

  private static void write(PostgresPair.Server server, String user, String sql)
      throws SQLException {
    try (Connection connection = server.connect(user);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void assertRefusedByFence(PostgresPair.Server server, String user, String sql) {
    assertThatThrownBy(() -> write(server, user, sql))
        .as("%s as %s", sql, user)
        .hasMessageContaining("refused: cutover fence")
        .asInstanceOf(type(SQLException.class))
        .extracting(SQLException::getSQLState)
        .isEqualTo("25006");
  }
}
