package dev.cutover.sync.adapter;

import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.ParentsFirst;
import dev.cutover.sync.domain.TableShape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the applied side's tables allow, as they were when the applier began. An index or a trigger
 * that is added later can make a statement fail, which stops the stream; never pass wrongly.
 */
final class AppliedTables {
  // The fence's own trigger is one for each statement, lets the applier pass and keeps nothing.
  private static final String PLAIN =
      """
      SELECT c.relkind = 'r' AND NOT c.relhassubclass AND NOT c.relhasrules AND NOT c.relrowsecurity
             AND NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid
                              AND g.tgenabled IN ('A', 'R') AND g.tgname <> '00_cutover_fence'),
             NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND NOT i.indisprimary
                          AND (i.indisunique OR i.indisexclusion)),
             ARRAY(SELECT a.attname::text FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid
                    AND a.attnum = ANY ((i.indkey::smallint[])[0:i.indnkeyatts - 1])
                    WHERE i.indrelid = c.oid AND i.indisprimary)
        FROM pg_class c WHERE c.oid = to_regclass(?)""";

  private static final String COLUMNS =
      """
      SELECT a.attname, format_type(a.atttypid, a.atttypmod),
             t.typarray <> 0 AND t.typcategory NOT IN ('A', 'C') AND t.typdelim = ','
        FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
       WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped""";

  private static final String REFERENCES =
      """
      SELECT n.nspname, c.relname, pn.nspname, p.relname
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
       WHERE k.contype = 'f' AND (NOT ? OR k.confdeltype = 'c')""";

  private final Map<TableName, Table> tables = new HashMap<>();
  private final Map<TableName, List<String>> orderFree = new HashMap<>();

  /**
   * A column's type.
   *
   * @param name as this session writes it
   * @param hasArray whether an array of it can be unnested to one column (an array of arrays and
   *     one of composite values cannot)
   */
  record Type(String name, boolean hasArray) {}

  /**
   * A table.
   *
   * @param isPlain nothing but its primary key acts on what is written, besides constraints
   */
  private record Table(boolean isPlain, Map<String, Type> types) {}

  /**
   * Reads what each table refers to by foreign keys.
   *
   * @param isCascading only those whose deleted rows take the table's own with them
   */
  static Map<TableName, Set<TableName>> references(Connection connection, boolean isCascading)
      throws SQLException {
    Map<TableName, Set<TableName>> references = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(REFERENCES)) {
      statement.setBoolean(1, isCascading);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          references
              .computeIfAbsent(
                  new TableName(rows.getString(1), rows.getString(2)), _ -> new HashSet<>())
              .add(new TableName(rows.getString(3), rows.getString(4)));
        }
      }
    }
    return references;
  }

  /** Each after those that it refers to. */
  static List<TableShape> parentsFirst(Connection connection, Collection<TableShape> shapes)
      throws SQLException {
    Map<TableName, TableShape> byName = new LinkedHashMap<>();
    shapes.forEach(shape -> byName.put(shape.table(), shape));
    return ParentsFirst.order(byName.keySet(), references(connection, false)).stream()
        .map(byName::get)
        .toList();
  }

  /** Reads them by the applier's session. */
  AppliedTables(Connection connection, Collection<TableShape> shapes) throws SQLException {
    for (TableShape shape : shapes) {
      String name = PostgresSql.quote(shape.table());
      Map<String, Type> types = new HashMap<>();
      try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
        statement.setString(1, name);
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            types.put(rows.getString(1), new Type(rows.getString(2), rows.getBoolean(3)));
          }
        }
      }
      read(connection, shape, name, types);
    }
  }

  private void read(Connection connection, TableShape shape, String name, Map<String, Type> types)
      throws SQLException {
    List<String> key = shape.key().stream().map(TableShape.Column::name).toList();
    try (PreparedStatement statement = connection.prepareStatement(PLAIN)) {
      statement.setString(1, name);
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) {
          return;
        }
        Set<String> primary = new TreeSet<>(Arrays.asList((String[]) rows.getArray(3).getArray()));
        boolean isPlain = rows.getBoolean(1) && primary.equals(new TreeSet<>(key));
        tables.put(shape.table(), new Table(isPlain, types));
        if (isPlain && rows.getBoolean(2)) {
          orderFree.put(shape.table(), key);
        }
      }
    }
  }

  /** The key of each table in which nothing but that key relates one row to another. */
  Map<TableName, List<String>> orderFree() {
    return orderFree;
  }

  /** True if rows may be written to it by COPY. */
  boolean isPlain(TableName table) {
    Table found = tables.get(table);
    return found != null && found.isPlain();
  }

  /** The type of a column. */
  Type type(TableName table, String column) {
    Table found = tables.get(table);
    Type type = found == null ? null : found.types().get(column);
    if (type == null) {
      throw new IllegalStateException(
          "Expected a column '%s' in %s on the applied side, but there is none"
              .formatted(column, table));
    }
    return type;
  }
}
