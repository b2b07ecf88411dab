package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.Row;
import dev.cutover.sync.domain.TableShape;
import dev.cutover.sync.domain.TableShape.Column;
import dev.cutover.sync.domain.Value;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads rows of one side by their keys, as text; connects when first asked. One thread. */
final class KeyedRows implements AutoCloseable {
  private static final int KEYS_MAX = 500;

  private final CopyPlaces.ConnectionSource side;
  private @Nullable Connection connection;

  KeyedRows(CopyPlaces.ConnectionSource side) {
    this.side = side;
  }

  /**
   * Reads some columns of the rows with these keys; absent rows are left out.
   *
   * @param keys each with all columns of the table's key, in its order, and a text for each
   * @param columns never empty
   */
  Map<Row, Row> read(TableShape shape, List<Row> keys, List<String> columns) throws SQLException {
    Map<Row, Row> found = new HashMap<>();
    for (int from = 0; from < keys.size(); from += KEYS_MAX) {
      readSome(shape, keys.subList(from, Math.min(keys.size(), from + KEYS_MAX)), columns, found);
    }
    return found;
  }

  private void readSome(TableShape shape, List<Row> keys, List<String> columns, Map<Row, Row> found)
      throws SQLException {
    List<Column> key = shape.key();
    String row =
        key.stream()
            .map(column -> "?::" + column.type())
            .collect(Collectors.joining(",", "(?::int,", ")"));
    String sql =
        "SELECT k.i, %s FROM (VALUES %s) k(i, %s) JOIN %s t ON %s"
            .formatted(
                columns.stream()
                    .map(c -> "t." + PostgresSql.quote(c))
                    .collect(Collectors.joining(", ")),
                keys.stream().map(_ -> row).collect(Collectors.joining(",")),
                PostgresSql.columns(key.stream().map(c -> "k_" + c.name()).toList()),
                PostgresSql.quote(shape.table()),
                key.stream()
                    .map(
                        c ->
                            "t.%s = k.%s"
                                .formatted(
                                    PostgresSql.quote(c.name()),
                                    PostgresSql.quote("k_" + c.name())))
                    .collect(Collectors.joining(" AND ")));
    try (PreparedStatement statement = connection().prepareStatement(sql)) {
      int parameter = 1;
      for (int i = 0; i < keys.size(); i++) {
        statement.setInt(parameter++, i);
        for (Value value : keys.get(i).values()) {
          statement.setString(parameter++, ((Value.Text) value).text());
        }
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          List<Value> values = new ArrayList<>();
          for (int i = 0; i < columns.size(); i++) {
            values.add(Value.ofNullable(rows.getString(2 + i)));
          }
          found.put(keys.get(rows.getInt(1)), new Row(columns, values));
        }
      }
    }
  }

  private Connection connection() throws SQLException {
    Connection open = connection;
    if (open == null || open.isClosed()) {
      open = side.open();
      PostgresSql.pin(open);
      connection = open;
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
