package dev.cutover.deploy.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./cutover bench ...}: how fast it is, beside what it is built on. */
@Command(
    name = "bench",
    description = "Measures speed on this machine, side by side with the floor, in one run.",
    mixinStandardHelpOptions = true)
public final class BenchCommand {

  @Command(
      name = "orchestrate",
      description = {
        "Many cutovers at once on one orchestrator and a real broker; the other services are"
            + " played. How long it takes from an input to the command that follows on the topic,"
            + " beside a bare transaction on the same broker, and how long a new process replays.",
        "Then two orchestrators, one of which is killed again and again: how long nobody decides in"
            + " its place, and whether anything is done twice. Exit code 1 if a target is missed."
      },
      mixinStandardHelpOptions = true)
  int orchestrate(
      @Option(
              names = "--cutovers",
              defaultValue = "1000",
              description = "How many at once (default: ${DEFAULT-VALUE}).")
          int cutovers,
      @Option(
              names = "--inputs-per-second",
              defaultValue = "200",
              description = "Answers of services (default: ${DEFAULT-VALUE}).")
          int inputsPerSecond,
      @Option(
              names = "--kills",
              defaultValue = "3",
              description = "Of each kind, 0 for none (default: ${DEFAULT-VALUE}).")
          int kills,
      @Option(names = "--json", description = "Where the figures go, as JSON.") Path json)
      throws IOException, InterruptedException {
    if (cutovers < 1
        || cutovers > 10_000
        || inputsPerSecond < 1
        || inputsPerSecond > 100_000
        || kills < 0
        || kills > 100) {
      System.err.println(
          "Expected --cutovers from 1 to 10000, --inputs-per-second from 1 to 100000 and --kills from 0 to 100, but got %d, %d and %d"
              .formatted(cutovers, inputsPerSecond, kills));
      return 2;
    }
    logToFile();
    List<BenchRow> rows = new OrchestrateBench(cutovers, inputsPerSecond, kills, System.out).run();
    BenchRow.print(rows, System.out);
    System.out.printf(
        "on %d processors, Java %s; orchestrators run with %s%n",
        Runtime.getRuntime().availableProcessors(),
        Runtime.version(),
        String.join(" ", OrchestratorProcess.OPTIONS.subList(0, 2)));
    if (json != null) {
      BenchRow.write(rows, json);
    }
    return rows.stream().allMatch(row -> row.met().orElse(true)) ? 0 : 1;
  }

  @Command(
      name = "apply",
      description = {
        "The stream's apply stage on two real PostgreSQL servers, beside PostgreSQL's own logical"
            + " replication and a plain applier that goes row by row, with the same changes.",
        "Fails unless all of them have the source's rows at the end."
      },
      mixinStandardHelpOptions = true)
  int apply(
      @Option(
              names = "--changes",
              defaultValue = "100000",
              description = "Of each kind of load (default: ${DEFAULT-VALUE}).")
          int changes,
      @Option(
              names = "--lag-seconds",
              defaultValue = "10",
              description = "For how long lag is measured, 0 for not (default: ${DEFAULT-VALUE}).")
          int lagSeconds,
      @Option(names = "--json", description = "Where the figures go, as JSON.") Path json)
      throws IOException, InterruptedException, SQLException {
    if (changes < 100 || changes > 1_000_000 || lagSeconds < 0 || lagSeconds > 600) {
      System.err.println(
          "Expected --changes from 100 to 1000000 and --lag-seconds from 0 to 600, but got %d and %d"
              .formatted(changes, lagSeconds));
      return 2;
    }
    logToFile();
    ApplyFigures figures = new ApplyBench(changes, lagSeconds, System.out).run();
    figures.print(System.out);
    if (json != null) {
      BenchRow.write(figures.rows(), json);
    }
    return figures.differences().isEmpty() ? 0 : 1;
  }

