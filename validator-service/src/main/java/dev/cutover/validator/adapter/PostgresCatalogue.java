package dev.cutover.validator.adapter;

import dev.cutover.contract.FailureKind;
import dev.cutover.contract.TableName;
import dev.cutover.validator.domain.ReadFailed;
import dev.cutover.validator.domain.TableShape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads the shape of tables from PostgreSQL's catalogue. */
final class PostgresCatalogue {
  /** The number of rows is estimated as the planner does it: by the size of the file at present. */
  private static final String TABLE =
      """
      SELECT c.oid,
        CASE WHEN c.relkind = 'p' THEN greatest(c.reltuples, 0)
          WHEN c.relpages > 0
            THEN greatest(c.reltuples, 0) / c.relpages
              * (pg_relation_size(c.oid) / current_setting('block_size')::int)
          ELSE pg_relation_size(c.oid) / 50 END::bigint,
        current_setting('server_encoding')
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p', 'm')
      """;

  private static final String COLUMNS =
      """
      SELECT attname FROM pg_attribute
      WHERE attrelid = ? AND attnum > 0 AND NOT attisdropped ORDER BY attname COLLATE "C"
      """;

  /**
   * Columns of the primary key, or else of the smallest unique index that tells all rows apart. A
   * key is ordered alike everywhere if its type is, and text only if the index is in collation C of
   * the C library (provider c, or PostgreSQL before 15, which has no other for databases).
   */
  private static final String KEY =
      """
      WITH chosen AS (
        SELECT i.indrelid, i.indkey, i.indcollation, i.indnkeyatts FROM pg_index i
        WHERE i.indrelid = ? AND i.indisunique AND i.indisvalid AND i.indimmediate
          AND i.indpred IS NULL AND i.indexprs IS NULL
          AND NOT EXISTS (
            SELECT FROM generate_series(0, i.indnkeyatts - 1) AS p(i)
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[p.i]
            WHERE NOT a.attnotnull)
        ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid LIMIT 1)
      SELECT a.attname, format_type(a.atttypid, NULL),
        a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype,
          'uuid'::regtype, 'date'::regtype, 'timestamp'::regtype, 'timestamptz'::regtype,
          'bytea'::regtype)
        OR a.atttypid IN ('text'::regtype, 'varchar'::regtype)
          AND (l.collname IN ('C', 'POSIX') OR l.collname = 'default' AND EXISTS (
            SELECT FROM pg_database d WHERE d.datname = current_database()
              AND d.datcollate IN ('C', 'POSIX')
              AND coalesce(to_jsonb(d) ->> 'datlocprovider', 'c') = 'c'))
      FROM chosen CROSS JOIN generate_series(0, chosen.indnkeyatts - 1) AS p(i)
      JOIN pg_attribute a ON a.attrelid = chosen.indrelid AND a.attnum = chosen.indkey[p.i]
      LEFT JOIN pg_collation l ON l.oid = chosen.indcollation[p.i]
      ORDER BY p.i
      """;

  private PostgresCatalogue() {}

  static TableShape shape(Connection connection, TableName table, String address)
      throws SQLException, ReadFailed {
    long oid;
    long estimatedRows;
    String encoding;
    try (PreparedStatement statement = connection.prepareStatement(TABLE)) {
      statement.setString(1, table.schema());
      statement.setString(2, table.name());
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) {
          throw new ReadFailed(
              FailureKind.UNSUITABLE,
              "Expected table %s in %s, but it is not there: create it or take it out of the plan"
                  .formatted(table, address),
              false);
        }
        oid = rows.getLong(1);
        estimatedRows = rows.getLong(2);
        encoding = rows.getString(3);
      }
    }
    List<String> columns = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
      statement.setLong(1, oid);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          columns.add(rows.getString(1));
        }
      }
    }
    List<TableShape.KeyColumn> key = new ArrayList<>();
    boolean ordered = true;
    try (PreparedStatement statement = connection.prepareStatement(KEY)) {
      statement.setLong(1, oid);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          key.add(new TableShape.KeyColumn(rows.getString(1), rows.getString(2)));
          ordered &= rows.getBoolean(3);
        }
      }
    }
    return new TableShape(table, columns, key, ordered && !key.isEmpty(), encoding, estimatedRows);
  }
}
