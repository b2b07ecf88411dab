package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ForwardMode;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.TableName;
import dev.cutover.runtime.Credentials;
import dev.cutover.sync.domain.Replicator.CopyResult;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.testkit.KafkaBroker;
import dev.cutover.testkit.PostgresPair;
import dev.cutover.testkit.Subscriber;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The servers replicate by themselves to the target; back it goes by the product. */
class NativeStreamIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();

  private static final TableName ORDERS = new TableName("public", "orders");
  private static final String FORWARD = "cutover_shop_forward";

  private final PostgresConnections connections =
      new PostgresConnections(Credentials.of(PostgresPair.credentials("shop")));
  private final ReplicationSpec spec =
      new ReplicationSpec(
          "shop",
          endpoint(PAIR.source()),
          endpoint(PAIR.target()),
          List.of(ORDERS),
          true,
          1000,
          Optional.empty(),
          Optional.of(ForwardMode.NATIVE),
          Optional.empty());
  private final PlannedReplicator replicator =
      new PlannedReplicator(
          connections, new PostgresReplicator(connections, KAFKA.settings(), KAFKA.topics(1), 2));

  private static DatabaseEndpoint endpoint(PostgresPair.Server server) {
    return new DatabaseEndpoint(server.host(), server.port(), PostgresPair.DATABASE, "shop");
  }

  @BeforeEach
  void prepare() throws Exception {
    Subscriber.grant(PAIR);
    for (PostgresPair.Server server : List.of(PAIR.source(), PAIR.target())) {
      asFencer(server, "DROP SCHEMA IF EXISTS cutover CASCADE");
      asFencer(server, "DROP TABLE IF EXISTS orders");
      asFencer(
          server,
          "CREATE TABLE orders(id bigint PRIMARY KEY, span interval[], note text NOT NULL)");
    }
    PAIR.source()
        .execute(
            "INSERT INTO orders SELECT i, ARRAY[interval '1 day'], 'first' FROM generate_series(1, 1000) i");
    PostgresCutoverSchema cutover = new PostgresCutoverSchema(connections);
    StepRef step = new StepRef(new CutoverId("shop-1"), "prepare", 1);
    assertThat(cutover.install(spec.source(), Side.SOURCE, step, 1).faults()).isEmpty();
    assertThat(cutover.install(spec.target(), Side.TARGET, step, 1).faults()).isEmpty();
  }

  @AfterEach
  void drop() throws Exception {
    replicator.drop(spec);
    replicator.close();
  }

  private static void asFencer(PostgresPair.Server server, String sql) throws SQLException {
    try (Connection fencer = server.connect("cutover_fencer")) {
      PostgresSql.execute(fencer, sql);
    }
  }

  /** On the fenced target, as the applier may: not taken for applied, as it has no origin. */
  private static void writeOnTarget(String sql) throws SQLException {
    try (Connection applier = PAIR.target().connect("cutover_applier")) {
      PostgresSql.execute(applier, sql);
    }
  }

  private void drain(Direction direction, String id) throws Exception {
    PostgresPair.Server captured = direction == Direction.FORWARD ? PAIR.source() : PAIR.target();
    try (Connection applier = captured.connect("cutover_applier")) {
      PostgresSql.update(applier, "INSERT INTO cutover.marker VALUES (?, clock_timestamp())", id);
    }
    replicator.awaitMarker(spec, direction, id, Instant.now().plus(Duration.ofSeconds(60)));
  }

  private void startBoth() throws Exception {
    replicator.copyAndStream(spec, Direction.FORWARD, _ -> {});
    replicator.copyAndStream(spec, Direction.REVERSE, _ -> {});
  }

  private static List<String> rows(PostgresPair.Server server) throws SQLException {
    try (Connection reader = server.connect("postgres")) {
      return new ArrayList<>(PostgresSql.texts(reader, "SELECT o::text FROM orders o ORDER BY id"));
    }
  }

  private static void assertEqualRows() throws SQLException {
    List<String> source = rows(PAIR.source());
    assertThat(rows(PAIR.target())).hasSameSizeAs(source).isEqualTo(source);
  }

  @Test
  void shouldCopyAndFollowAndComeBackInNoCircle() throws Exception {
    // when
    CopyResult copied = replicator.copyAndStream(spec, Direction.FORWARD, _ -> {});
    replicator.copyAndStream(spec, Direction.REVERSE, _ -> {});
    PAIR.source()
        .execute("INSERT INTO orders SELECT i, NULL, 'more' FROM generate_series(1001, 2000) i");
    PAIR.source().execute("UPDATE orders SET note = 'changed' WHERE id <= 10");
    drain(Direction.FORWARD, "there");
    assertEqualRows();
    writeOnTarget("INSERT INTO orders VALUES (3000, NULL, 'of the target')");
    writeOnTarget("UPDATE orders SET note = 'on the target' WHERE id = 20");
    writeOnTarget("DELETE FROM orders WHERE id = 21");
    drain(Direction.REVERSE, "back");
    PAIR.source().execute("INSERT INTO orders VALUES (4000, NULL, 'again')");
    drain(Direction.FORWARD, "again");
    drain(Direction.REVERSE, "nothing");

    // then
    assertThat(copied.rows()).isEqualTo(1000);
    assertEqualRows();
    assertThat(rows(PAIR.source())).hasSize(2001);
    assertThat(replicator.health(spec, Direction.FORWARD).error()).isEmpty();
    assertThat(replicator.health(spec, Direction.REVERSE).error()).isEmpty();
    assertThat(replicator.health(spec, Direction.REVERSE).conflicts()).isZero();
  }

  @Test
  void shouldGoOnWhenTheApplyWorkerIsKilledAgainAndAgain() throws Exception {
    // given
    startBoth();
    // when
    for (int round = 0; round < 3; round++) {
      int from = 10_000 * (round + 1);
      PAIR.source()
          .execute(
              "INSERT INTO orders SELECT i, NULL, 'killed' FROM generate_series(%d, %d) i"
                  .formatted(from, from + 4999));
      try (Connection target = PAIR.target().connect("postgres")) {
        await()
            .atMost(Duration.ofSeconds(30))
            .until(
                () ->
                    PostgresSql.query(
                            target,
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_subscription WHERE pid IS NOT NULL")
                        .isPresent());
      }
    }
    drain(Direction.FORWARD, "killed");
    // then
    assertEqualRows();
    assertThat(rows(PAIR.target())).hasSize(16_000);
  }

  @Test
  void shouldStandWithWhatToDoWhenARowIsInTheWayAndGoOnOnceItIsNot() throws Exception {
    // given
    replicator.copyAndStream(spec, Direction.FORWARD, _ -> {});
    writeOnTarget("INSERT INTO orders VALUES (6000, NULL, 'in the way')");
    // when
    PAIR.source().execute("INSERT INTO orders VALUES (6000, NULL, 'of the source')");
    // then
    assertThatThrownBy(() -> drain(Direction.FORWARD, "never"))
        .isInstanceOf(ReplicationFailed.class)
        .hasMessageContaining("failed before the marker came")
        .hasMessageContaining("Remove what stands in the way there");
    assertThat(replicator.health(spec, Direction.FORWARD).running()).isFalse();
    assertThat(replicator.health(spec, Direction.FORWARD).conflicts()).isPositive();
    // when
    writeOnTarget("DELETE FROM orders WHERE id = 6000");
    replicator.start(spec, Direction.FORWARD);
    replicator.awaitMarker(
        spec, Direction.FORWARD, "never", Instant.now().plus(Duration.ofSeconds(60)));
    // then
    assertEqualRows();
  }

  @Test
  void shouldSeeALostSlotAtOnce() throws Exception {
    // given
    startBoth();
    // when
    try (Connection source = PAIR.source().connect("postgres")) {
      PostgresSql.query(
          source,
          "SELECT pg_terminate_backend(active_pid, 5000) FROM pg_replication_slots WHERE slot_name = ?",
          FORWARD);
      await()
          .until(
              () -> {
                try {
                  PostgresSql.query(source, "SELECT pg_drop_replication_slot(?)::text", FORWARD);
                  return true;
                } catch (SQLException e) {
                  return false;
                }
              });
    }
    // then
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThat(replicator.health(spec, Direction.FORWARD).error())
                    .hasValueSatisfying(
                        error -> assertThat(error).contains("Expected slot '" + FORWARD + "'")));
  }

  @Test
  void shouldGiveTheSlotUpBeforeItKeepsMoreLogThanThePlanAllows() throws Exception {
    // given
    replicator.copyAndStream(bounded(), Direction.FORWARD, _ -> {});
    try (Connection target = PAIR.target().connect("postgres");
        Connection source = PAIR.source().connect("postgres")) {
      target.setAutoCommit(false);
      PostgresSql.execute(target, "LOCK TABLE orders IN SHARE MODE"); // nothing is applied
      // when
      PAIR.source()
          .execute(
              "INSERT INTO orders SELECT i, NULL, repeat('x', 200) FROM generate_series(20001, 60000) i");
      // then
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> {
                replicator.guardSlot(bounded(), Direction.FORWARD);
                assertThat(replicator.health(spec, Direction.FORWARD).error())
                    .hasValueSatisfying(
                        error ->
                            assertThat(error)
                                .contains("Expected at most", "was given up before the disk"));
              });
      assertThat(
              PostgresSql.query(
                  source, "SELECT 1 FROM pg_replication_slots WHERE slot_name = ?", FORWARD))
          .isEmpty();
      target.rollback();
    }
  }

  private ReplicationSpec bounded() {
    return new ReplicationSpec(
        spec.name(),
        spec.source(),
        spec.target(),
        spec.tables(),
        true,
        1000,
        Optional.empty(),
        spec.forward(),
        Optional.of(4_000_000L));
  }

  @Test
  void shouldCountWhatIsWrittenBehindTheFence() throws Exception {
    // given
    startBoth();
    drain(Direction.FORWARD, "fence-7-1");
    drain(Direction.FORWARD, "not-late");
    assertThat(replicator.lateWrites(spec, Direction.FORWARD, 7)).isZero();
    // when
    PAIR.source().execute("INSERT INTO orders VALUES (7000, NULL, 'late')");
    drain(Direction.FORWARD, "late");
    // then
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> assertThat(replicator.lateWrites(spec, Direction.FORWARD, 7)).isEqualTo(1));
    assertThat(replicator.lateWrites(spec, Direction.FORWARD, 8)).isZero();
  }

  @Test
  void shouldRefuseATargetWithRowsAndASlotOrSubscriptionOfSomebodyElse() throws Exception {
    // given
    writeOnTarget("INSERT INTO orders VALUES (1, NULL, 'own')");
    // when / then
    assertThatThrownBy(() -> replicator.copyAndStream(spec, Direction.FORWARD, _ -> {}))
        .isInstanceOf(ReplicationFailed.class)
        .hasMessageContaining("to be empty before the copy");
    writeOnTarget("DELETE FROM orders");
    asFencer(
        PAIR.target(),
        "CREATE SUBSCRIPTION %1$s CONNECTION 'host=localhost' PUBLICATION p WITH (connect = false, slot_name = NONE)"
            .formatted(FORWARD));
    assertThatThrownBy(() -> replicator.copyAndStream(spec, Direction.FORWARD, _ -> {}))
        .isInstanceOf(ReplicationFailed.class)
        .hasMessageContaining("Expected no subscription '%s'".formatted(FORWARD));
    asFencer(PAIR.target(), "DROP SUBSCRIPTION " + FORWARD);
  }

  @Test
  void shouldGoOnWithTheRowsThatAreThereWhenTheCopyWasCutOff() throws Exception {
    // given: the servers copy into a table that is locked
    try (Connection blocker = PAIR.target().connect("postgres")) {
      blocker.setAutoCommit(false);
      PostgresSql.execute(blocker, "LOCK TABLE orders IN SHARE MODE");
      Thread copying =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      replicator.copyAndStream(spec, Direction.FORWARD, _ -> {});
                    } catch (InterruptedException | ReplicationFailed e) {
                      // cut off
                    }
                  });
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () ->
                  PostgresSql.query(
                          blocker, "SELECT 1 FROM pg_subscription_rel WHERE srsubstate = 'd'")
                      .isPresent());
      copying.interrupt();
      copying.join();
      blocker.rollback();
    }
    // when
    replicator.copyAndStream(spec, Direction.FORWARD, _ -> {});
    drain(Direction.FORWARD, "there");
    // then
    assertEqualRows();
  }

  @Test
  void shouldLeaveNothingWhenDropped() throws Exception {
    // given
    startBoth();
    // when
    replicator.drop(spec);
    // then
    for (PostgresPair.Server server : List.of(PAIR.source(), PAIR.target())) {
      try (Connection admin = server.connect("postgres")) {
        assertThat(PostgresSql.texts(admin, "SELECT slot_name FROM pg_replication_slots"))
            .isEmpty();
        assertThat(PostgresSql.texts(admin, "SELECT subname FROM pg_subscription")).isEmpty();
        assertThat(PostgresSql.texts(admin, "SELECT pubname FROM pg_publication")).isEmpty();
        assertThat(
                PostgresSql.texts(
                    admin, "SELECT roname FROM pg_replication_origin WHERE roname LIKE 'cutover%'"))
            .isEmpty();
      }
    }
  }

  @Test
  void shouldRefuseAServerThatWouldWriteThePasswordDownAndNameTheSetting() throws Exception {
    // given
    PAIR.target().execute("ALTER ROLE cutover_applier SET log_statement = 'all'");
    try {
      // when / then
      assertThatThrownBy(() -> replicator.copyAndStream(spec, Direction.FORWARD, _ -> {}))
          .isInstanceOf(ReplicationFailed.class)
          .hasMessageContaining("log_parameter_max_length would have it written down")
          .hasMessageContaining("GRANT SET ON PARAMETER log_parameter_max_length");
      PAIR.target().execute("GRANT SET ON PARAMETER log_parameter_max_length TO cutover_applier");
      replicator.copyAndStream(spec, Direction.FORWARD, _ -> {});
      drain(Direction.FORWARD, "there");
      assertEqualRows();
    } finally {
      PAIR.target().execute("ALTER ROLE cutover_applier RESET log_statement");
      PAIR.target()
          .execute("REVOKE SET ON PARAMETER log_parameter_max_length FROM cutover_applier");
    }
  }
}
