package dev.cutover.validator.adapter;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.runtime.Credentials;
import dev.cutover.validator.domain.CanonicalColumns;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/**
 * Keeps a few read-only sessions to each database, logged on as role {@code reader}, warm from the
 * first comparison to the switch: logging on inside the write outage would cost more than its
 * validation may take.
 *
 * <p>Connect to the server itself, not through a pooler that shares sessions between transactions:
 * the pinned settings belong to the session.
 */
public final class PostgresSessions implements AutoCloseable {
  private static final String ROLE = "reader";
  private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
  private static final Duration IDLE_MAX = Duration.ofMinutes(10);
  private final Map<DatabaseEndpoint, HikariDataSource> pools = new ConcurrentHashMap<>();
  private final Credentials credentials;
  private final int sessionsMax;

  /**
   * @param sessionsMax sessions to one database, at most
   */
  public PostgresSessions(Credentials credentials, int sessionsMax) {
    this.credentials = credentials;
    this.sessionsMax = sessionsMax;
  }

  /**
   * Sessions to a database; none is opened before it is used. New ones log on as the credentials
   * file has it now: passwords are rotated while a cutover waits.
   *
   * @throws dev.cutover.runtime.ConfigException when the credentials file lacks the entry
   */
  public DataSource to(DatabaseEndpoint endpoint) {
    HikariDataSource pool = pools.computeIfAbsent(endpoint, this::pool);
    credentials.readAgain();
    Credentials.Credential reader = credentials.of(endpoint.credential(), ROLE);
    pool.setCredentials(
        com.zaxxer.hikari.util.Credentials.of(reader.user(), reader.password().value()));
    return pool;
  }

  @Override
  public void close() {
    pools.values().forEach(HikariDataSource::close);
    pools.clear();
  }

  private HikariDataSource pool(DatabaseEndpoint endpoint) {
    Credentials.Credential reader = credentials.of(endpoint.credential(), ROLE);
    HikariConfig config = new HikariConfig();
    config.setPoolName("cutover-validator-" + endpoint.address());
    config.setJdbcUrl(
        "jdbc:postgresql://%s:%d/%s"
            .formatted(endpoint.host(), endpoint.port(), endpoint.database()));
    config.setUsername(reader.user());
    config.setPassword(reader.password().value());
    config.setMaximumPoolSize(sessionsMax);
    config.setMinimumIdle(0);
    config.setInitializationFailTimeout(-1);
    config.setConnectionTimeout(CONNECT_MAX.toMillis());
    config.setIdleTimeout(IDLE_MAX.toMillis());
    config.setConnectionInitSql(String.join("; ", CanonicalColumns.SESSION_SETTINGS));
    config.addDataSourceProperty("ApplicationName", "cutover-" + ROLE);
    config.addDataSourceProperty("tcpKeepAlive", "true");
    config.addDataSourceProperty("connectTimeout", Long.toString(CONNECT_MAX.toSeconds()));
    // Answers are read as the server prints them.
    config.addDataSourceProperty("binaryTransfer", "false");
    return new HikariDataSource(config);
  }
}
