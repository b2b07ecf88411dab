package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.Change;
import dev.cutover.sync.domain.Row;
import dev.cutover.sync.domain.TableShape;
import dev.cutover.sync.domain.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One statement that updates or deletes many rows by key: the values travel as an array for each
 * column, so the text of the statement is the same for any number of rows. Each element is read by
 * its type's input function, as a single parameter would be.
 *
 * @param sql with a parameter for each column
 * @param columns what the parameters are, in their order
 */
record SetStatement(String sql, List<Column> columns) {

  /**
   * A column of the arrays.
   *
   * @param isKey it finds the row; otherwise it is set
   */
  record Column(String name, boolean isKey) {}

  /** Writes the statement for changes of one shape; never for inserts. */
  static SetStatement of(Change.OfTable first, TableShape shape, AppliedTables tables) {
    List<String> set =
        first instanceof Change.Update update
            ? PostgresStatement.settable(update, shape)
            : List.of();
    List<Column> columns = new ArrayList<>();
    set.forEach(name -> columns.add(new Column(name, false)));
    List<String> key = key(first).columns();
    key.forEach(name -> columns.add(new Column(name, true)));
    String arrays =
        columns.stream()
            .map(column -> tables.type(first.table(), column.name()))
            .map(type -> type.hasArray() ? "?::" + type.name() + "[]" : "?::text[]")
            .collect(Collectors.joining(", "));
    String names =
        IntStream.range(0, columns.size()).mapToObj(i -> "c" + i).collect(Collectors.joining(", "));
    String from = "unnest(%s) AS v(%s)".formatted(arrays, names);
    String where =
        pairs(columns, true, first, tables).stream()
            .map(pair -> "t." + pair)
            .collect(Collectors.joining(" AND "));
    String table = PostgresSql.quote(first.table());
    if (first instanceof Change.Delete) {
      return new SetStatement(
          "DELETE FROM %s AS t USING %s WHERE %s".formatted(table, from, where), columns);
    }
    // An update that sets nothing still looks for its row, so that a missing one is found.
    String kept = PostgresSql.quote(key.getFirst());
    String assignments =
        set.isEmpty()
            ? "%1$s = t.%1$s".formatted(kept)
            : String.join(", ", pairs(columns, false, first, tables));
    return new SetStatement(
        "UPDATE %s AS t SET %s FROM %s WHERE %s".formatted(table, assignments, from, where),
        columns);
  }

  private static List<String> pairs(
      List<Column> columns, boolean isKey, Change.OfTable change, AppliedTables tables) {
    List<String> pairs = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      if (column.isKey() == isKey) {
        AppliedTables.Type type = tables.type(change.table(), column.name());
        pairs.add(
            "%s = v.c%d%s"
                .formatted(
                    PostgresSql.quote(column.name()),
                    i,
                    type.hasArray() ? "" : "::" + type.name()));
      }
    }
    return pairs;
  }

  private static Row key(Change.OfTable change) {
    return switch (change) {
      case Change.Update update -> update.key();
      case Change.Delete delete -> delete.key();
      case Change.Insert _, Change.Truncate _ ->
          throw new IllegalArgumentException("Expected a change that finds its row by key");
    };
  }

  /** The array of a parameter, in PostgreSQL's text. */
  String array(int parameter, List<Change.OfTable> changes) {
    Column column = columns.get(parameter);
    StringBuilder text = new StringBuilder(changes.size() * 12).append('{');
    for (Change.OfTable change : changes) {
      if (text.length() > 1) {
        text.append(',');
      }
      Row row =
          !column.isKey() && change instanceof Change.Update update ? update.after() : key(change);
      switch (row.value(column.name())) {
        case Value.Text(String value) -> quote(value, text);
        case Value.Special.NULL -> text.append("NULL");
        case Value.Special.UNCHANGED, Value.Special.REFETCH ->
            throw new IllegalStateException(
                "Expected a value for each column of a change of " + change.table());
      }
    }
    return text.append('}').toString();
  }

  private static void quote(String value, StringBuilder text) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\');
      }
      text.append(c);
    }
    text.append('"');
  }
}
