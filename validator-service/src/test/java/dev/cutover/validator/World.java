package dev.cutover.validator;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.TableName;
import dev.cutover.runtime.Credentials;
import dev.cutover.runtime.Pace;
import dev.cutover.testkit.PostgresPair;
import dev.cutover.validator.adapter.PostgresSessions;
import dev.cutover.validator.adapter.PostgresTableReader;
import dev.cutover.validator.domain.ReadFailed;
import dev.cutover.validator.domain.TableFindings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A pair of real databases and readers of both, as the service has them. */
final class World implements AutoCloseable {
  static final String CREDENTIAL = "shop";
  static final String REPLICATION = "shop";
  final PostgresPair pair;
  final PostgresSessions sessions =
      new PostgresSessions(Credentials.of(PostgresPair.credentials(CREDENTIAL)), 4);

  World(PostgresPair pair) {
    this.pair = pair;
  }

  static DatabaseEndpoint endpoint(PostgresPair.Server server) {
    return new DatabaseEndpoint(server.host(), server.port(), PostgresPair.DATABASE, CREDENTIAL);
  }

  void onBoth(String sql) {
    pair.source().execute(sql);
    pair.target().execute(sql);
  }

  /** A new table with the same rows on both sides. */
  TableName table(String name, String columns, String fill) {
    onBoth(
        "DROP TABLE IF EXISTS %s; CREATE TABLE %s (%s); %s; ANALYZE %s"
            .formatted(name, name, columns, fill, name));
    return TableName.parse(name);
  }

  /** So that it is read in several ranges; by what the servers take it for. */
  void takenForLarge(TableName table) {
    onBoth(
        "UPDATE pg_class SET reltuples = 1e8 WHERE oid = '%s'::regclass".formatted(table.name()));
  }

  PostgresTableReader reader(PostgresPair.Server server) {
    DatabaseEndpoint endpoint = endpoint(server);
    return new PostgresTableReader(
        sessions.to(endpoint), endpoint.address(), Duration.ofSeconds(30));
  }

  Sides sides() {
    return new Sides(reader(pair.source()), reader(pair.target()), REPLICATION);
  }

  /** As after a switch: what leads is the target, whose changes come to the source. */
  Sides switchedSides() {
    return new Sides(
        reader(pair.target()), reader(pair.source()), REPLICATION, Direction.REVERSE, Pace.MACHINE);
  }

  /** Compares with a short settling time, because nothing streams. */
  TableFindings compare(TableName table) throws ReadFailed, InterruptedException {
    return compare(table, Duration.ofMillis(100), Duration.ofSeconds(5));
  }

  TableFindings compare(TableName table, Duration settle, Duration settleMax)
      throws ReadFailed, InterruptedException {
    InstantSource clock = InstantSource.system();
    return TableComparison.read(
            sides(),
            table,
            new Patience(sides(), settle, clock),
            clock,
            settleMax,
            Instant.now().plusSeconds(60))
        .settled();
  }

  @Override
  public void close() {
    sessions.close();
  }
}
