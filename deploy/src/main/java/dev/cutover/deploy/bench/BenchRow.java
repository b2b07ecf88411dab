package dev.cutover.deploy.bench;

import com.fasterxml.jackson.databind.SerializationFeature;
import dev.cutover.contract.MessageCodec;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One figure of a benchmark.
 *
 * @param target the most or the least that it should be, as its note says; empty when it only
 *     informs
 * @param met whether it is; empty without a target
 * @param note spread, or how it came about
 */
record BenchRow(
    String name,
    double value,
    String unit,
    Optional<Double> target,
    Optional<Boolean> met,
    String note) {

  static BenchRow of(String name, double value, String unit, String note) {
    return new BenchRow(name, value, unit, Optional.empty(), Optional.empty(), note);
  }

  static BenchRow atMost(double target, String name, double value, String unit, String note) {
    return new BenchRow(
        name, value, unit, Optional.of(target), Optional.of(value <= target), "at most; " + note);
  }

  static BenchRow atLeast(double target, String name, double value, String unit, String note) {
    return new BenchRow(
        name, value, unit, Optional.of(target), Optional.of(value >= target), "at least; " + note);
  }

  /** A row whose value is the middle one of several, with their spread. */
  static BenchRow median(double target, String name, List<Double> values, String unit) {
    return atMost(target, name, median(values), unit, spread(values));
  }

  /** The middle one; of an even number the upper of both. */
  static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  static String spread(List<Double> values) {
    return "median of %d, from %s to %s"
        .formatted(
            values.size(),
            number(values.stream().min(Double::compare).orElse(0.0)),
            number(values.stream().max(Double::compare).orElse(0.0)));
  }

  static void print(List<BenchRow> rows, PrintStream out) {
    String line =
        "%%-%ds %%12s %%-6s %%10s %%-4s %%s%%n"
            .formatted(rows.stream().mapToInt(row -> row.name().length()).max().orElse(1));
    out.printf("%n" + line, "", "value", "", "target", "met", "");
    for (BenchRow row : rows) {
      out.printf(
          line,
          row.name(),
          number(row.value()),
          row.unit(),
          row.target().map(BenchRow::number).orElse(""),
          row.met().map(met -> met ? "yes" : "NO").orElse(""),
          row.note());
    }
  }

  static void write(List<BenchRow> rows, Path file) throws IOException {
    Files.writeString(
        file,
        MessageCodec.mapper().writer(SerializationFeature.INDENT_OUTPUT).writeValueAsString(rows)
            + "\n");
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : String.format(Locale.ROOT, "%.1f", value);
  }
}
