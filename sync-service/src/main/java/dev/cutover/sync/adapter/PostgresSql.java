package dev.cutover.sync.adapter;

import dev.cutover.contract.TableName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;

/** Quoting, and the settings that every session which carries values must share. */
final class PostgresSql {
  /**
   * Both sides write and read text alike only if all of these agree (data.md E4). The lock timeout
   * bounds what a forgotten session on the other side can hold up.
   */
  private static final String PINNED =
      """
      SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; SET TimeZone = 'UTC';
      SET extra_float_digits = 3; SET bytea_output = 'hex'; SET lc_monetary = 'C';
      SET xmloption = 'content'; SET standard_conforming_strings = on; SET lock_timeout = '10s';
      SET idle_in_transaction_session_timeout = 0; SET statement_timeout = 0""";

  private PostgresSql() {}

  /** Properties of connections whose values travel as text in both directions. */
  static Properties textOnly() {
    Properties settings = new Properties();
    settings.setProperty("stringtype", "unspecified");
    settings.setProperty("binaryTransfer", "false");
    settings.setProperty("reWriteBatchedInserts", "true");
    settings.setProperty("prepareThreshold", "2");
    return settings;
  }

  /**
   * Properties of connections for {@link #script}: the server takes scripts apart, not the driver,
   * which loses count in the body of a function in SQL.
   */
  static Properties simple() {
    Properties settings = new Properties();
    settings.setProperty("preferQueryMode", "simple");
    return settings;
  }

  static void pin(Connection connection) throws SQLException {
    execute(connection, PINNED);
  }

  /**
   * Turns ordinary triggers and foreign key checks off for the session: they have run on the other
   * side.
   *
   * @return false where the role may not do this, as on some managed services
   */
  static boolean tryReplicaRole(Connection connection) throws SQLException {
    try {
      execute(connection, "SET session_replication_role = replica");
      return true;
    } catch (SQLException e) {
      if ("42501".equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * Runs statements as somebody wrote them: nothing in them is a parameter or an escape.
   *
   * @param connection opened with {@link #simple()}
   */
  static void script(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
    }
  }

  /** The first column of all rows, as text. */
  static List<String> texts(Connection connection, String sql, Object... arguments)
      throws SQLException {
    List<String> texts = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, arguments);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          texts.add(rows.getString(1));
        }
      }
    }
    return texts;
  }

  static int update(Connection connection, String sql, Object... arguments) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, arguments);
      return statement.executeUpdate();
    }
  }

  /** The first column of the first row, as text; empty when there is no row or it is null. */
  static Optional<String> query(Connection connection, String sql, Object... arguments)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, arguments);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? Optional.ofNullable(rows.getString(1)) : Optional.empty();
      }
    }
  }

  private static void bind(PreparedStatement statement, Object[] arguments) throws SQLException {
    for (int i = 0; i < arguments.length; i++) {
      statement.setObject(i + 1, arguments[i]);
    }
  }

  static String quote(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  static String quote(TableName table) {
    return quote(table.schema()) + '.' + quote(table.name());
  }

  static String columns(Collection<String> names) {
    return names.stream().map(PostgresSql::quote).collect(Collectors.joining(", "));
  }
}
