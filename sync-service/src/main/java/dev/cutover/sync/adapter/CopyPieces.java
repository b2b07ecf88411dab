package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.TableShape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A table, cut into what one COPY takes at a time.
 *
 * @param rowsExpected by the statistics; -1 where there are none
 * @param size in blocks
 */
record CopyPieces(List<Piece> pieces, long rowsExpected, long size) {
  private static final long BLOCKS_PER_PIECE = 4096;

  /** The table itself, or the leaves of a partitioned one. */
  private static final String LEAVES =
      """
      SELECT format('%I.%I', n.nspname, c.relname),
             CASE WHEN c.relkind = 'r' THEN pg_relation_size(c.oid) / current_setting('block_size')::bigint ELSE 0 END,
             c.reltuples::bigint
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.oid = to_regclass(?) AND c.relkind <> 'p'
          OR c.oid IN (SELECT relid FROM pg_partition_tree(to_regclass(?)) WHERE isleaf) AND c.relkind <> 'p'
       ORDER BY 2 DESC, 1""";

  /**
   * Part of a table.
   *
   * @param from as it stands behind FROM
   * @param where empty for all of it
   */
  record Piece(String from, String where) {}

  /**
   * Cuts by the size that the source's catalogue tells.
   *
   * @param isCut false: the table as a whole
   */
  static CopyPieces of(Connection source, TableShape shape, boolean isCut) throws SQLException {
    String table = PostgresSql.quote(shape.table());
    List<Piece> pieces = new ArrayList<>();
    long rowsExpected = 0;
    long size = 0;
    try (PreparedStatement statement = source.prepareStatement(LEAVES)) {
      statement.setString(1, table);
      statement.setString(2, table);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          long blocks = rows.getLong(2);
          size += blocks;
          rowsExpected =
              rowsExpected < 0 || rows.getLong(3) < 0 ? -1 : rowsExpected + rows.getLong(3);
          cut(pieces, "ONLY " + rows.getString(1), blocks);
        }
      }
    }
    return isCut && !pieces.isEmpty()
        ? new CopyPieces(pieces, rowsExpected, size)
        : new CopyPieces(List.of(new Piece(table, "")), rowsExpected, size);
  }

  /** The last one has no end: the table may have grown since, though not in the snapshot. */
  private static void cut(List<Piece> pieces, String from, long blocks) {
    if (blocks <= BLOCKS_PER_PIECE) {
      pieces.add(new Piece(from, ""));
      return;
    }
    for (long begin = 0; begin < blocks; begin += BLOCKS_PER_PIECE) {
      long end = begin + BLOCKS_PER_PIECE;
      pieces.add(
          new Piece(
              from,
              " WHERE ctid >= '(%d,0)'".formatted(begin)
                  + (end >= blocks ? "" : " AND ctid < '(%d,0)'".formatted(end))));
    }
  }
}