  @Command(
      name = "copy",
      description = {
        "A copy from one PostgreSQL server to another, with indexes, constraints and statistics:"
            + " pgbench's tables, and wide rows. Beside pg_dump and pg_restore, pgcopydb where it"
            + " is installed, and the floor: a raw binary COPY from psql to psql, and the indexes.",
        "Exit code 1 if a target is missed, or the target has not what the source has."
      },
      mixinStandardHelpOptions = true)
  int copy(
      @Option(
              names = "--scale",
              defaultValue = "50",
              description = "Of pgbench, 0 for not (default: ${DEFAULT-VALUE}).")
          int scale,
      @Option(
              names = "--wide-rows",
              defaultValue = "500000",
              description = "In the wide table, 0 for not (default: ${DEFAULT-VALUE}).")
          int wideRows,
      @Option(
              names = "--runs",
              defaultValue = "3",
              description = "Of each way (default: ${DEFAULT-VALUE}).")
          int runs,
      @Option(names = "--json", description = "Where the figures go, as JSON.") Path json)
      throws IOException, InterruptedException, SQLException {
    if (scale < 0 || scale > 10_000 || wideRows < 0 || wideRows > 100_000_000 || runs < 1) {
      System.err.println(
          "Expected --scale from 0 to 10000, --wide-rows from 0 to 100000000 and --runs of 1 or more, but got %d, %d and %d"
              .formatted(scale, wideRows, runs));
      return 2;
    }
    Optional<Path> programs = InstalledPostgres.programs();
    if (programs.isEmpty()) {
      System.err.println(
          "Expected PostgreSQL's server and programs, which read only servers of their own version"
              + " and older ones, but they are not installed: "
              + InstalledPostgres.INSTALLATION);
      return 2;
    }
    logToFile();
    List<BenchRow> rows =
        new CopyBench(Map.of(CopyLoad.PGBENCH, scale, CopyLoad.WIDE, wideRows), runs, System.out)
            .run(programs.get());
    BenchRow.print(rows, System.out);
    System.out.printf(
        "on %d processors, Java %s, PostgreSQL in %s%n",
        Runtime.getRuntime().availableProcessors(), Runtime.version(), programs.get());
    if (json != null) {
      BenchRow.write(rows, json);
    }
    return rows.stream().allMatch(row -> row.met().orElse(true)) ? 0 : 1;
  }

  @Command(
      name = "dns",
      description = {
        "The traffic switch on real servers, those that are installed: BIND, PowerDNS and Knot by"
            + " updates of RFC 2136, HAProxy by its runtime API. Every order of a cutover, shift"
            + " and revert until all are right; at name servers also 50 names together, a look at"
            + " 50 resolvers, and a script with nsupdate and dig beside it.",
        "Route 53, Cloudflare, Designate and target groups of AWS are not among them: a cloud's"
            + " time is its own. How many requests an order makes there is counted over their"
            + " doubles, which are a part of the tests: docs/benchmarks.md says how, and has the"
            + " numbers.",
        "Exit code 1 if a target is missed."
      },
      mixinStandardHelpOptions = true)
  int dns(
      @Option(
              names = "--rounds",
              defaultValue = "200",
              description = "Of shift and revert on each (default: ${DEFAULT-VALUE}).")
          int rounds,
      @Option(
              names = "--only",
              paramLabel = "KIND",
              split = ",",
              description = "Only on these: bind, powerdns, knot, haproxy.")
          @Nullable List<String> only,
      @Option(names = "--json", description = "Where the figures go, as JSON.") Path json)
      throws IOException, InterruptedException {
    if (rounds < 1 || rounds > 10_000) {
      System.err.printf("Expected --rounds from 1 to 10000, but got %d%n", rounds);
      return 2;
    }
    if (!DnsBench.isPossible()) {
      System.err.println(
          "Expected BIND, which is the second authority of others too, but it is not installed: "
              + NameServerKind.BIND.installation());
      return 2;
    }
    DnsBench bench;
    try {
      bench = new DnsBench(rounds, only == null ? List.of() : only, System.out);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      return 2;
    }
    logToFile();
    List<BenchRow> rows = bench.run();
    BenchRow.print(rows, System.out);
    System.out.printf(
        "on %d processors, Java %s; requests to clouds are in docs/benchmarks.md%n",
        Runtime.getRuntime().availableProcessors(), Runtime.version());
    if (json != null) {
      BenchRow.write(rows, json);
    }
    return rows.stream().allMatch(row -> row.met().orElse(true)) ? 0 : 1;
  }

