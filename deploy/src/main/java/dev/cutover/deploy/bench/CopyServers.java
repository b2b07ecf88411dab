package dev.cutover.deploy.bench;

import dev.cutover.contract.CopyTerms;
import dev.cutover.contract.CopyTerms.SchemaOrigin;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.TableName;
import dev.cutover.runtime.Credentials;
import dev.cutover.sync.adapter.PostgresConnections;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Two servers: one with a database for each load, the other with one that is made anew each time.
 */
final class CopyServers implements AutoCloseable {
  private static final String TARGET = "bench_target";

  private final EmbeddedPostgres source;
  private final EmbeddedPostgres target;

  CopyServers(Path programs, Path directory) throws IOException {
    source = InstalledPostgres.start(programs, directory.resolve("source"));
    target = InstalledPostgres.start(programs, directory.resolve("target"));
  }

  private static String database(CopyLoad load) {
    return "bench_" + load.name().toLowerCase(java.util.Locale.ROOT);
  }

  void fill(CopyLoad load, int size) throws SQLException {
    execute(source, "postgres", "CREATE DATABASE " + database(load));
    execute(source, database(load), load.sql(size));
    execute(source, database(load), "VACUUM ANALYZE");
    execute(source, database(load), "CHECKPOINT");
  }

  /** An empty target, and nothing left to be written of what was before. */
  void renew() throws SQLException {
    execute(target, "postgres", "DROP DATABASE IF EXISTS %s (FORCE)".formatted(TARGET));
    execute(target, "postgres", "CREATE DATABASE " + TARGET);
    execute(target, "postgres", "CHECKPOINT");
  }

  String sourceUri(CopyLoad load) {
    return uri(source, database(load));
  }

  String targetUri() {
    return uri(target, TARGET);
  }

  private static String uri(EmbeddedPostgres server, String database) {
    return "postgresql://postgres:postgres@127.0.0.1:%d/%s".formatted(server.getPort(), database);
  }

  ReplicationSpec spec(CopyLoad load) {
    return new ReplicationSpec(
        "bench",
        new DatabaseEndpoint("127.0.0.1", source.getPort(), database(load), "bench"),
        new DatabaseEndpoint("127.0.0.1", target.getPort(), TARGET, "bench"),
        load.tables().stream().map(table -> new TableName("public", table)).toList(),
        true,
        1000,
        Optional.of(new CopyTerms(SchemaOrigin.CARRY, Optional.empty(), Optional.empty())));
  }

  PostgresConnections connections() {
    return new PostgresConnections(
        Credentials.of(
            Map.of(
                "bench.fencer.user", "postgres",
                "bench.fencer.password", "postgres",
                "bench.applier.user", "postgres",
                "bench.applier.password", "postgres")));
  }

  /** What is not on the target as it is on the source: rows, indexes, constraints. */
  List<String> differences(CopyLoad load, boolean isByContent) throws SQLException {
    List<String> differences = new ArrayList<>();
    List<String> queries = new ArrayList<>();
    for (String table : load.tables()) {
      queries.add(
          isByContent
              ? "SELECT count(*) || ' ' || COALESCE(sum(hashtextextended(t::text, 7)::numeric), 0) FROM %s t"
                  .formatted(table)
              : "SELECT count(*)::text FROM " + table);
      queries.add(
          "SELECT count(*)::text FROM pg_index WHERE indisvalid AND indrelid = '%s'::regclass"
              .formatted(table));
    }
    if (isByContent) {
      queries.add(
          "SELECT string_agg(pg_get_constraintdef(oid), ', ' ORDER BY conname) FROM pg_constraint WHERE connamespace = 'public'::regnamespace");
      queries.add(
          "SELECT string_agg(DISTINCT tablename, ', ') FROM pg_stats WHERE schemaname = 'public'");
    }
    for (String query : queries) {
      String expected = ask(source, database(load), query);
      String found = ask(target, TARGET, query);
      if (!expected.equals(found)) {
        differences.add(
            "Expected %s of the source, but the target has %s: %s"
                .formatted(expected, found, query));
      }
    }
    return differences;
  }

  private static String ask(EmbeddedPostgres server, String database, String sql)
      throws SQLException {
    try (Connection connection = connect(server, database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return String.valueOf(row.getString(1));
    }
  }

  private static void execute(EmbeddedPostgres server, String database, String sql)
      throws SQLException {
    try (Connection connection = connect(server, database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static Connection connect(EmbeddedPostgres server, String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(server.getPort(), database),
        "postgres",
        "postgres");
  }

  @Override
  public void close() {
    try {
      source.close();
      target.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
