package dev.cutover.deploy.bench;

import dev.cutover.contract.Side;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** Measures the traffic switch on the names of a zone. */
final class SwitchFigures {
  private static final int LADDERS = 3;
  private static final int WARM_UP_ROUNDS = 50;
  private static final Duration WARM_UP_MAX = Duration.ofSeconds(20);
  private static final Duration ROUNDS_MAX = Duration.ofMinutes(2);
  private static final int LOOKS = 5;
  private static final int TOGETHER_ROUNDS = 10;
  private static final double LOOK_MAX_MS = 1_000;

  private static final int FIRST_LADDER = 90;
  private static final int ROUND_NAME = 80;
  private static final String REVERTED = "revert, all authorities right";

  private final MeasuredZone zone;
  private final Path directory;
  private final int rounds;
  private final PrintStream out;
  private final OrderRows rows;

  SwitchFigures(MeasuredZone zone, Path directory, int rounds, PrintStream out) {
    this.zone = zone;
    this.directory = directory;
    this.rounds = rounds;
    this.out = out;
    this.rows = new OrderRows(zone.title());
  }

  /**
   * Figures of one name there and back.
   *
   * @param revertMs until all authorities are right, at the median
   */
  record Rounds(List<BenchRow> rows, double revertMs) {}

  /** One name, there and back again and again. */
  Rounds rounds() throws IOException, InterruptedException {
    OrderedSwitch name = zone.switching(List.of(ROUND_NAME), List.of());
    prepare(name);
    say("warming up with %d rounds".formatted(WARM_UP_ROUNDS));
    OrderTimes times = new OrderTimes(zone.requests());
    repeat(WARM_UP_ROUNDS, WARM_UP_MAX, () -> round(name, times));
    times.clear();
    say("shifting and reverting %d times".formatted(rounds));
    repeat(rounds, ROUNDS_MAX, () -> round(name, times));
    OrderRows found = new OrderRows(zone.title());
    found.add(times, "shift, answered", 0.5);
    found.add(times, "shift, all authorities right", 0.5);
    found.add(times, "shift, all authorities right", 0.99);
    found.add(times, "revert, answered", 0.5);
    found.add(times, REVERTED, 0.5);
    found.add(times, REVERTED, 0.99, zone.revertMaxMs());
    return new Rounds(found.rows(), times.of(REVERTED).quantileMs(0.5));
  }

  /** Many names in one cutover, then every order of one with resolvers. */
  List<BenchRow> cutovers() throws IOException, InterruptedException {
    together();
    if (ServerProcess.find("unbound").isPresent()) {
      say("starting %d Unbounds".formatted(UnboundResolvers.PROCESSES));
      try (UnboundResolvers resolvers =
          UnboundResolvers.start(zone, Files.createDirectories(directory))) {
        ladders(resolvers);
      }
    } else {
      rows.missing("ladder and resolvers", "apt-get install unbound");
    }
    return rows.rows();
  }

  /** So often, or for so long: where secondaries hear late, fewer rounds say as much. */
  static void repeat(int times, Duration within, OrderTimes.Act act)
      throws IOException, InterruptedException {
    long endNanos = System.nanoTime() + within.toNanos();
    for (int n = 0; n < times && System.nanoTime() - endNanos < 0; n++) {
      act.run();
    }
  }

  private static void prepare(OrderedSwitch names) throws InterruptedException {
    names.capture();
    names.stage();
    names.lower();
  }

  private static void round(OrderedSwitch names, OrderTimes times)
      throws IOException, InterruptedException {
    long startedNanos = System.nanoTime();
    times.time("shift, answered", names::shift);
    names.awaitAuthorities(Side.TARGET);
    times.add("shift, all authorities right", startedNanos);
    startedNanos = System.nanoTime();
    times.time("revert, answered", names::revert);
    names.awaitAuthorities(Side.SOURCE);
    times.add(REVERTED, startedNanos);
  }

  private void together() throws IOException, InterruptedException {
    OrderedSwitch names =
        zone.switching(IntStream.range(0, zone.together()).boxed().toList(), List.of());
    prepare(names);
    say("%d names together, %d times".formatted(zone.together(), TOGETHER_ROUNDS));
    OrderTimes times = new OrderTimes(zone.requests());
    repeat(TOGETHER_ROUNDS, ROUNDS_MAX, () -> round(names, times));
    rows.add(times, "%d names: ".formatted(zone.together()));
  }

  /** All orders of a cutover, on a name of its own each time. */
  private void ladders(UnboundResolvers resolvers) throws IOException, InterruptedException {
    OrderTimes times = new OrderTimes(zone.requests());
    OrderTimes looks = new OrderTimes(zone.requests());
    String caches = ", caches of %d s".formatted(zone.ttlSeconds());
    for (int n = 0; n < LADDERS; n++) {
      say("whole ladder %d of %d".formatted(n + 1, LADDERS));
      OrderedSwitch name = zone.switching(List.of(FIRST_LADDER + n), resolvers.addresses());
      times.time("capture-records", name::capture);
      times.time("stage-switch", name::stage);
      times.time("lower-ttl, proven at every authority", name::lower);
      name.fillCaches();
      times.time("shift-traffic", name::shift);
      times.time("verify-shift" + caches, () -> name.verify(Side.TARGET));
      for (int look = 0; look < LOOKS; look++) {
        looks.time("look", () -> name.verify(Side.TARGET));
      }
      times.time("revert-traffic", name::revert);
      times.time("verify-revert" + caches, () -> name.verify(Side.SOURCE));
      times.time("restore-ttl", name::restore);
    }
    rows.add(times, "ladder: ");
    rows.median(
        LOOK_MAX_MS,
        "one look at %d resolvers".formatted(resolvers.addresses().size()),
        looks.of("look"),
        "%d Unbounds, %d addresses each, and both authorities"
            .formatted(UnboundResolvers.PROCESSES, UnboundResolvers.ADDRESSES_EACH));
  }

  private void say(String what) {
    out.printf("%s: %s%n", zone.title(), what);
  }
}
