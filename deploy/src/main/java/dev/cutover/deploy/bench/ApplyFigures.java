package dev.cutover.deploy.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * What the benchmark of the apply stage measured. Rates are changed rows a second, durations are in
 * milliseconds; -1 where nothing was measured.
 *
 * @param changes of each load
 * @param differences rows that were not the same on both sides at the end; must be empty
 */
record ApplyFigures(
    int changes,
    List<Load> loads,
    int lagSamples,
    double lagP50Ms,
    double lagP99Ms,
    double nativeLagP50Ms,
    double nativeLagP99Ms,
    List<String> differences,
    int processors,
    String java) {

  /**
   * One kind of load.
   *
   * @param applied by the product's apply stage: from the change topic to the last commit
   * @param natively by PostgreSQL's logical replication: from the log to the last commit
   * @param rowByRow by single statements, a commit for each transaction that is not waited for
   * @param rowByRowDurable the same with each commit waited for
   * @param endToEnd by the product while the source is written as fast as it can
   * @param captured from the source's first commit until the change topic has all, nothing applied
   * @param written how fast the source was written during that
   */
  record Load(
      String load,
      double applied,
      double natively,
      double rowByRow,
      double rowByRowDurable,
      double endToEnd,
      double captured,
      double written) {

    String inWords() {
      return "%.0f rows/s applied, %.0f natively, %.0f row by row, %.0f end to end"
          .formatted(applied, natively, rowByRow, endToEnd);
    }
  }

  static ApplyFigures of(
      int changes,
      List<Load> loads,
      Latencies product,
      Latencies natively,
      List<String> differences) {
    return new ApplyFigures(
        changes,
        loads,
        product.count(),
        product.quantileMs(0.5),
        product.quantileMs(0.99),
        natively.quantileMs(0.5),
        natively.quantileMs(0.99),
        differences,
        Runtime.getRuntime().availableProcessors(),
        Runtime.version().toString());
  }

  void print(PrintStream out) {
    out.printf(
        "%n%-14s %12s %12s %12s %12s %11s %11s %11s%n",
        "rows/s",
        "cutover",
        "native",
        "row by row",
        "and durable",
        "to native",
        "to rows",
        "to durable");
    for (Load load : loads) {
      out.printf(
          "%-14s %12.0f %12.0f %12.0f %12.0f %10.2fx %10.1fx %10.1fx%n",
          load.load(),
          load.applied(),
          load.natively(),
          load.rowByRow(),
          load.rowByRowDurable(),
          load.applied() / load.natively(),
          load.applied() / load.rowByRow(),
          load.applied() / load.rowByRowDurable());
    }
    out.printf("%n%-14s %12s %12s %12s%n", "rows/s", "end to end", "captured", "written");
    for (Load load : loads) {
      out.printf(
          "%-14s %12.0f %12.0f %12.0f%n",
          load.load(), load.endToEnd(), load.captured(), load.written());
    }
    if (lagSamples > 0) {
      out.printf("%n%-14s %12s %12s %11s%n", "lag", "cutover", "native", "ratio");
      out.printf(
          "%-14s %9.1f ms %9.1f ms %10.1fx%n",
          "p50", lagP50Ms, nativeLagP50Ms, lagP50Ms / nativeLagP50Ms);
      out.printf(
          "%-14s %9.1f ms %9.1f ms %10.1fx%n",
          "p99", lagP99Ms, nativeLagP99Ms, lagP99Ms / nativeLagP99Ms);
      out.printf(
          "at %d changes a second, %d transactions%n", LagMeter.CHANGES_PER_SECOND, lagSamples);
    }
    out.printf("%n%d changes of each load; on %d processors, Java %s%n", changes, processors, java);
    out.println(
        "Row by row: one prepared statement and one answer a change, a commit a transaction; 'durable' waits for each.");
    out.println(
        differences.isEmpty()
            ? "Rows and checksums are equal on all sides."
            : String.join("\n", differences));
  }

  /** One row for each figure; the targets are those of the apply stage. */
  List<BenchRow> rows() {
    List<BenchRow> rows = new ArrayList<>();
    for (Load load : loads) {
      String name = load.load() + ": ";
      rows.add(
          BenchRow.of(name + "applied", load.applied(), "rows/s", "from the topic to the target"));
      rows.add(
          BenchRow.atLeast(
              0.5, name + "to native", load.applied() / load.natively(), "x", "in the same run"));
      rows.add(
          BenchRow.atLeast(
              10,
              name + "to row by row",
              load.applied() / load.rowByRow(),
              "x",
              "in the same run"));
      rows.add(
          BenchRow.of(
              name + "to row by row, durable",
              load.applied() / load.rowByRowDurable(),
              "x",
              "each commit waited for"));
      rows.add(
          BenchRow.atLeast(
              0.8,
              name + "end to end to captured",
              load.endToEnd() / load.captured(),
              "x",
              "%.0f rows/s end to end".formatted(load.endToEnd())));
    }
    if (lagSamples > 0) {
      rows.add(BenchRow.of("lag, p50", lagP50Ms, "ms", "native %.1f".formatted(nativeLagP50Ms)));
      rows.add(BenchRow.of("lag, p99", lagP99Ms, "ms", "native %.1f".formatted(nativeLagP99Ms)));
    }
    rows.add(
        BenchRow.atMost(0, "rows that differ", differences.size(), "", "on all sides at the end"));
    return rows;
  }
}
