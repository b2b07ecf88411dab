package dev.cutover.deploy.bench;

import dev.cutover.contract.CheckResult;
import dev.cutover.contract.CheckResult.Outcome;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DataCheck;
import dev.cutover.deploy.validate.ValidatorHere;
import dev.cutover.runtime.AllowedHosts;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A comparison of two databases, beside whatever else compares them, and the floor. */
final class ValidateBench {
  private static final double FLOOR_MOST = 1.3;
  private static final double PEER_LEAST = 3;
  private static final double CHANGED_MOST_MS = 500;
  private static final int TOUCHED = 10_000;
  private static final Duration BOUND = Duration.ofHours(4);
  private static final String PGCOPYDB = "pgcopydb compare data";
  private static final List<String> TABLES = List.of(ComparedServers.NARROW, ComparedServers.WIDE);

  private final long narrowRows;
  private final long wideRows;
  private final int runs;
  private final PrintStream out;
  private final List<BenchRow> rows = new ArrayList<>();

  ValidateBench(long narrowRows, long wideRows, int runs, PrintStream out) {
    this.narrowRows = narrowRows;
    this.wideRows = wideRows;
    this.runs = runs;
    this.out = out;
  }

  /** One thing to be measured. */
  @FunctionalInterface
  private interface Way {
    void go() throws IOException, InterruptedException, SQLException;
  }

  List<BenchRow> run(Path programs) throws IOException, InterruptedException, SQLException {
    Path directory = Files.createTempDirectory("cutover-bench-");
    try (ComparedServers servers = new ComparedServers(programs, directory);
        ValidatorHere validator =
            new ValidatorHere(
                new CutoverId("bench-validate"),
                ComparedServers.credentials(),
                new AllowedHosts(List.of("127.0.0.1")),
                BOUND)) {
      out.printf("filling both sides: %,d narrow and %,d wide rows%n", narrowRows, wideRows);
      servers.fill(narrowRows, wideRows);
      changed(servers, validator);
      whole(servers, validator, programs, directory);
    } finally {
      CopyBench.delete(directory);
    }
    return rows;
  }

  /** Rows that were touched on both sides since a pass, as a stream leaves them. */
  private void changed(ComparedServers servers, ValidatorHere validator)
      throws SQLException, InterruptedException, IOException {
    expect(Outcome.MATCH, compare(servers, validator));
    List<Double> tookMs = new ArrayList<>();
    for (int run = 1; run <= runs; run++) {
      servers.onBoth(
          "UPDATE narrow SET customer = customer + 1 WHERE id %% %d = 0"
              .formatted(Math.max(1, narrowRows / TOUCHED)));
      tookMs.add(
          1_000
              * seconds(
                  "compared what changed",
                  () -> expect(Outcome.MATCH, validator.compareChanged(servers.spec()))));
    }
    servers.onBoth("VACUUM ANALYZE");
    rows.add(
        BenchRow.atMost(
            CHANGED_MOST_MS,
            "what changed: %,d touched rows".formatted(Math.min(narrowRows, TOUCHED)),
            BenchRow.median(tookMs),
            "ms",
            "found by their transactions in a scan of all rows; " + BenchRow.spread(tookMs)));
  }

  private void whole(
      ComparedServers servers, ValidatorHere validator, Path programs, Path directory)
      throws SQLException, InterruptedException, IOException {
    long wrongNarrow = Math.max(1, narrowRows * 7 / 10);
    long goneNarrow = Math.max(2, narrowRows * 2 / 10);
    long wrongWide = Math.max(1, wideRows * 4 / 10);
    servers.onTarget(
        "UPDATE narrow SET state = state || ' ' WHERE id = %d; DELETE FROM narrow WHERE id = %d; UPDATE wide SET raw = raw || '\\x00' WHERE id = %d"
            .formatted(wrongNarrow, goneNarrow, wrongWide));
    List<String> hidden =
        List.of(
            "(%d)".formatted(wrongNarrow),
            "(%d)".formatted(goneNarrow),
            "(%d)".formatted(wrongWide));
    Map<String, Way> ways = new LinkedHashMap<>();
    ways.put("cutover", () -> named(compare(servers, validator), hidden));
    ways.put("floor: count(*) and a sum of hashes", () -> floor(servers));
    ways.put("all rows over JDBC", () -> overJdbc(servers));
    Optional<String> missing = pgcopydbMissing(directory);
    if (missing.isEmpty()) {
      ways.put(PGCOPYDB, () -> pgcopydb(servers, programs, directory));
    }
    Map<String, List<Double>> took = new LinkedHashMap<>();
    for (int run = 1; run <= runs; run++) {
      for (Map.Entry<String, Way> way : ways.entrySet()) {
        took.computeIfAbsent(way.getKey(), _ -> new ArrayList<>())
            .add(seconds("run %d: %s".formatted(run, way.getKey()), way.getValue()));
      }
    }
    took.forEach(
        (name, values) ->
            rows.add(BenchRow.of(name, BenchRow.median(values), "s", BenchRow.spread(values))));
    missing.ifPresent(why -> rows.add(BenchRow.of(PGCOPYDB, 0, "", "missing: " + why)));
    List<Double> medians = took.values().stream().map(BenchRow::median).toList();
    double ours = medians.getFirst();
    double best = medians.subList(2, medians.size()).stream().min(Double::compare).orElseThrow();
    rows.add(BenchRow.atMost(FLOOR_MOST, "to the floor", ratio(ours, medians.get(1)), "x", ""));
    rows.add(BenchRow.atLeast(PEER_LEAST, "faster than the best peer", ratio(best, ours), "x", ""));
  }

