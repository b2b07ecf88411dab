package dev.cutover.deploy.bench;

import dev.cutover.sync.adapter.PostgresBulkCopy;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A copy from server to server, beside PostgreSQL's own programs, pgcopydb, and the floor. */
final class CopyBench {
  private static final int WORKERS = 2;
  private static final Duration RUN_MAX = Duration.ofMinutes(30);
  private static final double FLOOR_TARGET = 1.1;

  private final Map<CopyLoad, Integer> sizes;
  private final int runs;
  private final PrintStream out;
  private final List<String> differences = new ArrayList<>();

  /**
   * @param sizes of each load
   * @param runs of each way, of which the middle one counts
   */
  CopyBench(Map<CopyLoad, Integer> sizes, int runs, PrintStream out) {
    this.sizes = sizes;
    this.runs = runs;
    this.out = out;
  }

  List<BenchRow> run(Path programs) throws IOException, InterruptedException, SQLException {
    Path directory = Files.createTempDirectory("cutover-bench-");
    List<BenchRow> rows = new ArrayList<>();
    try (CopyServers servers = new CopyServers(programs, directory)) {
      for (CopyLoad load : CopyLoad.values()) {
        int size = sizes.getOrDefault(load, 0);
        if (size > 0) {
          out.printf("%s: filling the source%n", load.title());
          servers.fill(load, size);
          rows.addAll(measure(servers, load, programs, directory));
        }
      }
    } finally {
      delete(directory);
    }
    differences.forEach(out::println);
    rows.add(BenchRow.atMost(0, "tables that differ", differences.size(), "", "after each run"));
    return rows;
  }

  private List<BenchRow> measure(CopyServers servers, CopyLoad load, Path programs, Path directory)
      throws IOException, InterruptedException, SQLException {
    Map<CopyWay, List<Double>> others = new EnumMap<>(CopyWay.class);
    List<Double> ours = new ArrayList<>();
    product(servers, load); // what production has warm too
    for (int run = 1; run <= runs; run++) {
      ours.add(product(servers, load));
      differences.addAll(servers.differences(load, run == 1));
      out.printf("%s, run %d: cutover %.1f s%n", load.title(), run, ours.getLast());
      for (CopyWay way : CopyWay.values()) {
        if (way.isInstalled()) {
          double seconds = other(servers, load, way, programs, directory);
          others.computeIfAbsent(way, _ -> new ArrayList<>()).add(seconds);
          List<String> found = servers.differences(load, false);
          found.forEach(difference -> out.println(way.title() + ": " + difference));
          out.printf("%s, run %d: %s %.1f s%n", load.title(), run, way.title(), seconds);
        }
      }
    }
    return rows(load.title() + ": ", ours, others);
  }

  private static List<BenchRow> rows(
      String name, List<Double> ours, Map<CopyWay, List<Double>> others) {
    List<BenchRow> rows = new ArrayList<>();
    rows.add(BenchRow.of(name + "cutover", BenchRow.median(ours), "s", BenchRow.spread(ours)));
    double best = Double.MAX_VALUE;
    for (CopyWay way : CopyWay.values()) {
      List<Double> seconds = others.get(way);
      if (seconds == null) {
        rows.add(BenchRow.of(name + way.title(), 0, "", "missing: " + way.installation()));
        continue;
      }
      rows.add(
          BenchRow.of(name + way.title(), BenchRow.median(seconds), "s", BenchRow.spread(seconds)));
      if (way != CopyWay.FLOOR) {
        best = Math.min(best, BenchRow.median(seconds));
      }
    }
    rows.add(
        BenchRow.atMost(
            1, name + "to the best peer", ratio(ours, best), "x", "with statistics on both"));
    rows.add(
        BenchRow.atMost(
            FLOOR_TARGET,
            name + "to the floor",
            ratio(ours, BenchRow.median(others.getOrDefault(CopyWay.FLOOR, ours))),
            "x",
            "which has no statistics and no foreign keys"));
    return rows;
  }

  private static double ratio(List<Double> ours, double other) {
    return Math.round(BenchRow.median(ours) / other * 100) / 100.0;
  }

  private static double product(CopyServers servers, CopyLoad load)
      throws SQLException, InterruptedException {
    servers.renew();
    long startedNanos = System.nanoTime();
    try {
      new PostgresBulkCopy(servers.connections(), WORKERS).copy(servers.spec(load), _ -> {});
    } catch (GateRefused | ReplicationFailed e) {
      throw new IllegalStateException("Expected the copy to succeed, but: " + e.getMessage(), e);
    }
    return (System.nanoTime() - startedNanos) / 1e9;
  }

  private static double other(
      CopyServers servers, CopyLoad load, CopyWay way, Path programs, Path directory)
      throws IOException, InterruptedException, SQLException {
    servers.renew();
    Path scratch = Files.createTempDirectory(directory, "way");
    Map<String, String> environment =
        Map.of(
            "BIN", programs.toString(),
            "SOURCE", servers.sourceUri(load),
            "TARGET", servers.targetUri(),
            "DIR", scratch.toString());
    shell(way.preparation(), environment, scratch);
    long startedNanos = System.nanoTime();
    shell(way.script(load), environment, scratch);
    double seconds = (System.nanoTime() - startedNanos) / 1e9;
    delete(scratch);
    return seconds;
  }

  private static void shell(String script, Map<String, String> environment, Path directory)
      throws IOException, InterruptedException {
    Path log = Files.createTempFile(directory, "shell", ".log");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-euo", "pipefail", "-c", script)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(RUN_MAX)) {
      process.destroyForcibly();
      throw new IOException("Expected a run to end within %d min".formatted(RUN_MAX.toMinutes()));
    }
    if (process.exitValue() != 0) {
      throw new IOException(
          "Expected a run to succeed, but: %s".formatted(Files.readString(log).strip()));
    }
  }

  static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
