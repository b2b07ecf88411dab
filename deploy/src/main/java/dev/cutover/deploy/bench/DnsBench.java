package dev.cutover.deploy.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The traffic switch on each kind of real server that is installed: name servers and a balancer.
 */
final class DnsBench {
  private final int rounds;
  private final PrintStream out;

  /**
   * @param rounds of shift and revert for each kind
   */
  DnsBench(int rounds, PrintStream out) {
    this.rounds = rounds;
    this.out = out;
  }

  /** Whether there is anything to measure: BIND is the second authority of others too. */
  static boolean isPossible() {
    return NameServerKind.BIND.isInstalled();
  }

  List<BenchRow> run() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("cutover-bench-");
    List<BenchRow> rows = new ArrayList<>();
    for (NameServerKind kind : NameServerKind.values()) {
      if (kind.isInstalled()) {
        rows.addAll(measure(kind, directory.resolve(kind.name())));
      } else {
        out.printf("%s: missing, %s%n", kind.title(), kind.installation());
        rows.add(BenchRow.of(kind.title(), 0, "", "missing: " + kind.installation()));
      }
    }
    rows.addAll(balancer(directory));
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
    String title = "HAProxy";
    if (!HaProxies.areInstalled()) {
      out.printf("%s: missing, %s%n", title, HaProxies.INSTALLATION);
      return List.of(BenchRow.of(title, 0, "", "missing: " + HaProxies.INSTALLATION));
    }
    out.printf("%s: starting %d of them%n", title, HaProxies.INSTANCES);
    try (HaProxies servers = HaProxies.start(directory);
        Customers customers = servers.customers()) {
      return new BalancerFigures(
              title, servers.switching(), Optional.empty(), Optional.of(customers), rounds, out)
          .run();
    }
  }
}
