package dev.cutover.sync.domain;

import dev.cutover.contract.CopyMeasured;
import dev.cutover.contract.CopyMeasured.CopiedTable;
import dev.cutover.contract.StepRef;
import java.time.Instant;
import java.util.List;

/**
 * How far a copy is.
 *
 * @param rows copied so far, over all tables
 * @param bytes of COPY data so far, over all tables
 * @param bytesPerSecond over the last seconds
 * @param leftMs until all rows are there; -1 when unknown
 * @param waiting true while it waits for the source to have less to do
 * @param tables each table
 */
public record CopyProgress(
    long rows,
    long bytes,
    long bytesPerSecond,
    long leftMs,
    boolean waiting,
    List<CopiedTable> tables) {
  public CopyProgress {
    tables = List.copyOf(tables);
  }

  /** The same as others are told of it. */
  public CopyMeasured measured(StepRef step, Instant now) {
    return new CopyMeasured(step, now, rows, bytes, bytesPerSecond, leftMs, waiting, tables);
  }
}
