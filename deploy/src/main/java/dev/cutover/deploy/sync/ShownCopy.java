package dev.cutover.deploy.sync;

import dev.cutover.contract.CopyMeasured.CopiedTable;
import dev.cutover.contract.CopyMeasured.CopyState;
import dev.cutover.sync.domain.CopyProgress;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;

/** A copy in words. */
final class ShownCopy {
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};
  private static final int TABLES_MAX = 3;

  private ShownCopy() {}

  /** How far it is, on one line. */
  static String line(CopyProgress progress) {
    long done = progress.tables().stream().filter(table -> table.state() == CopyState.DONE).count();
    String tables =
        progress.tables().stream()
            .filter(table -> table.state() == CopyState.COPYING)
            .limit(TABLES_MAX)
            .map(ShownCopy::table)
            .collect(Collectors.joining(", "));
    return "%d of %d tables, %,d rows, %s, %s/s, %s%s%s"
        .formatted(
            done,
            progress.tables().size(),
            progress.rows(),
            bytes(progress.bytes()),
            bytes(progress.bytesPerSecond()),
            left(progress),
            progress.waiting() ? ", waiting for the source to have less to do" : "",
            tables.isEmpty() ? "" : ": " + tables);
  }

  private static String left(CopyProgress progress) {
    if (progress.leftMs() == 0) {
      return "rows are there, indexes and statistics to do";
    }
    return progress.leftMs() < 0 ? "time left unknown" : span(progress.leftMs()) + " left";
  }

  private static String table(CopiedTable table) {
    return table.rowsExpected() <= 0
        ? table.table().toString()
        : "%s %d %%"
            .formatted(table.table(), Math.min(99, table.rows() * 100 / table.rowsExpected()));
  }

  /** Such as {@code 1.2 GB}, of thousands. */
  static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1000 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
  }

  /** Such as {@code 1h 2m} or {@code 3.4 s}. */
  static String span(long ms) {
    Duration span = Duration.ofMillis(ms);
    if (span.toHours() > 0) {
      return "%dh %dm".formatted(span.toHours(), span.toMinutesPart());
    }
    return span.toMinutes() > 0
        ? "%dm %ds".formatted(span.toMinutes(), span.toSecondsPart())
        : String.format(Locale.ROOT, "%.1f s", ms / 1000.0);
  }
}
