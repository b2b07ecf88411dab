package dev.cutover.sync.adapter;

import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Change;
import dev.cutover.sync.domain.Row;
import dev.cutover.sync.domain.TableShape;
import dev.cutover.sync.domain.Value;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Finds out which changes of a failed batch do not fit, by their keys: tries each alone, in a
 * transaction that is never committed.
 */
final class ConflictDiagnosis {
  private final Connection connection;
  private final Map<TableName, TableShape> shapes;

  /**
   * @param connection outside of a transaction, auto-commit off
   */
  ConflictDiagnosis(Connection connection, Map<TableName, TableShape> shapes) {
    this.connection = connection;
    this.shapes = shapes;
  }

  /** One sentence for each change that does not fit; never a value but of keys. */
  List<String> of(List<Change> changes) throws SQLException {
    List<String> found = new ArrayList<>();
    try {
      for (Change change : changes) {
        if (change instanceof Change.OfTable row && !(change instanceof Change.Truncate)) {
          diagnose(row, found);
        }
      }
    } finally {
      connection.rollback();
    }
    return found;
  }

  private void diagnose(Change.OfTable change, List<String> found) throws SQLException {
    Savepoint before = connection.setSavepoint();
    TableShape shape = Objects.requireNonNull(shapes.get(change.table()));
    PostgresStatement sql = PostgresStatement.of(change, shape);
    try (PreparedStatement statement = connection.prepareStatement(sql.sql())) {
      PostgresStatement.bind(statement, change, shape);
      if (statement.executeUpdate() == 0) {
        found.add("no row for a change of " + named(change, shape));
      }
      connection.releaseSavepoint(before);
    } catch (SQLException e) {
      if (!PostgresApplier.isConflict(e)) {
        throw e;
      }
      connection.rollback(before);
      found.add(e.getSQLState() + " for a change of " + named(change, shape));
    }
  }

  private static String named(Change.OfTable change, TableShape shape) {
    Row row =
        switch (change) {
          case Change.Insert insert -> insert.after();
          case Change.Update update -> update.key();
          case Change.Delete delete -> delete.key();
          case Change.Truncate truncate -> new Row(List.of(), List.of());
        };
    return change.table()
        + shape.key().stream()
            .map(
                column ->
                    column.name()
                        + "="
                        + (row.value(column.name()) instanceof Value.Text text ? text.text() : "?"))
            .collect(Collectors.joining(", ", " ", ""));
  }
}
