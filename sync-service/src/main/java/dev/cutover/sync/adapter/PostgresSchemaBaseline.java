package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import dev.cutover.sync.domain.SchemaBaseline;
import dev.cutover.sync.domain.SchemaDrift;
import dev.cutover.sync.domain.SchemaFact;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The baseline in {@code cutover.baseline} and {@code cutover.schema_fact}. */
public final class PostgresSchemaBaseline implements SchemaBaseline {
  private static final String HASH =
      "SELECT md5(string_agg(subject || E'\\n' || part || E'\\n' || definition, E'\\n'"
          + " ORDER BY subject, part)) FROM (%s) f".formatted(SchemaFactsSql.FACTS);

  private final PostgresConnections connections;

  public PostgresSchemaBaseline(PostgresConnections connections) {
    this.connections = connections;
  }

  @Override
  public void keep(DatabaseEndpoint database, List<TableName> tables, long epoch)
      throws GateRefused {
    try (PostgresSession fencer = open(database)) {
      String[] names = names(tables);
      fencer.transact(
          () -> {
            if (fencer.isTrue(
                "SELECT EXISTS (SELECT FROM cutover.baseline WHERE epoch >= ?)", epoch)) {
              return;
            }
            fencer.execute("DELETE FROM cutover.schema_fact");
            fencer.execute(
                "INSERT INTO cutover.schema_fact " + SchemaFactsSql.FACTS, (Object) names);
            fencer.execute(
                "INSERT INTO cutover.baseline VALUES (true, ?, ?, clock_timestamp())"
                    + " ON CONFLICT (one) DO UPDATE SET epoch = excluded.epoch,"
                    + " hash = excluded.hash, at = excluded.at",
                epoch,
                fencer.text(HASH, (Object) names));
          });
    } catch (SQLException e) {
      throw WriterTable.refusal(database, e);
    }
  }

  @Override
  public List<String> drifts(DatabaseEndpoint database, List<TableName> tables) throws GateRefused {
    try (PostgresSession fencer = open(database)) {
      String[] names = names(tables);
      Optional<String> kept =
          fencer.one(row -> row.getString(1), "SELECT hash FROM cutover.baseline");
      if (kept.isEmpty()) {
        throw new GateRefused(
            Reason.NOT_PREPARED,
            "Expected the schema of %s as it was when the replication was prepared, but it was not kept: prepare again"
                .formatted(database.address()));
      }
      if (kept.get().equals(fencer.text(HASH, (Object) names))) {
        return List.of();
      }
      return SchemaDrift.between(
          facts(fencer, "SELECT subject, part, definition FROM cutover.schema_fact"),
          facts(fencer, SchemaFactsSql.FACTS, (Object) names));
    } catch (SQLException e) {
      throw WriterTable.refusal(database, e);
    }
  }

  private static List<SchemaFact> facts(PostgresSession session, String sql, Object... parameters)
      throws SQLException {
    return session.list(
        row -> new SchemaFact(row.getString(1), row.getString(2), row.getString(3)),
        sql,
        parameters);
  }

  // Names in definitions are printed as the search path wants them, so it is pinned.
  private PostgresSession open(DatabaseEndpoint database) throws SQLException {
    PostgresSession session = PostgresSession.open(connections, database, DatabaseRole.FENCER);
    session.execute("SET search_path = pg_catalog");
    session.execute("SET lock_timeout = '2s'");
    return session;
  }

  private static String[] names(List<TableName> tables) {
    return tables.stream().map(TableName::toString).toArray(String[]::new);
  }
}
