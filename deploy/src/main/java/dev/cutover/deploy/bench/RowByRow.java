package dev.cutover.deploy.bench;

import dev.cutover.deploy.bench.ApplyWorkload.Operation;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Executes changes one by one by prepared statements, with a commit for each transaction: the plain
 * applier, and the application that writes to the source.
 */
final class RowByRow implements AutoCloseable {
  private final Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  /**
   * @param connection owned from now on
   * @param isDurable whether each commit waits for the disk
   */
  RowByRow(Connection connection, boolean isDurable) throws SQLException {
    this.connection = connection;
    ApplyDatabases.execute(connection, "SET synchronous_commit = " + (isDurable ? "on" : "off"));
    connection.setAutoCommit(false);
  }

  /** One statement and one answer at a time. */
  void apply(List<Operation> transaction) throws SQLException {
    for (Operation operation : transaction) {
      PreparedStatement statement = prepared(operation);
      if (statement.executeUpdate() != 1) {
        throw new SQLException("Expected one row to be changed, but none was: " + operation.sql());
      }
    }
    connection.commit();
  }

  /** Neighbours of one kind are sent together: the load must not be what limits the others. */
  void write(List<Operation> transaction) throws SQLException {
    for (int i = 0; i < transaction.size(); i++) {
      Operation operation = transaction.get(i);
      PreparedStatement statement = prepared(operation);
      statement.addBatch();
      boolean isLast =
          i + 1 == transaction.size() || !transaction.get(i + 1).sql().equals(operation.sql());
      if (isLast) {
        statement.executeBatch();
      }
    }
    connection.commit();
  }

  private PreparedStatement prepared(Operation operation) throws SQLException {
    PreparedStatement statement = statements.get(operation.sql());
    if (statement == null) {
      statement = connection.prepareStatement(operation.sql());
      statements.put(operation.sql(), statement);
    }
    for (int i = 0; i < operation.values().size(); i++) {
      statement.setObject(i + 1, operation.values().get(i));
    }
    return statement;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
