package dev.cutover.deploy.bench;

import dev.cutover.contract.Side;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** Measures the traffic switch on name servers of one kind. */
final class SwitchFigures {
  private static final int LADDERS = 3;
  private static final int WARM_UP_ROUNDS = 50;
  private static final Duration WARM_UP_MAX = Duration.ofSeconds(20);
  private static final Duration ROUNDS_MAX = Duration.ofMinutes(2);
  private static final int LOOKS = 5;
  private static final int TOGETHER = 50;
  private static final int TOGETHER_ROUNDS = 10;
  private static final int SCRIPT_ROUNDS = 20;
  private static final double REVERT_MAX_MS = 250;
  private static final double LOOK_MAX_MS = 1_000;

  /** So small a share is the first of all. */
  private static final double SHORTEST = 1e-9;

  private static final int FIRST_LADDER = 90;
  private static final int ROUND_NAME = 80;
  private static final int SCRIPT_NAME = 81;

  private final NameServerKind kind;
  private final Path directory;
  private final int rounds;
  private final PrintStream out;
  private final List<BenchRow> rows = new ArrayList<>();

  SwitchFigures(NameServerKind kind, Path directory, int rounds, PrintStream out) {
    this.kind = kind;
    this.directory = directory;
    this.rounds = rounds;
    this.out = out;
  }

  /** What is timed. */
  @FunctionalInterface
  private interface Act {
    void run() throws IOException, InterruptedException;
  }

  List<BenchRow> run() throws IOException, InterruptedException {
    say("starting servers");
    try (NameServers servers = NameServers.start(kind, Files.createDirectories(directory))) {
      rounds(servers);
      together(servers);
      if (ServerProcess.find("unbound").isPresent()) {
        say("starting %d Unbounds".formatted(UnboundResolvers.PROCESSES));
        try (UnboundResolvers resolvers = UnboundResolvers.start(servers, directory)) {
          ladders(servers, resolvers);
        }
      } else {
        rows.add(missing("ladder and resolvers", "apt-get install unbound"));
      }
      return rows;
    }
  }

  /** One name, there and back again and again. */
  private void rounds(NameServers servers) throws IOException, InterruptedException {
    OrderedSwitch name = new OrderedSwitch(servers, List.of(ROUND_NAME), List.of());
    prepare(name);
    say("warming up with %d rounds".formatted(WARM_UP_ROUNDS));
    Map<String, Latencies> times = new LinkedHashMap<>();
    repeat(WARM_UP_ROUNDS, WARM_UP_MAX, () -> round(name, times));
    times.values().forEach(Latencies::clear);
    say("shifting and reverting %d times".formatted(rounds));
    repeat(rounds, ROUNDS_MAX, () -> round(name, times));
    add(times, "shift, answered", 0.5);
    add(times, "shift, all authorities right", 0.5);
    add(times, "shift, all authorities right", 0.99);
    add(times, "revert, answered", 0.5);
    add(times, "revert, all authorities right", 0.5);
    Latencies reverts = of(times, "revert, all authorities right");
    String title = title("revert, all authorities right, p99");
    String note = "of %d, the longest %.1f".formatted(reverts.count(), reverts.quantileMs(1));
    rows.add(
        kind == NameServerKind.KNOT
            ? BenchRow.of(title, reverts.quantileMs(0.99), "ms", note)
            : BenchRow.atMost(REVERT_MAX_MS, title, reverts.quantileMs(0.99), "ms", note));
    script(servers, reverts.quantileMs(0.5));
  }

  /** So often, or for so long: where secondaries hear late, fewer rounds say as much. */
  private static void repeat(int times, Duration within, Act act)
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

  private void round(OrderedSwitch names, Map<String, Latencies> times)
      throws IOException, InterruptedException {
    long startedNanos = System.nanoTime();
    timed(times, "shift, answered", names::shift);
    names.awaitAuthorities(Side.TARGET);
    add(times, "shift, all authorities right", startedNanos);
    startedNanos = System.nanoTime();
    timed(times, "revert, answered", names::revert);
    names.awaitAuthorities(Side.SOURCE);
    add(times, "revert, all authorities right", startedNanos);
  }

