package dev.cutover.contract;

import java.time.Instant;
import java.util.List;

/**
 * How far the copy of the rows is, about once a second while it runs.
 *
 * @param step the order that copies
 * @param measuredAt when
 * @param rows copied so far, over all tables
 * @param bytes of COPY data so far, over all tables
 * @param bytesPerSecond over the last seconds, all tables together
 * @param leftMs until all rows are there, as it looks now; -1 when unknown
 * @param waiting true while it waits for the source to have less to do
 * @param tables each table of the replication
 */
public record CopyMeasured(
    StepRef step,
    Instant measuredAt,
    long rows,
    long bytes,
    long bytesPerSecond,
    long leftMs,
    boolean waiting,
    List<CopiedTable> tables)
    implements Report {
  public CopyMeasured {
    tables = List.copyOf(tables);
  }

  @Override
  public CutoverId cutover() {
    return step.cutover();
  }

  /**
   * How far one table is.
   *
   * @param rows copied so far
   * @param bytes of COPY data so far
   * @param rowsExpected by the source's statistics; -1 when it has none
   * @param bytesPerSecond over the last seconds
   * @param leftMs until its rows are there; 0 when they are, -1 when unknown
   * @param state how far it is
   */
  public record CopiedTable(
      TableName table,
      long rows,
      long bytes,
      long rowsExpected,
      long bytesPerSecond,
      long leftMs,
      CopyState state) {}

  /** Where a table is on its way. */
  public enum CopyState {
    /** No row of it was copied yet. */
    WAITING,
    /** Rows come. */
    COPYING,
    /** All rows are there; indexes, constraints and statistics are made. */
    FINISHING,
    /** Nothing is left to be done. */
    DONE
  }
}
