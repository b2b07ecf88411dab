package dev.cutover.deploy.bench;

import dev.cutover.contract.Side;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Measures the traffic switch on a balancer, which has neither TTLs nor resolvers.
 *
 * @param requests how many the provider has got so far; empty where none are counted
 * @param customers of the balancer; empty where it is a double's
 * @param rounds of shift and revert
 */
record BalancerFigures(
    String title,
    OrderedSwitch switching,
    Optional<LongSupplier> requests,
    Optional<Customers> customers,
    int rounds,
    PrintStream out) {
  private static final int CUTOVERS = 3;
  private static final int WARM_UP_ROUNDS = 50;
  private static final Duration WARM_UP_MAX = Duration.ofSeconds(20);
  private static final Duration ROUNDS_MAX = Duration.ofMinutes(2);
  private static final int SHARE_PERCENT = 50;

  List<BenchRow> run() throws IOException, InterruptedException {
    OrderRows rows = new OrderRows(title);
    rounds(rows);
    cutovers(rows);
    return rows.rows();
  }

  private void rounds(OrderRows rows) throws IOException, InterruptedException {
    switching.capture();
    switching.stage();
    switching.lower();
    say("warming up with %d rounds".formatted(WARM_UP_ROUNDS));
    OrderTimes times = new OrderTimes(requests);
    SwitchFigures.repeat(WARM_UP_ROUNDS, WARM_UP_MAX, () -> round(times));
    times.clear();
    say("shifting and reverting %d times".formatted(rounds));
    SwitchFigures.repeat(rounds, ROUNDS_MAX, () -> round(times));
    switching.restore();
    times.forEach((what, _) -> rows.add(times, what, 0.5));
    String last = customers.isPresent() ? lastOf(Side.TARGET) : "revert, answered";
    rows.add(times, last, 0.99);
  }

  private void round(OrderTimes times) throws IOException, InterruptedException {
    moved(times, "shift", switching::shift, Side.SOURCE);
    moved(times, "revert", switching::revert, Side.TARGET);
  }

  private void moved(OrderTimes times, String order, OrderTimes.Act act, Side from)
      throws IOException, InterruptedException {
    long startedNanos = System.nanoTime();
    times.time(order + ", answered", act);
    if (customers.isPresent()) {
      long lastNanos = customers.get().lastOf(from, startedNanos);
      times.addNanos(lastOf(from), lastNanos - startedNanos);
    }
  }

  private static String lastOf(Side from) {
    return from == Side.TARGET
        ? "revert, the target's last customer"
        : "shift, the source's last customer";
  }

  /** All orders of a cutover that stops at half. */
  private void cutovers(OrderRows rows) throws IOException, InterruptedException {
    OrderTimes times = new OrderTimes(requests);
    for (int n = 0; n < CUTOVERS; n++) {
      say("whole cutover %d of %d".formatted(n + 1, CUTOVERS));
      times.time("capture-records", switching::capture);
      times.time("stage-switch", switching::stage);
      times.time("lower-ttl, which prepares weights", switching::lower);
      times.time("shift-traffic to half", () -> switching.shift(SHARE_PERCENT));
      times.time("verify-split of half", () -> switching.verifySplit(SHARE_PERCENT));
      times.time("shift-traffic to all", switching::shift);
      times.time("verify-shift", () -> switching.verify(Side.TARGET));
      times.time("revert-traffic", switching::revert);
      times.time("verify-revert", () -> switching.verify(Side.SOURCE));
      times.time("restore-ttl, which ends", switching::restore);
    }
    rows.add(times, "cutover: ");
  }

  private void say(String what) {
    out.printf("%s: %s%n", title, what);
  }
}
