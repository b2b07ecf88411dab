package dev.cutover.sync.adapter;

import dev.cutover.contract.CopyMeasured.CopyState;
import dev.cutover.contract.TableName;
import dev.cutover.sync.domain.CopyProgress;
import dev.cutover.sync.domain.CopyRates;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Counts what a copy does, table by table. Safe for several threads. */
final class CopyTally {
  private final Map<TableName, Counter> counters = new LinkedHashMap<>();
  private final CopyRates rates = new CopyRates();

  /** One table. */
  static final class Counter {
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final long rowsExpected;
    private final long size;
    private volatile CopyState state = CopyState.WAITING;

    private Counter(long rowsExpected, long size) {
      this.rowsExpected = rowsExpected;
      this.size = size;
    }

    void add(long newRows, long newBytes) {
      rows.addAndGet(newRows);
      bytes.addAndGet(newBytes);
    }

    void is(CopyState now) {
      state = now;
    }
  }

  /**
   * A table that is to be counted; all of them before the first is copied.
   *
   * @param rowsExpected -1 when unknown
   * @param size of it, in whatever unit
   */
  Counter table(TableName table, long rowsExpected, long size) {
    Counter counter = new Counter(rowsExpected, size);
    counters.put(table, counter);
    return counter;
  }

  CopyProgress progress(BooleanSupplier isWaiting) {
    synchronized (rates) {
      return rates.progress(
          counters.entrySet().stream()
              .map(
                  entry ->
                      new CopyRates.Count(
                          entry.getKey(),
                          entry.getValue().rows.get(),
                          entry.getValue().bytes.get(),
                          entry.getValue().rowsExpected,
                          entry.getValue().size,
                          entry.getValue().state))
              .toList(),
          System.nanoTime(),
          isWaiting.getAsBoolean());
    }
  }

  long rows() {
    return counters.values().stream().mapToLong(counter -> counter.rows.get()).sum();
  }

  long bytes() {
    return counters.values().stream().mapToLong(counter -> counter.bytes.get()).sum();
  }

  Map<TableName, Long> perTable() {
    Map<TableName, Long> rows = new LinkedHashMap<>();
    counters.forEach((table, counter) -> rows.put(table, counter.rows.get()));
    return rows;
  }
}
