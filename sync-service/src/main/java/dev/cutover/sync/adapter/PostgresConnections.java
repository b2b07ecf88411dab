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
  private static final int CONNECT_TIMEOUT_SECONDS = 5;

  /** invalid_password, invalid_authorization_specification (PostgreSQL, Appendix A). */
  private static final Set<String> REFUSED_LOGINS = Set.of("28P01", "28000");

  private final Credentials credentials;

  public PostgresConnections(Credentials credentials) {
    this.credentials = credentials;
  }

  /** {@link #open(DatabaseEndpoint, DatabaseRole, Properties)} without further settings. */
  public Connection open(DatabaseEndpoint endpoint, DatabaseRole role) throws SQLException {
    return open(endpoint, role, new Properties());
  }

  /**
   * Opens a connection; every session is named {@code cutover-<role>} in pg_stat_activity. A login
   * that is refused is tried once more as the credentials file has it by then.
   *
   * @param settings further pgjdbc properties, e.g. {@code replication=database}
   */
  public Connection open(DatabaseEndpoint endpoint, DatabaseRole role, Properties settings)
      throws SQLException {
    Properties all = new Properties();
    all.setProperty("connectTimeout", Integer.toString(CONNECT_TIMEOUT_SECONDS));
    all.setProperty("loginTimeout", Integer.toString(CONNECT_TIMEOUT_SECONDS));
    all.setProperty("tcpKeepAlive", "true");
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

  private static Connection open(
      DatabaseEndpoint endpoint, Credentials.Credential credential, Properties settings)
      throws SQLException {
    settings.setProperty("user", credential.user());
    settings.setProperty("password", credential.password().value());
    return DriverManager.getConnection(url(endpoint), settings);
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
