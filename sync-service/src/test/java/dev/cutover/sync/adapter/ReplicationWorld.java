package dev.cutover.sync.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.TableName;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Topics;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.testkit.KafkaBroker;
import dev.cutover.testkit.PostgresPair;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Two servers, a broker, and a replication of tables that a test makes in a schema of its own. */
final class ReplicationWorld implements AutoCloseable {
  private static final AtomicInteger WORLDS = new AtomicInteger();

  final String schema = "w" + WORLDS.incrementAndGet();
  final PostgresPair pair;
  final ReplicationSpec spec;
  final PostgresConnections connections;
  final PostgresReplicator replicator;
  private final KafkaBroker kafka;
  private final Topics topics;

  /**
   * Makes the tables on both sides and prepares both databases.
   *
   * @param ddl with {@code SCHEMA} where the schema's name belongs
   * @param tables without schema
   */
  ReplicationWorld(PostgresPair pair, KafkaBroker kafka, String ddl, String... tables) {
    this(
        pair,
        kafka,
        new Network(pair.source().port(), pair.target().port(), Patience.USUAL),
        ddl,
        List.of(tables));
  }

  /** How the service reaches the two servers, where that is not directly. */
  record Network(int sourcePort, int targetPort, Patience patience) {}

  ReplicationWorld(
      PostgresPair pair, KafkaBroker kafka, Network network, String ddl, List<String> tables) {
    this.pair = pair;
    this.kafka = kafka;
    connections =
        new PostgresConnections(
            Credentials.of(PostgresPair.credentials("shop")), network.patience());
    spec =
        new ReplicationSpec(
            schema,
            endpoint(network.sourcePort()),
            endpoint(network.targetPort()),
            tables.stream().map(table -> new TableName(schema, table)).toList(),
            true,
            1000);
    for (PostgresPair.Server server : List.of(pair.source(), pair.target())) {
      asFencer(server, "CREATE SCHEMA " + schema);
      asFencer(server, ddl.replace("SCHEMA", schema));
    }
    try {
      PostgresCutoverSchema cutover = new PostgresCutoverSchema(connections);
      StepRef step = new StepRef(new CutoverId("shop-1"), "prepare", 1);
      assertThat(cutover.install(spec.source(), Side.SOURCE, step, 1).faults()).isEmpty();
      assertThat(cutover.install(spec.target(), Side.TARGET, step, 1).faults()).isEmpty();
    } catch (GateRefused e) {
      throw new IllegalStateException(e);
    }
    topics = kafka.topics(1);
    replicator = replicatorLike();
  }

  Topics topics() {
    return topics;
  }

  String kafkaServers() {
    return kafka.bootstrapServers();
  }

  /** Another instance of the service, on the same topics. */
  PostgresReplicator replicatorLike() {
    return new PostgresReplicator(connections, kafka.settings(), topics, 2);
  }

  // The fence of an earlier world refuses everybody else's DDL.
  private static void asFencer(PostgresPair.Server server, String ddl) {
    try (Connection fencer = server.connect("cutover_fencer")) {
      PostgresSql.execute(fencer, ddl);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static DatabaseEndpoint endpoint(int port) {
    return new DatabaseEndpoint("localhost", port, PostgresPair.DATABASE, "shop");
  }

  PostgresPair.Server server(Side side) {
    return side == Side.SOURCE ? pair.source() : pair.target();
  }

  void execute(Side side, String sql) {
    server(side).execute(sql.replace("SCHEMA", schema));
  }

  /** Writes as the applier may on a fenced target, in a way that is not taken for applied. */
  Connection connect(Side side) throws SQLException {
    return server(side).connect(side == Side.SOURCE ? "postgres" : "cutover_applier");
  }

  /** Writes a marker on the captured side and waits for it at the other; returns milliseconds. */
  long drain(Direction direction, String id) throws Exception {
    try (Connection captured = connect(direction.captured())) {
      long startedNanos = System.nanoTime();
      PostgresSql.update(
          captured, "INSERT INTO cutover.marker VALUES (?, clock_timestamp())", schema + id);
      replicator.awaitMarker(
          spec, direction, schema + id, Instant.now().plus(Duration.ofMinutes(4)));
      return (System.nanoTime() - startedNanos) / 1_000_000;
    }
  }

  /** Every column of every row, on both sides, as text. */
  void assertEqualRows() throws SQLException {
    for (TableName table : spec.tables()) {
      List<String> source = rows(Side.SOURCE, table);
      List<String> target = rows(Side.TARGET, table);
      assertThat(target.size()).as("rows of %s", table).isEqualTo(source.size());
      assertThat(target).as("rows of %s", table).isEqualTo(source);
    }
  }

  List<String> rows(Side side, TableName table) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = server(side).connect("postgres");
        var statement = connection.createStatement()) {
      PostgresSql.pin(connection);
      try (var found =
          statement.executeQuery(
              "SELECT t::text FROM %s t ORDER BY 1".formatted(PostgresSql.quote(table)))) {
        while (found.next()) {
          rows.add(found.getString(1));
        }
      }
    }
    return rows;
  }

  TableName table(String name) {
    return new TableName(schema, name);
  }

  @Override
  public void close() {
    try {
      replicator.drop(spec);
    } catch (InterruptedException | ReplicationFailed e) {
      throw new IllegalStateException(e);
    } finally {
      replicator.close();
    }
    for (PostgresPair.Server server : List.of(pair.source(), pair.target())) {
      asFencer(server, "DROP SCHEMA " + schema + " CASCADE");
    }
  }
}
