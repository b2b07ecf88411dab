package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ExternalForward;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.TableName;
import dev.cutover.runtime.Credentials;
import dev.cutover.sync.domain.Replicator.DrainTimedOut;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A tool of somebody else's brings the rows: here a subscription that was made by hand. */
class ExternalStreamIT {
  @RegisterExtension static final PostgresPair PAIR = new PostgresPair();
  @RegisterExtension static final KafkaBroker KAFKA = new KafkaBroker();

  private static final TableName ORDERS = new TableName("public", "orders");
  private static final String FIRST_COPY =
      "SELECT count(*) = 0 FROM pg_subscription_rel WHERE srsubstate <> 'r'";

  private final PostgresConnections connections =
      new PostgresConnections(Credentials.of(PostgresPair.credentials("shop")));
  private final ReplicationSpec rows =
      new ReplicationSpec(
          "shop", endpoint(PAIR.source()), endpoint(PAIR.target()), List.of(ORDERS), true, 1000);
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
      as(server, "cutover_fencer", "DROP SCHEMA IF EXISTS cutover CASCADE");
      as(server, "cutover_fencer", "DROP TABLE IF EXISTS orders");
      as(server, "cutover_fencer", "CREATE TABLE orders(id bigint PRIMARY KEY, note text)");
    }
    PAIR.source().execute("INSERT INTO orders SELECT i, 'first' FROM generate_series(1, 1000) i");
    PostgresCutoverSchema cutover = new PostgresCutoverSchema(connections);
    StepRef step = new StepRef(new CutoverId("shop-1"), "prepare", 1);
    assertThat(cutover.install(rows.source(), Side.SOURCE, step, 1).faults()).isEmpty();
    assertThat(cutover.install(rows.target(), Side.TARGET, step, 1).faults()).isEmpty();
  }

  @AfterEach
  void drop() throws Exception {
    as(PAIR.target(), "cutover_fencer", "DROP SUBSCRIPTION IF EXISTS tool");
    as(PAIR.source(), "cutover_fencer", "DROP PUBLICATION IF EXISTS tool");
    replicator.drop(rows);
    replicator.close();
  }

  private static void as(PostgresPair.Server server, String user, String sql) throws SQLException {
    try (Connection connection = server.connect(user)) {
      PostgresSql.execute(connection, sql);
    }
  }

  /** The tool, as the applier; returns the origin under which it writes. */
  private static String makeTool(String tables) throws SQLException {
    as(PAIR.source(), "cutover_fencer", "CREATE PUBLICATION tool FOR TABLE " + tables);
    as(
        PAIR.target(),
        "cutover_applier",
        "CREATE SUBSCRIPTION tool CONNECTION '%s' PUBLICATION tool WITH (origin = none, run_as_owner = true)"
            .formatted(
                PostgresSubscription.connection(
                        endpoint(PAIR.source()), "cutover_applier", "cutover_applier")
                    .replace("'", "''")));
    return ask(PAIR.target(), "SELECT 'pg_' || oid FROM pg_subscription WHERE subname = 'tool'");
  }

  private static String ask(PostgresPair.Server server, String sql) throws SQLException {
    try (Connection connection = server.connect("postgres")) {
      return PostgresSql.query(connection, sql).orElseThrow();
    }
  }

  private ReplicationSpec by(String origin, String query) {
    return rows.by(
        new ExternalForward(origin, new ExternalForward.CaughtUp(Side.TARGET, query, "t")));
  }

  private void drain(ReplicationSpec spec, Direction direction, String id, Duration patience)
      throws Exception {
    PostgresPair.Server captured = direction == Direction.FORWARD ? PAIR.source() : PAIR.target();
    try (Connection applier = captured.connect("cutover_applier")) {
      PostgresSql.update(applier, "INSERT INTO cutover.marker VALUES (?, clock_timestamp())", id);
    }
    replicator.awaitMarker(spec, direction, id, Instant.now().plus(patience));
  }

  private void drain(ReplicationSpec spec, Direction direction, String id) throws Exception {
    drain(spec, direction, id, Duration.ofSeconds(60));
  }

  private static void assertEqualRows(int count) throws SQLException {
    String all =
        "SELECT count(*) || ' ' || md5(string_agg(o::text, ';' ORDER BY id)) FROM orders o";
    assertThat(ask(PAIR.target(), all)).isEqualTo(ask(PAIR.source(), all)).startsWith(count + " ");
  }

  @Test
  void shouldDrainToAMarkerThatTheToolCarriesAndComeBackInNoCircle() throws Exception {
    // given a query for the first copy alone: where markers come, they prove the rest
    ReplicationSpec spec = by(makeTool("orders, cutover.marker"), FIRST_COPY);
    List<String> faults = new ArrayList<>();
    var _ =
        new PostgresServerCheck(connections, spec, Side.TARGET).examine(faults, new ArrayList<>());
    assertThat(faults).isEmpty(); // the tool's own subscription is none

    // when
    replicator.copyAndStream(spec, Direction.FORWARD, _ -> {});
    drain(spec, Direction.FORWARD, "copied");
    replicator.copyAndStream(spec, Direction.REVERSE, _ -> {});
    PAIR.source().execute("UPDATE orders SET note = 'changed' WHERE id <= 10");
    PAIR.source().execute("INSERT INTO orders SELECT i, 'more' FROM generate_series(1001, 2000) i");
    drain(spec, Direction.FORWARD, "there");
    assertEqualRows(2000);
    as(PAIR.target(), "cutover_applier", "INSERT INTO orders VALUES (3000, 'of the target')");
    as(PAIR.target(), "cutover_applier", "UPDATE orders SET note = 'on it' WHERE id = 20");
    as(PAIR.target(), "cutover_applier", "DELETE FROM orders WHERE id = 21");
    drain(spec, Direction.REVERSE, "back");
    PAIR.source().execute("INSERT INTO orders VALUES (4000, 'again')");
    drain(spec, Direction.FORWARD, "again");
    drain(spec, Direction.REVERSE, "nothing");

    // then
    assertEqualRows(2001);
    assertThat(replicator.health(spec, Direction.FORWARD).running()).isTrue();
    assertThat(replicator.health(spec, Direction.FORWARD).lagMs()).isLessThan(10_000);
    assertThat(replicator.health(spec, Direction.REVERSE).error()).isEmpty();
    assertThat(replicator.health(spec, Direction.REVERSE).conflicts()).isZero();
  }

  @Test
  void shouldDrainByTheQueryWhereTheToolCarriesNoMarkers() throws Exception {
    // given
    ReplicationSpec spec =
        by(makeTool("orders"), "SELECT count(*) = 1500 FROM orders /* what the source has */");
    replicator.copyAndStream(spec, Direction.FORWARD, _ -> {});

    // when it is not caught up
    assertThatThrownBy(() -> drain(spec, Direction.FORWARD, "early", Duration.ofSeconds(3)))
        .isInstanceOf(DrainTimedOut.class)
        .hasMessageContaining("the query on the target answers 'f', where 't' is expected");

    // then when it is
    PAIR.source().execute("INSERT INTO orders SELECT i, 'more' FROM generate_series(1001, 1500) i");
    drain(spec, Direction.FORWARD, "there");
    assertEqualRows(1500);
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> replicator.health(spec, Direction.FORWARD).lagMs() < 2_000);
  }

  @Test
  void shouldDrainByAQueryForAPosition() throws Exception {
    // given
    ReplicationSpec spec =
        rows.by(
            new ExternalForward(
                makeTool("orders"),
                new ExternalForward.CaughtUp(
                    Side.SOURCE,
                    "SELECT confirmed_flush_lsn >= :position FROM pg_replication_slots WHERE slot_name = 'tool'",
                    "t")));
    await().atMost(Duration.ofSeconds(30)).until(() -> ask(PAIR.target(), FIRST_COPY).equals("t"));
    replicator.copyAndStream(spec, Direction.FORWARD, _ -> {});
    PAIR.source().execute("INSERT INTO orders SELECT i, 'more' FROM generate_series(1001, 9000) i");

    // when
    drain(spec, Direction.FORWARD, "there");

    // then
    assertEqualRows(9000);
  }

  @Test
  void shouldChangeNothingWhateverTheQueryIs() throws Exception {
    // given
    ReplicationSpec spec = by("some_tool", "DELETE FROM orders RETURNING true");
    replicator.copyAndStream(spec, Direction.FORWARD, _ -> {});

    // when / then
    assertThatThrownBy(() -> drain(spec, Direction.FORWARD, "never", Duration.ofSeconds(10)))
        .isInstanceOf(ReplicationFailed.class)
        .hasMessageContaining("read-only transaction");
  }
}
