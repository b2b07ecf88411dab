package dev.cutover.deploy.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Rows of what orders took on one provider.
 *
 * @param title of the provider, before each row's name
 */
record OrderRows(String title, List<BenchRow> rows) {
  /** So small a share is the first of all. */
  private static final double SHORTEST = 1e-9;

  OrderRows(String title) {
    this(title, new ArrayList<>());
  }

  /** One figure: the time that such a share of all did not exceed. */
  void add(OrderTimes times, String what, double share) {
    add(times, what, share, Optional.empty());
  }

  /** The same with the most that it should be, in milliseconds. */
  void add(OrderTimes times, String what, double share, Optional<Double> targetMs) {
    Latencies taken = times.of(what);
    String name = name("%s, p%.0f".formatted(what, share * 100));
    String note = "of %d, the longest %.1f".formatted(taken.count(), taken.quantileMs(1));
    rows.add(
        targetMs
            .map(most -> BenchRow.atMost(most, name, taken.quantileMs(share), "ms", note))
            .orElseGet(() -> BenchRow.of(name, taken.quantileMs(share), "ms", note)));
    if (share == 0.5) {
      requests(times, what, what);
    }
  }

  /** The median of all that was timed. */
  void add(OrderTimes times, String prefix) {
    times.forEach(
        (what, taken) -> {
          rows.add(BenchRow.of(name(prefix + what), taken.quantileMs(0.5), "ms", spread(taken)));
          requests(times, what, prefix + what);
        });
  }

  /** A median that should be at most so long, in milliseconds. */
  void median(double targetMs, String what, Latencies taken, String note) {
    rows.add(
        BenchRow.atMost(
            targetMs, name(what), taken.quantileMs(0.5), "ms", spread(taken) + "; " + note));
  }

  /** What can't be measured before that is installed. */
  void missing(String what, String installation) {
    rows.add(BenchRow.of(name(what), 0, "", "missing: " + installation));
  }

  private void requests(OrderTimes times, String what, String named) {
    times
        .requests(what)
        .ifPresent(
            count -> rows.add(BenchRow.of(name(named + ": requests"), count, "", "of the last")));
  }

  private static String spread(Latencies taken) {
    return "median of %d, from %.1f to %.1f"
        .formatted(taken.count(), taken.quantileMs(SHORTEST), taken.quantileMs(1));
  }

  private String name(String what) {
    return title + ": " + what;
  }
}
