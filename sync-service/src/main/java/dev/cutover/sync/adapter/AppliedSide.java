package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.sync.domain.Lsn;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

/**
 * Opens the connections of one applier, one after the other. Each gets the time that is due to it,
 * and ends those before it that the server has still: behind a dead network they would keep the
 * position locked. One thread.
 */
final class AppliedSide {
  private static final Duration STANDS_AFTER = Duration.ofMinutes(5);

  private final PostgresConnections connections;
  private final DatabaseEndpoint database;
  private final String session;
  private Lsn last;
  private long progressNanos = System.nanoTime();
  private int failures;

  /**
   * @param owner as which the applier has claimed the position
   * @param from where it stands
   */
  AppliedSide(PostgresConnections connections, DatabaseEndpoint database, String owner, Lsn from) {
    this.connections = connections;
    this.database = database;
    this.session = "applier-" + owner;
    this.last = from;
  }

  Connection open() throws SQLException {
    Properties settings = EarlierSessions.named(session, PostgresSql.textOnly());
    settings.setProperty(
        "socketTimeout", Patience.seconds(connections.patience().answerAfter(failures)));
    Connection connection = connections.open(database, DatabaseRole.APPLIER, settings);
    try {
      EarlierSessions.end(connection);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Notes a failure.
   *
   * @param applied where the applier stands
   * @return whether to try again; false when nothing could be applied for minutes
   */
  boolean isWorthwhileAfterFailure(Lsn applied) {
    if (!applied.equals(last)) {
      last = applied;
      progressNanos = System.nanoTime();
      failures = 0;
    }
    failures++;
    return System.nanoTime() - progressNanos <= STANDS_AFTER.toNanos();
  }

  /** Why it is not tried again. */
  String inWords(Exception failure) {
    return "Nothing could be applied to %s for %d s: %s"
        .formatted(database.address(), STANDS_AFTER.toSeconds(), failure.getMessage());
  }
}
