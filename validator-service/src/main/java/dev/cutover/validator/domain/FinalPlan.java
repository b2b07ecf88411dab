package dev.cutover.validator.domain;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What of each table is checked inside the write outage, so that it takes about as long as planned.
 * Pure.
 *
 * <p>A table is checked as exactly as it can be afforded: all its rows; or all that changed since
 * the last pass and all its keys, which together are as exact as that pass was; or only its newest
 * rows, which the evidence then says.
 */
public final class FinalPlan {
  /** Rows whose text can be hashed in a millisecond, where no pass has measured it. */
  static final double HASHED_PER_MS = 100;

  /** Rows that can be looked at in a millisecond for whether they have changed. */
  static final double SCANNED_PER_MS = 2_000;

  private static final long NEWEST_MIN = 100;

  /** The rest of the budget has room for them, whatever is planned. */
  private static final int CHANGED_MIN = 5_000;

  private FinalPlan() {}

  /**
   * What is known of a table before the outage.
   *
   * @param pass what passes left; empty when this instance has not seen a full one
   */
  public record Known(TableShape shape, Optional<Pass> pass) {
    double hashedPerMs() {
      return pass.map(Pass::hashedPerMs).filter(rate -> rate > 0).orElse(HASHED_PER_MS);
    }
  }

  /**
   * What clean passes left: a full one, and those over what changed since.
   *
   * @param fullAt before the first read of the full pass
   * @param startedAt before the first read of the last one
   * @param positions before its first read, for {@link TableReader#changedSince}
   * @param open rows that kept changing, or were still on their way: whoever comes next compares
   *     them
   * @param rows that the table had in the full pass
   * @param hashedPerMs rows that were hashed in a millisecond
   */
  public record Pass(
      Instant fullAt,
      Instant startedAt,
      Positions positions,
      Set<RowKey> open,
      long rows,
      double hashedPerMs) {
    public Pass {
      open = Set.copyOf(open);
    }

    /** The same after a pass over what changed since, which found nothing wrong. */
    public Pass followedBy(Instant laterAt, Positions laterPositions, Set<RowKey> left) {
      return new Pass(fullAt, laterAt, laterPositions, left, rows, hashedPerMs);
    }
  }

  /** Positions of both servers. */
  public record Positions(long source, long target) {}

  /** How one table is checked. */
  public sealed interface Coverage {
    /** Which table. */
    TableShape shape();

    /** All rows. */
    record Whole(TableShape shape) implements Coverage {}

    /**
     * All rows that changed since the pass, and the keys of all rows.
     *
     * @param changedMax with more than that it does not fit into the budget
     */
    record Changed(TableShape shape, Pass pass, int changedMax) implements Coverage {}

    /** The rows with the highest keys only. */
    record Newest(TableShape shape, long rows) implements Coverage {}

    /** Nothing can be checked in time. */
    record None(TableShape shape, String why) implements Coverage {}
  }

  /** Plans all tables, in their order. Small tables are served first. */
  public static List<Coverage> plan(List<Known> tables, Duration planned) {
    double leftMs = planned.toMillis();
    Coverage[] coverages = new Coverage[tables.size()];
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < tables.size(); i++) {
      order.add(i);
    }
    order.sort((a, b) -> Long.compare(rows(tables.get(a)), rows(tables.get(b))));
    int left = order.size();
    for (int index : order) {
      Known table = tables.get(index);
      double shareMs = leftMs / left--;
      coverages[index] = plan(table, shareMs, leftMs);
      leftMs -= Math.min(costMs(table, coverages[index]), leftMs);
    }
    return List.of(coverages);
  }

  private static Coverage plan(Known table, double shareMs, double leftMs) {
    TableShape shape = table.shape();
    if (rows(table) / table.hashedPerMs() <= shareMs) {
      return new Coverage.Whole(shape);
    }
    double scanMs = rows(table) / SCANNED_PER_MS;
    if (table.pass().isPresent() && shape.hasKey() && scanMs <= leftMs) {
      double hashMs = Math.max(shareMs - scanMs, 0);
      int changedMax = Math.max(CHANGED_MIN, (int) (hashMs * table.hashedPerMs()));
      return new Coverage.Changed(shape, table.pass().get(), changedMax);
    }
    if (shape.ordered()) {
      long newest = Math.max(NEWEST_MIN, (long) (shareMs * table.hashedPerMs()));
      return new Coverage.Newest(shape, newest);
    }
    return new Coverage.None(
        shape,
        "expected a key whose order is the same on every server, or a full pass by this instance,"
            + " but there is neither, and the table is too large for the budget");
  }

  private static double costMs(Known table, Coverage coverage) {
    return switch (coverage) {
      case Coverage.Whole _ -> rows(table) / table.hashedPerMs();
      case Coverage.Changed changed ->
          rows(table) / SCANNED_PER_MS + changed.changedMax() / table.hashedPerMs();
      case Coverage.Newest newest -> newest.rows() / table.hashedPerMs();
      case Coverage.None _ -> 0;
    };
  }

  private static long rows(Known table) {
    return Math.max(table.shape().estimatedRows(), table.pass().map(Pass::rows).orElse(0L));
  }
}
