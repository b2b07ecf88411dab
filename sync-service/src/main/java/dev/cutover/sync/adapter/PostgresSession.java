package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** One database session with the few calls that are needed here; not safe for several threads. */
final class PostgresSession implements AutoCloseable {
  /** Nothing that is asked here takes longer; a database that hangs must not hang the service. */
  private static final int ANSWER_TIMEOUT_SECONDS = 15;

  /** A row is read in milliseconds; whoever needs longer is as good as dead in a write outage. */
  private static final int GLANCE_TIMEOUT_SECONDS = 2;

  static final String LOCK_NOT_AVAILABLE = "55P03";
  static final String DEADLOCK = "40P01";
  static final String UNDEFINED_TABLE = "42P01";
  static final String UNDEFINED_SCHEMA = "3F000";
  static final String UNDEFINED_OBJECT = "42704";
  static final String INSUFFICIENT_PRIVILEGE = "42501";
  static final String READ_ONLY = "25006";
  static final String NOT_SUPPORTED = "0A000";

  /** Makes a value of one row. */
  @FunctionalInterface
  interface Row<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Statements that belong together and have no result. */
  @FunctionalInterface
  interface Action {
    void run() throws SQLException;
  }

  /** Statements that belong together. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws SQLException;
  }

  private final Connection connection;

  PostgresSession(Connection connection) {
    this.connection = connection;
  }

  static PostgresSession open(
      PostgresConnections connections, DatabaseEndpoint database, DatabaseRole role)
      throws SQLException {
    Properties settings = new Properties();
    settings.setProperty(
        "socketTimeout",
        Long.toString(
            Math.min(ANSWER_TIMEOUT_SECONDS, connections.patience().answer().toSeconds())));
    return new PostgresSession(connections.open(database, role, settings));
  }

  /** A session for a glance at a database that may be dead while production waits. */
  static PostgresSession openBriefly(
      PostgresConnections connections, DatabaseEndpoint database, DatabaseRole role)
      throws SQLException {
    Properties settings = new Properties();
    for (String timeout : List.of("connectTimeout", "loginTimeout", "socketTimeout")) {
      settings.setProperty(timeout, Integer.toString(GLANCE_TIMEOUT_SECONDS));
    }
    return new PostgresSession(connections.open(database, role, settings));
  }

  /** Runs one statement; returns the number of rows it changed. */
  int execute(String sql, @Nullable Object... parameters) throws SQLException {
    if (parameters.length == 0) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(sql);
        return statement.getUpdateCount();
      }
    }
    try (PreparedStatement statement = prepare(sql, parameters)) {
      statement.execute();
      return statement.getUpdateCount();
    }
  }

  <T> List<T> list(Row<T> row, String sql, Object... parameters) throws SQLException {
    try (PreparedStatement statement = prepare(sql, parameters);
        ResultSet rows = statement.executeQuery()) {
      List<T> all = new ArrayList<>();
      while (rows.next()) {
        all.add(row.read(rows));
      }
      return all;
    }
  }

  List<String> texts(String sql, Object... parameters) throws SQLException {
    return list(row -> row.getString(1), sql, parameters);
  }

  <T> Optional<T> one(Row<T> row, String sql, Object... parameters) throws SQLException {
    List<T> all = list(row, sql, parameters);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.getFirst());
  }

  String text(String sql, Object... parameters) throws SQLException {
    return one(row -> row.getString(1), sql, parameters)
        .orElseThrow(() -> new SQLException("Expected one row, but got none: " + sql));
  }

  boolean isTrue(String sql, Object... parameters) throws SQLException {
    return "t".equals(text(sql, parameters));
  }

  int pid() throws SQLException {
    return Integer.parseInt(text("SELECT pg_backend_pid()"));
  }

  /** Begins a transaction that {@link #commit} ends; closing the session instead rolls it back. */
  void begin() throws SQLException {
    connection.setAutoCommit(false);
  }

  void commit() throws SQLException {
    connection.commit();
    connection.setAutoCommit(true);
  }

  /** Runs statements in one transaction; rolled back when it throws. */
  void transact(Action action) throws SQLException {
    var _ =
        inTransaction(
            () -> {
              action.run();
              return true;
            });
  }

  /** Runs work in one transaction; rolled back when it throws. */
  <T> T inTransaction(Work<T> work) throws SQLException {
    connection.setAutoCommit(false);
    boolean done = false;
    try {
      T result = work.run();
      connection.commit();
      done = true;
      return result;
    } finally {
      if (!done && !connection.isClosed()) {
        connection.rollback();
      }
      if (!connection.isClosed()) {
        connection.setAutoCommit(true);
      }
    }
  }

  /** The result of a statement that may fail for want of a right or a setting, as a verdict. */
  boolean succeeds(String sql) throws SQLException {
    try {
      execute(sql);
      return true;
    } catch (SQLException e) {
      if (isConnectionLoss(e)) {
        throw e;
      }
      return false;
    }
  }

  /**
   * Tries statements in a transaction that is rolled back whatever comes of it, and that never
   * waits long for a lock.
   *
   * @return why the server refuses; empty when it does not
   */
  Optional<SQLException> refusal(String... statements) throws SQLException {
    connection.setAutoCommit(false);
    try {
      execute("SET LOCAL lock_timeout = '200ms'");
      for (String statement : statements) {
        execute(statement);
      }
      return Optional.empty();
    } catch (SQLException e) {
      if (isConnectionLoss(e)) {
        throw e;
      }
      return Optional.of(e);
    } finally {
      if (!connection.isClosed()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
    }
  }

  static boolean isConnectionLoss(SQLException e) {
    String state = e.getSQLState();
    return state == null || state.startsWith("08") || state.startsWith("57P");
  }

  static boolean isBusy(SQLException e) {
    return LOCK_NOT_AVAILABLE.equals(e.getSQLState()) || DEADLOCK.equals(e.getSQLState());
  }

  static boolean isMissingSchema(SQLException e) {
    return UNDEFINED_TABLE.equals(e.getSQLState()) || UNDEFINED_SCHEMA.equals(e.getSQLState());
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private PreparedStatement prepare(String sql, @Nullable Object... parameters)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }
}
