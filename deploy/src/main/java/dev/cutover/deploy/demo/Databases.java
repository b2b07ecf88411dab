package dev.cutover.deploy.demo;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Side;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * Two real PostgreSQL servers that the demonstration starts for itself: durable commits, logical
 * decoding, prepared transactions allowed, autovacuum at work several times in an act. Both have
 * the shop's tables, only the source has rows.
 */
public final class Databases implements AutoCloseable {
  private static final String NAME = "shop";

  /** The role in the credentials file and the login that stands for it. */
  private static final Map<String, String> LOGINS =
      Map.of(
          "fencer",
          "cutover_fencer",
          "applier",
          "cutover_applier",
          "reader",
          "cutover_reader",
          "application",
          "shop");

  private final Map<String, String> passwords = new TreeMap<>();
  private final EmbeddedPostgres source;
  private final EmbeddedPostgres target;

  /** Starts both servers beside each other. */
  Databases(Path directory) {
    SecureRandom random = new SecureRandom();
    for (String login : LOGINS.values()) {
      byte[] password = new byte[16];
      random.nextBytes(password);
      passwords.put(login, HexFormat.of().formatHex(password));
    }
    CompletableFuture<EmbeddedPostgres> first =
        CompletableFuture.supplyAsync(() -> start(directory.resolve("postgres-source")));
    this.target = start(directory.resolve("postgres-target"));
    this.source = first.join();
    run(Side.SOURCE, "/demo/stock.sql");
  }

  /** The shop's database of a side. */
  public DatabaseEndpoint endpoint(Side side) {
    return new DatabaseEndpoint("127.0.0.1", server(side).getPort(), NAME, credential(side));
  }

  /** The same for JDBC. */
  public String url(Side side) {
    return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(server(side).getPort(), NAME);
  }

  /** Connects with all rights. */
  public Connection connect(Side side) throws SQLException {
    return DriverManager.getConnection(url(side), "postgres", "postgres");
  }

  /** The login of the shop itself. */
  public String applicationUser() {
    return "shop";
  }

  /** Its password. */
  public String applicationPassword() {
    return password("shop");
  }

  /**
   * Returns entries for a credentials file: {@code <name>.<role>.user} and {@code .password}, for
   * both sides.
   */
  Map<String, String> credentials() {
    Map<String, String> entries = new TreeMap<>();
    for (Side side : Side.values()) {
      LOGINS.forEach(
          (role, login) -> {
            entries.put(credential(side) + "." + role + ".user", login);
            entries.put(credential(side) + "." + role + ".password", password(login));
          });
    }
    return entries;
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

  private EmbeddedPostgres server(Side side) {
    return side == Side.SOURCE ? source : target;
  }

  private String password(String login) {
    String password = passwords.get(login);
    if (password == null) {
      throw new IllegalArgumentException("expected a login of the demonstration, but got " + login);
    }
    return password;
  }

  private static String credential(Side side) {
    return "shop-" + side.name().toLowerCase(Locale.ROOT);
  }

  private EmbeddedPostgres start(Path directory) {
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
              .setServerConfig("max_connections", "200")
              .setServerConfig("autovacuum", "on")
              .setServerConfig("autovacuum_naptime", "15s")
              .setServerConfig("autovacuum_vacuum_threshold", "50")
              .setServerConfig("autovacuum_vacuum_scale_factor", "0.01")
              .setServerConfig("autovacuum_analyze_threshold", "50")
              .setServerConfig("autovacuum_analyze_scale_factor", "0.01")
              .start();
      String admin = "jdbc:postgresql://127.0.0.1:%d/".formatted(server.getPort());
      try (Connection connection =
              DriverManager.getConnection(admin + "postgres", "postgres", "postgres");
          Statement statement = connection.createStatement()) {
        for (String login : LOGINS.values()) {
          statement.execute("CREATE ROLE %s LOGIN PASSWORD '%s'".formatted(login, password(login)));
        }
        statement.execute("ALTER ROLE cutover_fencer SUPERUSER");
        statement.execute("ALTER ROLE cutover_applier REPLICATION");
        statement.execute("GRANT pg_read_all_data, pg_write_all_data TO cutover_applier");
        statement.execute("GRANT SET ON PARAMETER session_replication_role TO cutover_applier");
        statement.execute("GRANT pg_read_all_data TO cutover_reader");
        statement.execute("CREATE DATABASE " + NAME);
      }
      try (Connection connection =
          DriverManager.getConnection(admin + NAME, "postgres", "postgres")) {
        run(connection, "/demo/shop.sql");
      }
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Expected a PostgreSQL server to start in " + directory + ", but: " + e.getMessage(), e);
    } catch (SQLException e) {
      throw new IllegalStateException(
          "Expected the shop's database to be made, but: " + e.getMessage(), e);
    }
  }

  private void run(Side side, String script) {
    try (Connection connection = connect(side)) {
      run(connection, script);
    } catch (SQLException e) {
      throw new IllegalStateException("Expected " + script + " to run, but: " + e.getMessage(), e);
    }
  }

  private static void run(Connection connection, String script) throws SQLException {
    try (InputStream in = Databases.class.getResourceAsStream(script);
        Statement statement = connection.createStatement()) {
      if (in == null) {
        throw new IllegalStateException(
            "expected " + script + " in the program, but it is not there");
      }
      statement.execute(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
