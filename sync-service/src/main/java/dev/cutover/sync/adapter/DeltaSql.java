package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.Change;
import dev.cutover.sync.domain.Row;
import dev.cutover.sync.domain.TableShape;
import dev.cutover.sync.domain.Value;
import java.util.List;
import java.util.stream.Collectors;

/** A change as a statement that a person can read and run. */
final class DeltaSql {
  private DeltaSql() {}

  /** The statement with its end of line. */
  static String of(Change.OfTable change, TableShape shape) {
    String table = PostgresSql.quote(change.table());
    return switch (change) {
      case Change.Insert insert ->
          "INSERT INTO %s (%s)%s VALUES (%s);\n"
              .formatted(
                  table,
                  PostgresSql.columns(insert.after().columns()),
                  shape.columns().stream().anyMatch(TableShape.Column::identityAlways)
                      ? " OVERRIDING SYSTEM VALUE"
                      : "",
                  insert.after().values().stream()
                      .map(DeltaSql::literal)
                      .collect(Collectors.joining(", ")));
      case Change.Update update -> {
        List<String> set = PostgresStatement.settable(update, shape);
        yield set.isEmpty()
            ? "-- an update of %s that changes nothing\n".formatted(table)
            : "UPDATE %s SET %s WHERE %s;\n"
                .formatted(
                    table,
                    set.stream()
                        .map(
                            column ->
                                PostgresSql.quote(column)
                                    + " = "
                                    + literal(update.after().value(column)))
                        .collect(Collectors.joining(", ")),
                    where(update.key()));
      }
      case Change.Delete delete ->
          "DELETE FROM %s WHERE %s;\n".formatted(table, where(delete.key()));
      case Change.Truncate _ -> "TRUNCATE %s;\n".formatted(table);
    };
  }

  private static String where(Row key) {
    return key.columns().stream()
        .map(column -> PostgresSql.quote(column) + " = " + literal(key.value(column)))
        .collect(Collectors.joining(" AND "));
  }

  private static String literal(Value value) {
    return switch (value) {
      case Value.Text(String text) -> "'" + text.replace("'", "''") + "'";
      case Value.Special.NULL -> "NULL";
      case Value.Special.UNCHANGED, Value.Special.REFETCH -> "DEFAULT";
    };
  }
}
