package dev.cutover.deploy.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The traffic switch on each kind of real name server that is installed. */
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
        rows.addAll(new SwitchFigures(kind, directory.resolve(kind.name()), rounds, out).run());
      } else {
        out.printf("%s: missing, %s%n", kind.title(), kind.installation());
        rows.add(BenchRow.of(kind.title(), 0, "", "missing: " + kind.installation()));
      }
    }
    return rows;
  }
}