  @Command(
      name = "switch",
      description = {
        "How long nobody can write: whole cutovers by all services over Kafka, there and back again"
            + " and again, while an application writes to two PostgreSQL servers. From its first"
            + " refused write to its first accepted one on the other side, TTL aside, and what that"
            + " time consists of.",
        "Beside it a script that moves the same load by PostgreSQL's own replication. Exit code 1"
            + " if a target is missed, or an acknowledged write."
      },
      mixinStandardHelpOptions = true)
  int outage(
      @Option(
              names = "--runs",
              defaultValue = "20",
              description = "There and back (default: ${DEFAULT-VALUE}).")
          int runs,
      @Option(
              names = "--writes-per-second",
              defaultValue = "500",
              description = "Of the application (default: ${DEFAULT-VALUE}).")
          int writesPerSecond,
      @Option(names = "--json", description = "Where the figures go, as JSON.") Path json)
      throws IOException, InterruptedException, SQLException {
    if (runs < 1 || runs > 1_000 || writesPerSecond < 1 || writesPerSecond > 10_000) {
      System.err.println(
          "Expected --runs from 1 to 1000 and --writes-per-second from 1 to 10000, but got %d and %d"
              .formatted(runs, writesPerSecond));
      return 2;
    }
    logToFile();
    List<BenchRow> rows = new OutageBench(runs, writesPerSecond, System.out).run();
    BenchRow.print(rows, System.out);
    System.out.printf(
        "on %d processors, Java %s; all in one process but PostgreSQL%n",
        Runtime.getRuntime().availableProcessors(), Runtime.version());
    if (json != null) {
      BenchRow.write(rows, json);
    }
    return rows.stream().allMatch(row -> row.met().orElse(true)) ? 0 : 1;
  }

  @Command(
      name = "validate",
      description = {
        "A comparison of two PostgreSQL servers of many narrow and fewer wide rows, three of which"
            + " differ and must be named; and one of 10,000 rows that were touched since. Beside"
            + " pgcopydb compare data where it is installed, all rows read over JDBC, and the"
            + " floor: a count and a sum of hashes on each side, which name no row.",
        "Exit code 1 if a target is missed."
      },
      mixinStandardHelpOptions = true)
  int validate(
      @Option(
              names = "--narrow-rows",
              defaultValue = "10000000",
              description = "Default: ${DEFAULT-VALUE}.")
          long narrowRows,
      @Option(
              names = "--wide-rows",
              defaultValue = "1000000",
              description = "Default: ${DEFAULT-VALUE}.")
          long wideRows,
      @Option(
              names = "--runs",
              defaultValue = "3",
              description = "Of each way (default: ${DEFAULT-VALUE}).")
          int runs,
      @Option(names = "--json", description = "Where the figures go, as JSON.") Path json)
      throws IOException, InterruptedException, SQLException {
    if (narrowRows < 100
        || narrowRows > 1_000_000_000
        || wideRows < 100
        || wideRows > 1_000_000_000
        || runs < 1) {
      System.err.println(
          "Expected --narrow-rows and --wide-rows from 100 to 1000000000 and --runs of 1 or more, but got %d, %d and %d"
              .formatted(narrowRows, wideRows, runs));
      return 2;
    }
    Optional<Path> programs = InstalledPostgres.programs();
    if (programs.isEmpty()) {
      System.err.println(
          "Expected PostgreSQL's server and programs, but they are not installed: "
              + InstalledPostgres.INSTALLATION);
      return 2;
    }
    logToFile();
    List<BenchRow> rows =
        new ValidateBench(narrowRows, wideRows, runs, System.out).run(programs.get());
    BenchRow.print(rows, System.out);
    System.out.printf(
        "on %d processors, Java %s, PostgreSQL in %s%n",
        Runtime.getRuntime().availableProcessors(), Runtime.version(), programs.get());
    if (json != null) {
      BenchRow.write(rows, json);
    }
    return rows.stream().allMatch(row -> row.met().orElse(true)) ? 0 : 1;
  }

  /** The terminal is for figures, and lines to it would be part of what is measured. */
  static void logToFile() {
    Path log = Path.of(System.getProperty("cutover.home", "."), ".cutover", "bench.log");
    System.setProperty("cutover.log", log.toString());
    System.setProperty("logback.configurationFile", "demo/logback.xml");
  }
}
