package dev.cutover.validator.domain;

import dev.cutover.contract.TableName;
import java.util.List;

/**
 * What of a table matters for comparing it.
 *
 * @param columns names, sorted; all that can be read, generated ones too
 * @param key columns of the primary key, or else of a unique index over columns that are never
 *     null, in index order; empty when there is neither
 * @param ordered whether the key's order is the same on every server: numbers, times, uuid, bytea,
 *     and text only in collation C (trap E5)
 * @param encoding of the server: hashes are taken over bytes in it
 * @param estimatedRows the server's estimate; 0 or more
 */
public record TableShape(
    TableName table,
    List<String> columns,
    List<KeyColumn> key,
    boolean ordered,
    String encoding,
    long estimatedRows) {
  public TableShape {
    columns = List.copyOf(columns);
    key = List.copyOf(key);
  }

  /** Whether rows can be told apart by a key. */
  public boolean hasKey() {
    return !key.isEmpty();
  }

  /** The same table as both sides are to read it: key order is used only where both have it. */
  public TableShape alike(TableShape other) {
    return new TableShape(
        table,
        columns,
        key,
        ordered && other.ordered,
        encoding,
        Math.max(estimatedRows, other.estimatedRows));
  }

  /**
   * A column of the key.
   *
   * @param type as SQL spells it, such as {@code bigint}
   */
  public record KeyColumn(String name, String type) {}
}
