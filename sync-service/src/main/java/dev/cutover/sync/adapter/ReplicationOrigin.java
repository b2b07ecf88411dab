package dev.cutover.sync.adapter;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Marks what a session commits as applied from elsewhere, so that PostgreSQL's own subscription
 * with {@code origin = none} leaves it out (data.md D1). Only where that is the other way.
 */
final class ReplicationOrigin {
  private static final String IN_USE = "55006";
  private static final Pattern LAST_NUMBER = Pattern.compile("(\\d+)\\D*$");
  private static final int TERMINATE_MS = 2000;

  private ReplicationOrigin() {}

  /**
   * Marks the session; one that died and still has the origin is ended, it is of the same login.
   */
  static void use(Connection connection, String name) throws SQLException {
    if (PostgresSql.query(connection, "SELECT pg_replication_origin_oid(?)", name).isEmpty()) {
      PostgresSql.query(connection, "SELECT pg_replication_origin_create(?)", name);
    }
    try {
      set(connection, name);
    } catch (SQLException e) {
      Matcher pid =
          LAST_NUMBER.matcher(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      if (!IN_USE.equals(e.getSQLState()) || !pid.find()) {
        throw e;
      }
      PostgresSql.query(
          connection,
          "SELECT pg_terminate_backend(?, " + TERMINATE_MS + ")",
          Integer.parseInt(pid.group(1)));
      set(connection, name);
    }
  }

  private static void set(Connection connection, String name) throws SQLException {
    PostgresSql.query(connection, "SELECT pg_replication_origin_session_setup(?)::text", name);
  }

  /** Drops the origin; none is no error. */
  static void drop(Connection connection, String name) throws SQLException {
    if (PostgresSql.query(connection, "SELECT pg_replication_origin_oid(?)", name).isPresent()) {
      PostgresSql.query(connection, "SELECT pg_replication_origin_drop(?)::text", name);
    }
  }
}
