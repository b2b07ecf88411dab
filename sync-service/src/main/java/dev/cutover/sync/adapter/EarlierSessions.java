package dev.cutover.sync.adapter;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;

/**
 * Ends what an earlier attempt left on a server: behind a network that swallows packets its
 * sessions live on, and keep what they have locked from whoever comes next. They are known by a
 * name that only attempts at the same have.
 */
final class EarlierSessions {
  private static final String END =
      "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
          + " WHERE application_name = current_setting('application_name')"
          + " AND usename = current_user AND pid <> pg_backend_pid()";

  private EarlierSessions() {}

  /**
   * Settings of a session that is known by a name.
   *
   * @param name at most 55 characters, which is what a server keeps of it
   */
  static Properties named(String name, Properties settings) {
    settings.setProperty("ApplicationName", "cutover-" + name);
    return settings;
  }

  /**
   * Ends all others of the name and the login of this session.
   *
   * @param connection opened with {@link #named}
   */
  static void end(Connection connection) throws SQLException {
    PostgresSql.query(connection, END);
  }
}
