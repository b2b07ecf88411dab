package dev.cutover.sync.adapter;

import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.sync.domain.TableShape;
import dev.cutover.sync.domain.TableShape.Column;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads what PostgreSQL's catalogue says of tables. */
final class PostgresCatalog {
  private static final String COLUMNS =
      """
      WITH RECURSIVE below(oid, base) AS (
        SELECT t.oid, t.oid FROM pg_type t WHERE t.typtype <> 'd'
        UNION ALL
        SELECT d.oid, below.base FROM pg_type d JOIN below ON d.typbasetype = below.oid AND d.typtype = 'd'
      )
      SELECT a.attname, format_type(a.atttypid, a.atttypmod),
             CASE WHEN b.typtype = 'e' THEN 'enum' WHEN b.typnamespace = 'pg_catalog'::regnamespace OR b.typname = 'citext' THEN b.typname ELSE 'other' END,
             COALESCE(a.attnum = ANY (k.indkey), false), NOT a.attnotnull, a.attidentity = 'a'
      FROM pg_attribute a
      JOIN below ON below.oid = a.atttypid JOIN pg_type b ON b.oid = below.base
      LEFT JOIN pg_index k ON k.indrelid = a.attrelid AND k.indisprimary
      WHERE a.attrelid = to_regclass(?) AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      ORDER BY a.attnum""";

  private PostgresCatalog() {}

  /**
   * Reads the shapes of the tables, in their order.
   *
   * @throws ReplicationFailed when a table is missing, has no primary key, has one of a type that
   *     the stream does not carry exactly, or does not log its key
   */
  static Map<TableName, TableShape> shapes(Connection connection, List<TableName> tables)
      throws SQLException, ReplicationFailed {
    Map<TableName, TableShape> shapes = new LinkedHashMap<>();
    for (TableName table : tables) {
      shapes.put(table, shape(connection, table));
    }
    return shapes;
  }

  /** The columns of a table, of whatever kind its key is; none where there is no such table. */
  static TableShape columns(Connection connection, TableName table) throws SQLException {
    List<Column> columns = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
      statement.setString(1, PostgresSql.quote(table));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          columns.add(
              new Column(
                  rows.getString(1),
                  rows.getString(2),
                  rows.getString(3),
                  rows.getBoolean(4),
                  rows.getBoolean(5),
                  rows.getBoolean(6)));
        }
      }
    }
    return new TableShape(table, columns);
  }

  private static TableShape shape(Connection connection, TableName table)
      throws SQLException, ReplicationFailed {
    TableShape shape = columns(connection, table);
    if (shape.columns().isEmpty()) {
      throw new ReplicationFailed(
          "Expected a table %s in %s, but there is none: correct the plan's tables"
              .formatted(table, connection.getMetaData().getURL()));
    }
    if (shape.key().isEmpty()) {
      throw new ReplicationFailed(
          "Expected table %s to have a primary key, but it has none: add one, or leave the table out of the plan"
              .formatted(table));
    }
    for (Column column : shape.key()) {
      if (!column.verified()) {
        throw new ReplicationFailed(
            "Expected the primary key of %s to be of types that a stream carries exactly, but column %s is of type %s: leave the table out of the plan"
                .formatted(table, column.name(), column.type()));
      }
    }
    requireIdentity(connection, table);
    return shape;
  }

  private static void requireIdentity(Connection connection, TableName table)
      throws SQLException, ReplicationFailed {
    String identity =
        PostgresSql.query(
                connection,
                "SELECT relreplident FROM pg_class WHERE oid = to_regclass(?)",
                PostgresSql.quote(table))
            .orElse("n");
    if (!identity.equals("d") && !identity.equals("f")) {
      throw new ReplicationFailed(
          "Expected the replica identity of %s to be DEFAULT or FULL, but it is '%s': ALTER TABLE %s REPLICA IDENTITY DEFAULT"
              .formatted(table, identity, PostgresSql.quote(table)));
    }
  }
}
