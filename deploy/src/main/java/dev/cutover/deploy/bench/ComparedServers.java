package dev.cutover.deploy.bench;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.TableName;
import dev.cutover.runtime.Credentials;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Two servers with the same narrow and wide rows. */
final class ComparedServers implements AutoCloseable {
  static final String NARROW = "narrow";
  static final String WIDE = "wide";
  private static final String DATABASE = "postgres";
  private static final String LOGIN = "postgres";

  private final EmbeddedPostgres source;
  private final EmbeddedPostgres target;

  ComparedServers(Path programs, Path directory) throws IOException {
    source = InstalledPostgres.start(programs, directory.resolve("source"));
    target = InstalledPostgres.start(programs, directory.resolve("target"));
  }

  /**
   * The same rows on both, as they are after a copy, in the order of their keys; with the position
   * of a stream that has caught up.
   */
  void fill(long narrowRows, long wideRows) throws SQLException, InterruptedException {
    onBoth(
        """
        CREATE TABLE narrow(id bigint NOT NULL, customer int NOT NULL, total numeric(12,2) NOT NULL, state text);
        CREATE TABLE wide(id bigint NOT NULL, customer int NOT NULL, code uuid NOT NULL, amount numeric(14,2),
          ratio double precision, born date, made timestamptz NOT NULL, is_open boolean, tags text[], data jsonb, raw bytea,
          a text, b text, c text, words text);
        INSERT INTO narrow SELECT g, g %% 10000, g / 7.0, 'state ' || g %% 7 FROM generate_series(1, %1$d) g;
        INSERT INTO wide SELECT g, g %% 10000, md5(g::text)::uuid, g / 7.0, g / 11.0, date '2000-01-01' + (g %% 9000)::int,
          timestamptz '2020-01-01' + g * interval '1 second', g %% 2 = 0, ARRAY['t' || g %% 10, 'u' || g %% 20],
          jsonb_build_object('id', g, 'name', md5(g::text), 'list', ARRAY[g, g + 1]), decode(md5(g::text), 'hex'),
          repeat(md5(g::text), 3), md5((g + 1)::text), NULL, repeat('o', (g %% 200)::int) FROM generate_series(1, %2$d) g;
        CREATE SCHEMA cutover;
        CREATE TABLE cutover.position(stream text, lsn pg_lsn);
        INSERT INTO cutover.position VALUES ('cutover_bench_forward', '7FFFFFFF/0');
        ALTER TABLE narrow ADD PRIMARY KEY (id);
        ALTER TABLE wide ADD PRIMARY KEY (id);
        """
            .formatted(narrowRows, wideRows));
    onBoth("VACUUM ANALYZE");
    onBoth("CHECKPOINT");
  }

  void onBoth(String sql) throws SQLException, InterruptedException {
    onEach(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
          }
          return 0L;
        });
  }

  void onTarget(String sql) throws SQLException {
    try (Connection connection = connect(target);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** One scan a side, both at the same time; the answers are told apart by nobody. */
  void ask(String sql) throws SQLException, InterruptedException {
    onEach(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            // as the validator does: no more of a production server than one core
            statement.execute("SET max_parallel_workers_per_gather = 0");
            try (ResultSet row = statement.executeQuery(sql)) {
              row.next();
              return row.getBigDecimal(1).longValue();
            }
          }
        });
  }

  @FunctionalInterface
  private interface Work {
    long on(Connection connection) throws SQLException;
  }

  private void onEach(Work work) throws SQLException, InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Long> there =
          threads.submit(
              () -> {
                try (Connection connection = connect(target)) {
                  return work.on(connection);
                }
              });
      try (Connection connection = connect(source)) {
        work.on(connection);
      }
      there.get();
    } catch (ExecutionException e) {
      throw new SQLException(e.getCause());
    }
  }

  Connection source() throws SQLException {
    return connect(source);
  }

  Connection target() throws SQLException {
    return connect(target);
  }

  private static Connection connect(EmbeddedPostgres server) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(server.getPort(), DATABASE), LOGIN, LOGIN);
  }

  Map<String, String> uris() {
    return Map.of("SOURCE", uri(source), "TARGET", uri(target));
  }

  private static String uri(EmbeddedPostgres server) {
    return "postgresql://%s:%s@127.0.0.1:%d/%s".formatted(LOGIN, LOGIN, server.getPort(), DATABASE);
  }

  ReplicationSpec spec() {
    return new ReplicationSpec(
        "bench",
        new DatabaseEndpoint("127.0.0.1", source.getPort(), DATABASE, "bench"),
        new DatabaseEndpoint("127.0.0.1", target.getPort(), DATABASE, "bench"),
        List.of(new TableName("public", NARROW), new TableName("public", WIDE)),
        true,
        1000);
  }

  static Credentials credentials() {
    return Credentials.of(Map.of("bench.reader.user", LOGIN, "bench.reader.password", LOGIN));
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