  private static List<CheckResult> compare(ComparedServers servers, ValidatorHere validator)
      throws InterruptedException {
    return List.of(
        validator.compare(servers.spec(), new DataCheck.Checksums("checksums", List.of())));
  }

  private static void expect(Outcome outcome, List<CheckResult> results) {
    if (!results.stream().allMatch(result -> result.outcome() == outcome)) {
      throw new IllegalStateException("Expected %s, but found %s".formatted(outcome, results));
    }
  }

  private static void named(List<CheckResult> results, List<String> hidden) {
    expect(Outcome.MISMATCH, results);
    List<String> found =
        results.getFirst().evidence().stream()
            .filter(line -> line.contains(" differs: ") || line.contains(" is missing "))
            .toList();
    if (found.size() != hidden.size()
        || !hidden.stream().allMatch(key -> found.stream().anyMatch(line -> line.contains(key)))) {
      throw new IllegalStateException(
          "Expected the rows %s to be named, but found %s".formatted(hidden, found));
    }
  }

  private static void floor(ComparedServers servers) throws SQLException, InterruptedException {
    for (String table : TABLES) {
      servers.ask("SELECT count(*) FROM " + table);
      servers.ask("SELECT sum(hashtextextended(t::text, 0)) FROM %s t".formatted(table));
    }
  }

  private static void overJdbc(ComparedServers servers) throws SQLException {
    List<Long> found = new ArrayList<>();
    for (String table : TABLES) {
      try (Connection source = servers.source();
          Connection target = servers.target()) {
        found.addAll(RowsOverJdbc.differing(source, target, table));
      }
    }
    if (found.size() != 3) {
      throw new IllegalStateException("Expected 3 rows that differ, but found " + found);
    }
  }

  /** Why it can't be asked; empty when it can. */
  private static Optional<String> pgcopydbMissing(Path directory)
      throws IOException, InterruptedException {
    if (ServerProcess.find("pgcopydb").isEmpty()) {
      return Optional.of("apt-get install pgcopydb");
    }
    return shell("pgcopydb compare data --help", Map.of(), directory) == 0
        ? Optional.empty()
        : Optional.of("the installed pgcopydb has no such command");
  }

  private static void pgcopydb(ComparedServers servers, Path programs, Path directory)
      throws IOException, InterruptedException {
    // It ends with an error where something differs, which it does here.
    shell(
        "PATH=\"%s:$PATH\" pgcopydb compare data --source \"$SOURCE\" --target \"$TARGET\" --dir \"$(mktemp -d -p .)\""
            .formatted(programs),
        servers.uris(),
        directory);
  }

  private static int shell(String script, Map<String, String> environment, Path directory)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", script)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      if (!process.waitFor(BOUND)) {
        throw new IOException("Expected a run to end within %d h".formatted(BOUND.toHours()));
      }
      return process.exitValue();
    } finally {
      process.destroyForcibly();
    }
  }

  private double seconds(String what, Way way)
      throws IOException, InterruptedException, SQLException {
    long startedNanos = System.nanoTime();
    way.go();
    double seconds = (System.nanoTime() - startedNanos) / 1e9;
    out.printf("%s: %.2f s%n", Objects.requireNonNull(what), seconds);
    return seconds;
  }

  private static double ratio(double one, double other) {
    return Math.round(one / other * 100) / 100.0;
  }
}
