package dev.cutover.deploy.bench;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * What a comparison is without hashes in the server: all rows of both sides, by key, side by side.
 */
final class RowsOverJdbc {
  private static final int FETCHED_ROWS = 10_000;

  private RowsOverJdbc() {}

  /** Keys of rows that are not the same, in their order. */
  static List<Long> differing(Connection source, Connection target, String table)
      throws SQLException {
    List<Long> differing = new ArrayList<>();
    source.setAutoCommit(false); // else all rows are fetched at once
    target.setAutoCommit(false);
    try (Statement ofSource = source.createStatement();
        Statement ofTarget = target.createStatement()) {
      ofSource.setFetchSize(FETCHED_ROWS);
      ofTarget.setFetchSize(FETCHED_ROWS);
      String sql = "SELECT id, t::text FROM %s t ORDER BY id".formatted(table);
      try (ResultSet left = ofSource.executeQuery(sql);
          ResultSet right = ofTarget.executeQuery(sql)) {
        boolean more = left.next();
        boolean others = right.next();
        while (more || others) {
          long key = more ? left.getLong(1) : Long.MAX_VALUE;
          long other = others ? right.getLong(1) : Long.MAX_VALUE;
          if (key != other || !left.getString(2).equals(right.getString(2))) {
            differing.add(Math.min(key, other));
          }
          more = key <= other ? left.next() : more;
          others = other <= key ? right.next() : others;
        }
      }
    }
    return differing;
  }
}
