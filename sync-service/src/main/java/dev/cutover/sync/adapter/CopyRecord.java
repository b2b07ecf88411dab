package dev.cutover.sync.adapter;

import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.Lsn;
import dev.cutover.sync.domain.TableStarts;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * What of a copy is done, in the target itself: {@code cutover.copied} has a row for each table
 * whose rows are all there, written in the transaction of its last rows.
 */
final class CopyRecord {
  static final String COPIED =
      """
      CREATE TABLE IF NOT EXISTS cutover.copied(stream text, table_schema text, table_name text,
        lsn pg_lsn NOT NULL, at timestamptz, PRIMARY KEY (stream, table_schema, table_name))""";

  private final String stream;

  CopyRecord(String stream) {
    this.stream = stream;
  }

  /**
   * Writes that a table is complete.
   *
   * @param start its changes count from here on: what commits later is not in its rows
   */
  void complete(Connection target, TableName table, Lsn start) throws SQLException {
    PostgresSql.update(
        target,
        "INSERT INTO cutover.copied VALUES (?, ?, ?, ?::pg_lsn, clock_timestamp())",
        stream,
        table.schema(),
        table.name(),
        start.toString());
  }

  /** The tables that are complete, and from where on their changes count. */
  Map<TableName, Lsn> complete(Connection target) throws SQLException {
    Map<TableName, Lsn> complete = new HashMap<>();
    // A database that an earlier version prepared has no such table.
    if (PostgresSql.query(target, "SELECT to_regclass('cutover.copied')").isEmpty()) {
      return complete;
    }
    try (PreparedStatement statement =
        target.prepareStatement(
            "SELECT table_schema, table_name, lsn::text FROM cutover.copied WHERE stream = ?")) {
      statement.setString(1, stream);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          complete.put(
              new TableName(rows.getString(1), rows.getString(2)), Lsn.parse(rows.getString(3)));
        }
      }
    }
    return complete;
  }

  TableStarts starts(Connection target) throws SQLException {
    return new TableStarts(complete(target));
  }

  /** Forgets all tables of the stream. */
  void forget(Connection target) throws SQLException {
    forget(target, complete(target).keySet());
  }

  void forget(Connection target, Collection<TableName> tables) throws SQLException {
    for (TableName table : tables) {
      PostgresSql.update(
          target,
          "DELETE FROM cutover.copied WHERE stream = ? AND table_schema = ? AND table_name = ?",
          stream,
          table.schema(),
          table.name());
    }
  }
}
