package dev.cutover.deploy.demo;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;

/** An act in a dozen lines for a person. */
record Summary(ActReport report, Path file, Path log, Optional<Path> recording) {

  void print(PrintStream out) {
    out.println();
    out.println(
        "act '%s': %s%s"
            .formatted(
                report.act(),
                report.outcome(),
                report.asExpected()
                    ? ", as expected"
                    : ", but expected was " + report.expectedOutcome()));
    if (!report.reason().isEmpty()) {
      line(out, "reason", report.reason());
    }
    line(
        out,
        "writes",
        "%d tried, %d acknowledged, %d refused, %d failed, %d without an answer"
            .formatted(
                report.writesAttempted(),
                report.writesAcknowledged(),
                report.writesRefused(),
                report.writesFailed(),
                report.writesUncertain()));
    line(
        out,
        "missing",
        "%d of the acknowledged writes (%d rows, %d values compared with the %s)"
            .formatted(
                report.writesMissing(),
                report.rowsCompared(),
                report.valuesCompared(),
                report.authoritative().toLowerCase(java.util.Locale.ROOT)));
    report.examples().forEach(example -> line(out, "", example));
    line(
        out,
        "both sides",
        report.writesOnBothSidesWhileFenced() + " writes accepted by a side while it was fenced");
    if (report.writeGapMs() >= 0) {
      line(
          out,
          "write gap",
          "%d ms for the client that waited longest, %d ms of it its own DNS cache; fence %d, drain %d, validation %d, DNS %d ms"
              .formatted(
                  report.writeGapMs(),
                  report.ttlMs(),
                  report.fenceMs(),
                  report.drainMs(),
                  report.validateMs(),
                  report.dnsMs()));
    }
    if (!report.triggers().isEmpty()) {
      line(out, "trigger", report.triggers().getFirst().sentence());
      line(
          out,
          "rollback",
          "noticed after %d ms, traffic reverted %d ms later, source open for writes %d ms after the trigger, longest gap %d ms"
              .formatted(
                  report.breachToTriggerMs(),
                  report.triggerToRevertMs(),
                  report.rollbackMs(),
                  report.rollbackGapMs()));
    }
    line(out, "took", "%.1f s".formatted(report.settings().tookMs() / 1000.0));
    line(out, "report", file.toString());
    recording.ifPresent(seen -> line(out, "seen", "./cutover judge " + seen));
    if (!report.passed()) {
      line(out, "log", log.toString());
    }
    out.println();
  }

  private static void line(PrintStream out, String name, String text) {
    out.println("  %-11s %s".formatted(name, text));
  }
}
