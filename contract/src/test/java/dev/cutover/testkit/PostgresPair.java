package dev.cutover.testkit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.opentest4j.TestAbortedException;

/**
 * Two real PostgreSQL servers, source and target, each with an empty database {@value #DATABASE}
 * and the roles that services use.
 *
 * <p>As an extension: {@code @RegisterExtension static final PostgresPair PAIR = new
 * PostgresPair();}. By hand: {@link #start} and {@link #close}.
 *
 * <p>Roles (the password of each is its name): {@code postgres} superuser; {@code cutover_fencer}
 * superuser; {@code cutover_applier} replication, reads and writes all data, may set {@code
 * session_replication_role}; {@code cutover_reader} reads all data; {@code shop} owns the database.
 */
public final class PostgresPair implements BeforeAllCallback, AfterAllCallback, AutoCloseable {
  public static final String DATABASE = "shop";

  private static final Map<String, String> USERS =
      Map.of(
          "fencer", "cutover_fencer",
          "applier", "cutover_applier",
          "reader", "cutover_reader",
          "application", "shop");

  private @Nullable Server source;
  private @Nullable Server target;

  /** One server. */
  public record Server(EmbeddedPostgres postgres) {
    public String host() {
      return "localhost";
    }

    public int port() {
      return postgres.getPort();
    }

    public String jdbcUrl() {
      return "jdbc:postgresql://%s:%d/%s".formatted(host(), port(), DATABASE);
    }

    /** Connects as one of the roles above, or as {@code postgres}. */
    public Connection connect(String user) throws SQLException {
      return DriverManager.getConnection(jdbcUrl(), user, user);
    }

    /** Runs statements as the superuser. */
    public void execute(String sql) {
      try (Connection connection = connect("postgres");
          Statement statement = connection.createStatement()) {
        statement.execute(sql);
      } catch (SQLException e) {
        throw new IllegalStateException("%s: %s".formatted(e.getMessage(), sql), e);
      }
    }
  }

  private final boolean isInstalled;
  private final boolean isLogged;

  public PostgresPair() {
    this(false, false);
  }

  private PostgresPair(boolean isInstalled, boolean isLogged) {
    this.isInstalled = isInstalled;
    this.isLogged = isLogged;
  }

  /** Servers whose logs are files, so that {@code pg_current_logfile()} finds them. */
  public static PostgresPair logged() {
    return new PostgresPair(false, true);
  }

  /**
   * Servers of the version that is installed on this machine, so that its programs can read them.
   * Where none is, the tests are skipped with the package to install; with {@code CI=true} they
   * fail.
   */
  public static PostgresPair installed() {
    return new PostgresPair(true, false);
  }

  public synchronized PostgresPair start() {
    if (source == null) {
      Optional<Path> programs = isInstalled ? Optional.of(programs()) : Optional.empty();
      CompletableFuture<Server> first =
          CompletableFuture.supplyAsync(() -> startServer(programs, isLogged));
      target = startServer(programs, isLogged);
      source = first.join();
    }
    return this;
  }

  public synchronized Server source() {
    return Objects.requireNonNull(source, "the pair has not been started");
  }

  public synchronized Server target() {
    return Objects.requireNonNull(target, "the pair has not been started");
  }

  /** Returns entries of a credentials file: {@code <name>.<role>.user} and {@code .password}. */
  public static Map<String, String> credentials(String name) {
    Map<String, String> entries = new TreeMap<>();
    USERS.forEach(
        (role, user) -> {
          entries.put("%s.%s.user".formatted(name, role), user);
          entries.put("%s.%s.password".formatted(name, role), user);
        });
    return entries;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    start();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  @Override
  public synchronized void close() {
    stop(source);
    stop(target);
    source = null;
    target = null;
  }

  private static void stop(@Nullable Server server) {
    if (server != null) {
      try {
        server.postgres().close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Path programs() {
    Path root = Path.of("/usr/lib/postgresql");
    if (Files.isDirectory(root)) {
      try (Stream<Path> versions = Files.list(root)) {
        Optional<Path> found =
            versions
                .map(version -> version.resolve("bin"))
                .filter(
                    programs ->
                        Files.isExecutable(programs.resolve("postgres"))
                            && Files.isExecutable(programs.resolve("pg_dump")))
                .max(Comparator.naturalOrder());
        if (found.isPresent()) {
          return found.get();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    String reason = "Expected PostgreSQL to be installed: apt-get install postgresql";
    if ("true".equals(System.getenv("CI"))) {
      throw new AssertionError(reason);
    }
    throw new TestAbortedException(reason);
  }

  /** The archive of binaries that the server is started from, of links to the installed ones. */
  private static InputStream archive(Path programs) throws IOException {
    Path directory = Files.createTempDirectory("cutover-postgres");
    Path bin = Files.createDirectory(directory.resolve("bin"));
    for (String program : List.of("initdb", "pg_ctl", "postgres")) {
      Files.createSymbolicLink(bin.resolve(program), programs.resolve(program));
    }
    Process tar =
        new ProcessBuilder("tar", "-cJ", "--mtime=@0", "-C", directory.toString(), "bin").start();
    return new ByteArrayInputStream(tar.getInputStream().readAllBytes());
  }

  private static Server startServer(Optional<Path> programs, boolean isLogged) {
    try {
      EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder();
      programs.ifPresent(
          found ->
              builder
                  .setPgBinaryResolver((_, _) -> archive(found))
                  .setServerConfig("unix_socket_directories", ""));
      Server server =
          new Server(
              builder
                  .setServerConfig("wal_level", "logical")
                  .setServerConfig("max_prepared_transactions", "10")
                  .setPGStartupWait(Duration.ofMinutes(1)) // machines are busy
                  .setServerConfig("max_replication_slots", "20")
                  .setServerConfig("max_wal_senders", "20")
                  .setServerConfig("max_connections", "200")
                  .setServerConfig("autovacuum", "on")
                  .setServerConfig("logging_collector", isLogged ? "on" : "off")
                  .start());
      try (Connection connection =
              DriverManager.getConnection(
                  "jdbc:postgresql://localhost:%d/postgres".formatted(server.port()),
                  "postgres",
                  "postgres");
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE ROLE cutover_fencer LOGIN SUPERUSER PASSWORD 'cutover_fencer'");
        statement.execute(
            "CREATE ROLE cutover_applier LOGIN REPLICATION PASSWORD 'cutover_applier'");
        statement.execute("GRANT pg_read_all_data, pg_write_all_data TO cutover_applier");
        statement.execute("GRANT SET ON PARAMETER session_replication_role TO cutover_applier");
        statement.execute("CREATE ROLE cutover_reader LOGIN PASSWORD 'cutover_reader'");
        statement.execute("GRANT pg_read_all_data TO cutover_reader");
        statement.execute("CREATE ROLE shop LOGIN PASSWORD 'shop'");
        statement.execute("CREATE DATABASE %s OWNER shop".formatted(DATABASE));
      }
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
