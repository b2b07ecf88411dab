package dev.cutover.sync.domain;

import dev.cutover.contract.CopyMeasured.CopiedTable;
import dev.cutover.contract.CopyMeasured.CopyState;
import dev.cutover.contract.TableName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes rates and times left of counts that come now and then. Keeps the counts of the last
 * seconds; knows no clock; not safe for several threads.
 */
public final class CopyRates {
  /** Rates are those of so long at most. */
  private static final long WINDOW_NANOS = 10_000_000_000L;

  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MS = 1e6;

  /**
   * A table as counted.
   *
   * @param rowsExpected by the source's statistics; -1 when it has none
   * @param size of the table on the source, in whatever unit: its share of the work
   */
  public record Count(
      TableName table, long rows, long bytes, long rowsExpected, long size, CopyState state) {
    private double part() {
      return switch (state) {
        case WAITING -> 0;
        case COPYING -> rowsExpected <= 0 ? 0.5 : Math.min(0.99, (double) rows / rowsExpected);
        case FINISHING, DONE -> 1;
      };
    }
  }

  private record Sample(long nanos, long bytes, double part, Map<TableName, Count> counts) {}

  private final Deque<Sample> samples = new ArrayDeque<>();

  /** What the counts mean, beside those before them. */
  public CopyProgress progress(List<Count> counts, long nowNanos, boolean isWaiting) {
    Map<TableName, Count> byTable =
        new TreeMap<>(java.util.Comparator.comparing(TableName::toString));
    counts.forEach(count -> byTable.put(count.table(), count));
    long rows = counts.stream().mapToLong(Count::rows).sum();
    long bytes = counts.stream().mapToLong(Count::bytes).sum();
    double size = counts.stream().mapToLong(count -> Math.max(1, count.size())).sum();
    double part =
        counts.stream().mapToDouble(count -> count.part() * Math.max(1, count.size())).sum()
            / Math.max(1, size);
    samples.addLast(new Sample(nowNanos, bytes, part, byTable));
    while (samples.size() > 2 && nowNanos - samples.getFirst().nanos() > WINDOW_NANOS) {
      samples.removeFirst();
    }
    Sample before = samples.getFirst();
    double seconds = (nowNanos - before.nanos()) / NANOS_PER_SECOND;
    List<CopiedTable> tables = new ArrayList<>();
    for (Count count : counts) {
      tables.add(table(count, before.counts().get(count.table()), seconds));
    }
    return new CopyProgress(
        rows,
        bytes,
        rate(bytes - before.bytes(), seconds),
        left(part, before.part(), nowNanos - before.nanos()),
        isWaiting,
        tables);
  }

  private static CopiedTable table(
      Count now, @org.jspecify.annotations.Nullable Count before, double seconds) {
    long rows = before == null ? 0 : now.rows() - before.rows();
    long bytes = before == null ? 0 : now.bytes() - before.bytes();
    boolean isThere = now.state() == CopyState.FINISHING || now.state() == CopyState.DONE;
    long leftMs =
        isThere
            ? 0
            : rows <= 0 || now.rowsExpected() < 0
                ? -1
                : (long) (Math.max(0, now.rowsExpected() - now.rows()) * 1000.0 * seconds / rows);
    return new CopiedTable(
        now.table(),
        now.rows(),
        now.bytes(),
        now.rowsExpected(),
        rate(bytes, seconds),
        leftMs,
        now.state());
  }

  private static long rate(long bytes, double seconds) {
    return seconds <= 0 ? 0 : (long) (bytes / seconds);
  }

  private static long left(double part, double before, long nanos) {
    if (part >= 1) {
      return 0;
    }
    return part - before <= 0 ? -1 : (long) ((1 - part) * nanos / (part - before) / NANOS_PER_MS);
  }
}
