package dev.cutover.deploy.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The traffic switch on each kind of real server that is installed: name servers and a balancer.
 */
final class DnsBench {
  private static final String BALANCER = "HAProxy";

  private final int rounds;
  private final Set<String> only;
  private final PrintStream out;

  /**
   * @param rounds of shift and revert for each kind
   * @param only names of kinds, in any case; empty for all
   * @throws IllegalArgumentException when there is no such kind
   */
  DnsBench(int rounds, List<String> only, PrintStream out) {
    this.rounds = rounds;
    this.only = only.stream().map(DnsBench::word).collect(Collectors.toUnmodifiableSet());
    this.out = out;
    List<String> known =
        Stream.concat(
                Arrays.stream(NameServerKind.values()).map(NameServerKind::title),
                Stream.of(BALANCER))
            .toList();
    only.stream()
        .filter(name -> known.stream().noneMatch(title -> word(title).equals(word(name))))
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "Expected --only of %s, but got '%s'".formatted(known, name));
            });
  }

  private static String word(String name) {
    return name.strip().toLowerCase(Locale.ROOT);
  }

  private boolean isWanted(String title) {
    return only.isEmpty() || only.contains(word(title));
  }

  /** Whether there is anything to measure: BIND is the second authority of others too. */
  static boolean isPossible() {
    return NameServerKind.BIND.isInstalled();
  }

  List<BenchRow> run() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("cutover-bench-");
    List<BenchRow> rows = new ArrayList<>();
    for (NameServerKind kind : NameServerKind.values()) {
      if (!isWanted(kind.title())) {
        continue;
      }
      if (kind.isInstalled()) {
        rows.addAll(measure(kind, directory.resolve(kind.name())));
      } else {
        out.printf("%s: missing, %s%n", kind.title(), kind.installation());
        rows.add(BenchRow.of(kind.title(), 0, "", "missing: " + kind.installation()));
      }
    }
    if (isWanted(BALANCER)) {
      rows.addAll(balancer(directory));
    }
    return rows;
  }

  private List<BenchRow> measure(NameServerKind kind, Path place)
      throws IOException, InterruptedException {
    out.printf("%s: starting servers%n", kind.title());
    try (NameServers servers = NameServers.start(kind, place)) {
      SwitchFigures figures = new SwitchFigures(servers.zone(), place, rounds, out);
      SwitchFigures.Rounds one = figures.rounds();
      List<BenchRow> measured = new ArrayList<>(one.rows());
      measured.addAll(NsupdateScript.measure(servers, place, kind.title(), one.revertMs(), out));
      measured.addAll(figures.cutovers());
      return measured;
    }
  }

  private List<BenchRow> balancer(Path directory) throws IOException, InterruptedException {
    if (!HaProxies.areInstalled()) {
      out.printf("%s: missing, %s%n", BALANCER, HaProxies.INSTALLATION);
      return List.of(BenchRow.of(BALANCER, 0, "", "missing: " + HaProxies.INSTALLATION));
    }
    out.printf("%s: starting %d of them%n", BALANCER, HaProxies.INSTANCES);
    try (HaProxies servers = HaProxies.start(directory);
        Customers customers = servers.customers()) {
      return new BalancerFigures(
              BALANCER, servers.switching(), Optional.empty(), Optional.of(customers), rounds, out)
          .run();
    }
  }
}