  private void script(NameServers servers, double productMs)
      throws IOException, InterruptedException {
    if (!NsupdateScript.isPossible()) {
      rows.add(missing("script", "apt-get install bind9-dnsutils"));
      return;
    }
    say("the same by a script, %d times".formatted(SCRIPT_ROUNDS));
    NsupdateScript script = new NsupdateScript(servers, directory, SCRIPT_NAME);
    Map<String, Latencies> times = new LinkedHashMap<>();
    for (int n = 0; n < SCRIPT_ROUNDS; n++) {
      script.toTarget();
      timed(times, "script", script::toSource);
    }
    double scriptMs = of(times, "script").quantileMs(0.5);
    rows.add(
        BenchRow.of(
            title("revert by a script, all authorities right, p50"),
            scriptMs,
            "ms",
            "nsupdate without conditions, then dig until right; median of " + SCRIPT_ROUNDS));
    rows.add(
        BenchRow.of(
            title("the script beside the revert"),
            scriptMs / productMs,
            "times",
            "as long, at the medians"));
  }

  /** Many names in one cutover: one update each way. */
  private void together(NameServers servers) throws IOException, InterruptedException {
    OrderedSwitch names =
        new OrderedSwitch(servers, IntStream.range(0, TOGETHER).boxed().toList(), List.of());
    prepare(names);
    say("%d names together, %d times".formatted(TOGETHER, TOGETHER_ROUNDS));
    Map<String, Latencies> times = new LinkedHashMap<>();
    for (int n = 0; n < TOGETHER_ROUNDS; n++) {
      round(names, times);
    }
    for (Map.Entry<String, Latencies> time : times.entrySet()) {
      rows.add(
          BenchRow.of(
              title("%d names: %s, p50".formatted(TOGETHER, time.getKey())),
              time.getValue().quantileMs(0.5),
              "ms",
              spread(time.getValue())));
    }
  }

  /** All orders of a cutover, on a name of its own each time. */
  private void ladders(NameServers servers, UnboundResolvers resolvers)
      throws IOException, InterruptedException {
    Map<String, Latencies> times = new LinkedHashMap<>();
    Map<String, Latencies> looks = new LinkedHashMap<>();
    for (int n = 0; n < LADDERS; n++) {
      say("whole ladder %d of %d".formatted(n + 1, LADDERS));
      OrderedSwitch name =
          new OrderedSwitch(servers, List.of(FIRST_LADDER + n), resolvers.addresses());
      timed(times, "capture-records", name::capture);
      timed(times, "stage-switch", name::stage);
      timed(times, "lower-ttl, proven at every authority", name::lower);
      name.fillCaches();
      timed(times, "shift-traffic", name::shift);
      timed(times, "verify-shift, caches of 5 s", () -> name.verify(Side.TARGET));
      for (int look = 0; look < LOOKS; look++) {
        timed(looks, "look", () -> name.verify(Side.TARGET));
      }
      timed(times, "revert-traffic", name::revert);
      timed(times, "verify-revert, caches of 5 s", () -> name.verify(Side.SOURCE));
      timed(times, "restore-ttl", name::restore);
    }
    times.forEach(
        (step, taken) ->
            rows.add(
                BenchRow.of(title("ladder: " + step), taken.quantileMs(0.5), "ms", spread(taken))));
    Latencies taken = of(looks, "look");
    rows.add(
        BenchRow.atMost(
            LOOK_MAX_MS,
            title("one look at %d resolvers".formatted(resolvers.addresses().size())),
            taken.quantileMs(0.5),
            "ms",
            "%s; %d Unbounds, %d addresses each, and both authorities"
                .formatted(
                    spread(taken), UnboundResolvers.PROCESSES, UnboundResolvers.ADDRESSES_EACH)));
  }

  private static void timed(Map<String, Latencies> times, String what, Act act)
      throws IOException, InterruptedException {
    long startedNanos = System.nanoTime();
    act.run();
    add(times, what, startedNanos);
  }

  private static void add(Map<String, Latencies> times, String what, long startedNanos) {
    times.computeIfAbsent(what, _ -> new Latencies()).add(System.nanoTime() - startedNanos);
  }

  private static Latencies of(Map<String, Latencies> times, String what) {
    return Objects.requireNonNull(times.get(what), what);
  }

  private void add(Map<String, Latencies> times, String what, double share) {
    rows.add(
        BenchRow.of(
            title("%s, p%.0f".formatted(what, share * 100)),
            of(times, what).quantileMs(share),
            "ms",
            "of " + of(times, what).count()));
  }

  private static String spread(Latencies times) {
    return "median of %d, from %.1f to %.1f"
        .formatted(times.count(), times.quantileMs(SHORTEST), times.quantileMs(1));
  }

  private String title(String what) {
    return kind.title() + ": " + what;
  }

  private BenchRow missing(String what, String installation) {
    return BenchRow.of(title(what), 0, "", "missing: " + installation);
  }

  private void say(String what) {
    out.println(title(what));
  }
}
