package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.Change;
import dev.cutover.sync.domain.Coalescer;
import dev.cutover.sync.domain.Row;
import dev.cutover.sync.domain.TableShape;
import dev.cutover.sync.domain.Value;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The SQL of changes of one shape, and the values of each.
 *
 * @param sql with a parameter for each value
 * @param isInsert whether it inserts; anything else must hit exactly one row each time
 */
record PostgresStatement(String sql, boolean isInsert) {

  /**
   * Writes the statement for a change. An update that sets nothing still looks for its row, so that
   * a missing one is found.
   */
  static PostgresStatement of(Change.OfTable change, TableShape shape) {
    String table = PostgresSql.quote(change.table());
    return switch (change) {
      case Change.Insert insert -> {
        List<String> columns = insert.after().columns();
        boolean isAlways = shape.columns().stream().anyMatch(TableShape.Column::identityAlways);
        yield new PostgresStatement(
            "INSERT INTO %s (%s)%s VALUES (%s)"
                .formatted(
                    table,
                    PostgresSql.columns(columns),
                    isAlways ? " OVERRIDING SYSTEM VALUE" : "",
                    columns.stream().map(_ -> "?").collect(Collectors.joining(","))),
            true);
      }
      case Change.Update update -> {
        List<String> set = settable(update, shape);
        String assignments =
            set.isEmpty()
                ? firstKey(update) + " = " + firstKey(update)
                : set.stream()
                    .map(column -> PostgresSql.quote(column) + " = ?")
                    .collect(Collectors.joining(", "));
        yield new PostgresStatement(
            "UPDATE %s SET %s WHERE %s".formatted(table, assignments, where(update.key())), false);
      }
      case Change.Delete delete ->
          new PostgresStatement(
              "DELETE FROM %s WHERE %s".formatted(table, where(delete.key())), false);
      case Change.Truncate truncate -> throw new IllegalArgumentException("a truncation is no row");
    };
  }

  /** Sets the parameters of a statement made for a change of the same shape. */
  static void bind(PreparedStatement statement, Change.OfTable change, TableShape shape)
      throws SQLException {
    List<Value> values = new ArrayList<>();
    switch (change) {
      case Change.Insert insert -> values.addAll(insert.after().values());
      case Change.Update update -> {
        settable(update, shape).forEach(column -> values.add(update.after().value(column)));
        values.addAll(update.key().values());
      }
      case Change.Delete delete -> values.addAll(delete.key().values());
      case Change.Truncate truncate -> {}
    }
    for (int i = 0; i < values.size(); i++) {
      switch (values.get(i)) {
        case Value.Text(String text) -> statement.setString(i + 1, text);
        case Value.Special.NULL -> statement.setNull(i + 1, Types.NULL);
        case Value.Special.UNCHANGED, Value.Special.REFETCH ->
            throw new IllegalStateException(
                "Expected a value for each column of a change of " + change.table());
      }
    }
  }

  // GENERATED ALWAYS AS IDENTITY can be inserted, never set (data.md C8).
  static List<String> settable(Change.Update update, TableShape shape) {
    List<String> assigned = Coalescer.assigned(update);
    assigned.removeIf(column -> shape.column(column).identityAlways());
    return assigned;
  }

  private static String firstKey(Change.Update update) {
    return PostgresSql.quote(update.key().columns().getFirst());
  }

  private static String where(Row key) {
    return key.columns().stream()
        .map(column -> PostgresSql.quote(column) + " = ?")
        .collect(Collectors.joining(" AND "));
  }
}
