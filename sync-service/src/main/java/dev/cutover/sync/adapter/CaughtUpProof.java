package dev.cutover.sync.adapter;

import dev.cutover.contract.ExternalForward;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.sync.domain.Lsn;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks the plan's query whether a tool of the team's own has caught up. The session reads only,
 * whatever the query is. One thread.
 */
final class CaughtUpProof implements AutoCloseable {
  private static final String POSITION = ":position";

  private final ReplicationSpec spec;
  private final ExternalForward.CaughtUp asked;
  private final PostgresConnections connections;
  private @Nullable Connection connection;
  private Optional<String> answer = Optional.empty();

  CaughtUpProof(
      ReplicationSpec spec, ExternalForward.CaughtUp asked, PostgresConnections connections) {
    this.spec = spec;
    this.asked = asked;
    this.connections = connections;
  }

  /** Whether the query names the position: once it holds for one, it holds for good. */
  boolean isOfAPosition() {
    return asked.query().contains(POSITION);
  }

  /**
   * Asks.
   *
   * @param position in the source's log up to which everything must have come
   */
  boolean holds(Lsn position) throws SQLException {
    String query = asked.query().replace(POSITION, "'%s'::pg_lsn".formatted(position));
    try (Statement statement = connection().createStatement()) {
      statement.setEscapeProcessing(false); // nothing in it is the driver's
      try (ResultSet row = statement.executeQuery(query)) {
        answer = row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
      }
    }
    return answer.equals(Optional.of(asked.expect()));
  }

  /** What was answered last, for people. */
  String inWords() {
    return "the query on the %s answers %s, where %s is expected"
        .formatted(
            asked.side().name().toLowerCase(Locale.ROOT),
            answer.map(text -> "'" + text + "'").orElse("nothing"),
            "'" + asked.expect() + "'");
  }

  private Connection connection() throws SQLException {
    Connection open = connection;
    if (open == null || open.isClosed()) {
      open = connections.open(spec.endpoint(asked.side()), DatabaseRole.APPLIER);
      connection = open;
      PostgresSql.execute(
          open, "SET default_transaction_read_only = on; SET statement_timeout = '5s'");
    }
    return open;
  }

  @Override
  public void close() throws SQLException {
    if (connection != null) {
      connection.close();
    }
  }
}
