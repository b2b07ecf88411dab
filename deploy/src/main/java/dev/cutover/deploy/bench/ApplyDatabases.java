package dev.cutover.deploy.bench;

import dev.cutover.contract.DatabaseEndpoint;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Two real PostgreSQL servers with durable commits: one with the source, the other with a database
 * for each way of applying.
 */
final class ApplyDatabases implements AutoCloseable {
  /** A database of the comparison. */
  enum Name {
    /** What all others follow. */
    SOURCE,
    /** Followed by the product. */
    CUTOVER,
    /** Followed by PostgreSQL's logical replication. */
    SUBSCRIBER,
    /** Applied to row by row. */
    ROWS
  }

  private static final Map<String, String> LOGINS =
      Map.of(
          "fencer", "cutover_fencer",
          "applier", "cutover_applier",
          "reader", "cutover_reader");

  private final EmbeddedPostgres source;
  private final EmbeddedPostgres target;

  /** Starts both servers and makes the tables; only the source has rows. */
  ApplyDatabases(Path directory) throws SQLException {
    source = start(directory.resolve("postgres-source"));
    target = start(directory.resolve("postgres-target"));
    for (Name name : Name.values()) {
      try (Connection server =
          DriverManager.getConnection(
              "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(server(name).getPort()),
              "postgres",
              "postgres")) {
        execute(server, "CREATE DATABASE " + database(name));
      }
      execute(name, ApplyWorkload.TABLES);
      execute(name, "GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC");
    }
    for (Name name : List.of(Name.SOURCE, Name.ROWS)) {
      execute(name, ApplyWorkload.ROWS_BEFORE);
      execute(name, "ANALYZE");
    }
  }

  private static EmbeddedPostgres start(Path directory) throws SQLException {
    try {
      EmbeddedPostgres server =
          EmbeddedPostgres.builder()
              .setDataDirectory(directory)
              .setServerConfig("wal_level", "logical")
              .setServerConfig("fsync", "on")
              .setServerConfig("synchronous_commit", "on")
              .setServerConfig("max_prepared_transactions", "10")
              .setPGStartupWait(Duration.ofMinutes(1)) // machines are busy
              .setServerConfig("max_replication_slots", "10")
              .setServerConfig("max_wal_senders", "10")
              .setServerConfig("max_wal_size", "4GB")
              .setServerConfig("shared_buffers", "256MB")
              .setServerConfig("wal_retrieve_retry_interval", "100ms")
              .start();
      try (Connection connection =
          DriverManager.getConnection(
              "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(server.getPort()),
              "postgres",
              "postgres")) {
        for (String login : LOGINS.values()) {
          execute(connection, "CREATE ROLE %1$s LOGIN PASSWORD '%1$s'".formatted(login));
        }
        execute(
            connection,
            """
            ALTER ROLE cutover_fencer SUPERUSER; ALTER ROLE cutover_applier REPLICATION;
            GRANT pg_read_all_data, pg_write_all_data TO cutover_applier;
            GRANT SET ON PARAMETER session_replication_role TO cutover_applier;
            GRANT pg_read_all_data TO cutover_reader""");
      }
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Expected a PostgreSQL server to start in " + directory + ", but: " + e.getMessage(), e);
    }
  }

  int port(Name name) {
    return server(name).getPort();
  }

  DatabaseEndpoint endpoint(Name name) {
    return new DatabaseEndpoint("127.0.0.1", port(name), database(name), "bench");
  }

  /** Entries of a credentials file for {@link #endpoint}. */
  Map<String, String> credentials() {
    Map<String, String> entries = new TreeMap<>();
    LOGINS.forEach(
        (role, login) -> {
          entries.put("bench.%s.user".formatted(role), login);
          entries.put("bench.%s.password".formatted(role), login);
        });
    return entries;
  }

  /** Connects with all rights. */
  Connection connect(Name name) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s?reWriteBatchedInserts=true"
            .formatted(port(name), database(name)),
        "postgres",
        "postgres");
  }

  void execute(Name name, String sql) throws SQLException {
    try (Connection connection = connect(name)) {
      execute(connection, sql);
    }
  }

  /** True if the query has a row. */
  boolean finds(Name name, String sql) throws SQLException {
    try (Connection connection = connect(name)) {
      return finds(connection, sql);
    }
  }

  static boolean finds(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next();
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Tables whose number of rows or checksum is not the source's, in words. */
  List<String> differences(Name name, List<String> tables) throws SQLException {
    List<String> differences = new ArrayList<>();
    for (String table : tables) {
      String expected = sum(Name.SOURCE, table);
      String found = sum(name, table);
      if (!expected.equals(found)) {
        differences.add(
            "Expected table %s of %s to have rows and checksum %s as the source, but it has %s"
                .formatted(table, database(name), expected, found));
      }
    }
    return differences;
  }

  private String sum(Name name, String table) throws SQLException {
    try (Connection connection = connect(name);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT count(*) || ' ' || COALESCE(sum(hashtextextended(t::text, 7)::numeric), 0) FROM %s t"
                    .formatted(table))) {
      rows.next();
      return rows.getString(1);
    }
  }

  private EmbeddedPostgres server(Name name) {
    return name == Name.SOURCE ? source : target;
  }

  private static String database(Name name) {
    return switch (name) {
      case SOURCE -> "bench_source";
      case CUTOVER -> "bench_cutover";
      case SUBSCRIBER -> "bench_subscriber";
      case ROWS -> "bench_rows";
    };
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
