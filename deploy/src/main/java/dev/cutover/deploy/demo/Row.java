package dev.cutover.deploy.demo;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One row of the shop as its database showed it.
 *
 * @param table one of {@link #TABLES}, without its schema
 * @param columns every column, in the table's order, as PostgreSQL writes it in text; null is SQL's
 *     null
 */
record Row(String table, Map<String, @Nullable String> columns) {

  /** Tables in an order in which foreign keys hold, with the columns of their keys. */
  static final Map<String, List<String>> TABLES = tables();

  /**
   * Returns table and key, such as {@code order_items/17/2}: never the content of a customer's row.
   */
  String key() {
    return TABLES.getOrDefault(table, List.of()).stream()
        .map(columns::get)
        .collect(Collectors.joining("/", table + "/", ""));
  }

  /** Returns how often the row was written: 1 for a table whose rows never change. */
  long version() {
    String version = columns.get("version");
    return version == null ? 1 : Long.parseLong(version);
  }

  static Row fromResult(String table, ResultSet result) throws SQLException {
    ResultSetMetaData shape = result.getMetaData();
    Map<String, @Nullable String> columns = new LinkedHashMap<>();
    for (int i = 1; i <= shape.getColumnCount(); i++) {
      columns.put(shape.getColumnName(i), result.getString(i));
    }
    return new Row(table, columns);
  }

  private static Map<String, List<String>> tables() {
    Map<String, List<String>> tables = new LinkedHashMap<>();
    tables.put("customers", List.of("id"));
    tables.put("products", List.of("id"));
    tables.put("orders", List.of("id"));
    tables.put("order_items", List.of("order_id", "line"));
    tables.put("documents", List.of("id"));
    tables.put("audit", List.of("id"));
    return tables;
  }
}
