package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.Credentials;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.Set;

/**
 * Opens connections to the two databases, as one of the service's roles; the caller closes them.
 */
public final class PostgresConnections {
  /** invalid_password, invalid_authorization_specification (PostgreSQL, Appendix A). */
  private static final Set<String> REFUSED_LOGINS = Set.of("28P01", "28000");

  private static final String REPLICATION = "replication";

  private final Credentials credentials;
  private final Patience patience;
  private final LifeSigns signs;

  public PostgresConnections(Credentials credentials) {
    this(credentials, Patience.USUAL);
  }

  /**
   * @param patience with databases that say nothing
   */
  public PostgresConnections(Credentials credentials, Patience patience) {
    this.credentials = credentials;
    this.patience = patience;
    this.signs = new LifeSigns(patience.sign(), this::glance);
  }

  /** With databases that say nothing. */
  Patience patience() {
    return patience;
  }

  /** {@link #open(DatabaseEndpoint, DatabaseRole, Properties)} without further settings. */
  public Connection open(DatabaseEndpoint endpoint, DatabaseRole role) throws SQLException {
    return open(endpoint, role, new Properties());
  }

  /** {@link #openUnhurried(DatabaseEndpoint, DatabaseRole, Properties)} without settings. */
  Connection openUnhurried(DatabaseEndpoint endpoint, DatabaseRole role) throws SQLException {
    return openUnhurried(endpoint, role, new Properties());
  }

  /**
   * Opens a connection for statements that may take hours. No time-out ends it; that the server is
   * still there is found out beside it, so that it ends all the same when the network is dead.
   */
  Connection openUnhurried(DatabaseEndpoint endpoint, DatabaseRole role, Properties settings)
      throws SQLException {
    Properties all = new Properties();
    all.putAll(settings);
    all.setProperty("socketTimeout", "0");
    Connection connection = open(endpoint, role, all);
    signs.watch(endpoint, role, connection);
    return connection;
  }

  private Connection glance(DatabaseEndpoint endpoint, DatabaseRole role) throws SQLException {
    Properties settings = new Properties();
    settings.setProperty("socketTimeout", Patience.seconds(patience.connect()));
    return open(endpoint, role, settings);
  }

  /**
   * Opens a connection that ends when a statement is not answered in time; every session is named
   * {@code cutover-<role>} in pg_stat_activity. A login that is refused is tried once more as the
   * credentials file has it by then.
   *
   * @param settings further pgjdbc properties, e.g. {@code replication=database}
   */
  public Connection open(DatabaseEndpoint endpoint, DatabaseRole role, Properties settings)
      throws SQLException {
    Properties all = new Properties();
    all.setProperty("connectTimeout", Patience.seconds(patience.connect()));
    all.setProperty("loginTimeout", Patience.seconds(patience.connect()));
    all.setProperty("socketTimeout", Patience.seconds(patience.answer()));
    all.setProperty("tcpKeepAlive", "true");
    all.setProperty("socketFactory", ProbedSockets.class.getName());
    all.setProperty("ApplicationName", "cutover-" + role.key());
    all.putAll(settings);
    Credentials.Credential used = credentials.of(endpoint.credential(), role.key());
    try {
      return open(endpoint, used, all);
    } catch (SQLException e) {
      if (!REFUSED_LOGINS.contains(String.valueOf(e.getSQLState()))) {
        throw e;
      }
      credentials.readAgain();
      Credentials.Credential now = credentials.of(endpoint.credential(), role.key());
      if (now.equals(used)) {
        throw e;
      }
      return open(endpoint, now, all);
    }
  }

  private Connection open(
      DatabaseEndpoint endpoint, Credentials.Credential credential, Properties settings)
      throws SQLException {
    settings.setProperty("user", credential.user());
    settings.setProperty("password", credential.password().value());
    Connection connection = DriverManager.getConnection(url(endpoint), settings);
    if (settings.containsKey(REPLICATION)) {
      return connection; // no transactions there
    }
    try {
      PostgresSql.execute(connection, serverBounds());
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * What the server bounds itself: a client that is gone must not keep its locks, and a dead
   * network is noticed where the server waits. And what commits here has to last, also on a server
   * that is set up to lose its last commits in a crash: who does not need that says so.
   */
  private String serverBounds() {
    return """
    SET idle_in_transaction_session_timeout = '%ds'; SET tcp_user_timeout = '30s';
    SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 4;
    SELECT set_config('synchronous_commit', 'on', false)
     WHERE current_setting('synchronous_commit') = 'off'"""
        .formatted(Math.max(1, patience.sign().toSeconds()));
  }

  /** The login's name, for engines that open their own connections. */
  public String user(DatabaseEndpoint endpoint, DatabaseRole role) {
    return credentials.of(endpoint.credential(), role.key()).user();
  }

  /** The login's password; never to be logged. */
  public String password(DatabaseEndpoint endpoint, DatabaseRole role) {
    return credentials.of(endpoint.credential(), role.key()).password().value();
  }

  /** Whether the credentials file names such a login. */
  public boolean knows(DatabaseEndpoint endpoint, DatabaseRole role) {
    try {
      return !user(endpoint, role).isEmpty();
    } catch (ConfigException e) {
      return false; // whoever needs it says so; here it is an answer and no fault
    }
  }

  private static String url(DatabaseEndpoint endpoint) {
    return "jdbc:postgresql://%s:%d/%s"
        .formatted(endpoint.host(), endpoint.port(), endpoint.database());
  }
}
