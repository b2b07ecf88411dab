package dev.cutover.contract;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Changes that the target took and the source has not got, counted. Rows and keys are in files
 * only.
 *
 * @param tables those with changes, by name
 * @param transactions that made them
 * @param firstChangeAt commit of the first one, on the target's clock; empty without any
 * @param lastChangeAt commit of the last one
 * @param complete false when the target could not be asked, so that there may be more
 */
public record Delta(
    List<TableDelta> tables,
    long transactions,
    Optional<Instant> firstChangeAt,
    Optional<Instant> lastChangeAt,
    boolean complete) {
  public Delta {
    tables = List.copyOf(tables);
  }

  /**
   * Changes of one table.
   *
   * @param rows different rows that were touched
   * @param truncates how often the whole table was emptied
   * @param keysSha256 of the touched keys in their order, to compare two counts without showing a
   *     key
   */
  public record TableDelta(
      TableName table,
      long rows,
      long inserts,
      long updates,
      long deletes,
      long truncates,
      String keysSha256) {}
}
