package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.Credentials;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/**
 * Opens connections to the two databases, as one of the service's roles; the caller closes them.
 */
public final class PostgresConnections {
  private static final int CONNECT_TIMEOUT_SECONDS = 5;
  private final Credentials credentials;

  public PostgresConnections(Credentials credentials) {
    this.credentials = credentials;
  }

  /** {@link #open(DatabaseEndpoint, DatabaseRole, Properties)} without further settings. */
  public Connection open(DatabaseEndpoint endpoint, DatabaseRole role) throws SQLException {
    return open(endpoint, role, new Properties());
  }

  /**
   * Opens a connection; every session is named {@code cutover-<role>} in pg_stat_activity.
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
    all.setProperty("user", user(endpoint, role));
    all.setProperty("password", password(endpoint, role));
    return DriverManager.getConnection(url(endpoint), all);
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
      return false; // the file is read once, so this is an answer and no fault
    }
  }

  private static String url(DatabaseEndpoint endpoint) {
    return "jdbc:postgresql://%s:%d/%s"
        .formatted(endpoint.host(), endpoint.port(), endpoint.database());
  }
}
