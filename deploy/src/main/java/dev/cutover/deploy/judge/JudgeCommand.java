package dev.cutover.deploy.judge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.deploy.cli.Table;
import dev.cutover.monitor.adapter.RecordingText;
import dev.cutover.monitor.domain.Replay;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A recording of a watch, judged again; see docs/monitoring.md. */
@Command(
    name = "judge",
    description = {
      "Judges a recording of the monitor-service again: by the same limits, which has to give every"
          + " verdict and the decision as they were, or by others, to see what would have been.",
      "Recordings are files below the directory that CUTOVER_MONITOR_RECORDINGS names.",
      "Exit code 0 when it was judged, 1 when the same limits give something else, 2 for what can't"
          + " be understood."
    },
    mixinStandardHelpOptions = true)
public final class JudgeCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec command;
  @Mixin private OtherLimits limits = new OtherLimits();

  @Parameters(paramLabel = "FILE", description = "A recording: lines of JSON, compressed or not.")
  private Path file = Path.of("recording.jsonl.gz");

  @Option(names = "--json", description = "Everything as JSON.")
  private boolean json;

  /**
   * What came of it.
   *
   * @param whole whether the recording ends as its watch did, and not in the middle of a line
   * @param otherLimits whether other limits were asked for
   */
  record Report(boolean whole, boolean otherLimits, Replay.Result result) {}

  @Override
  public Integer call() throws JsonProcessingException {
    PrintWriter out = Objects.requireNonNull(command).commandLine().getOut();
    PrintWriter err = command.commandLine().getErr();
    Report report;
    try {
      limits.require();
      if (!Files.isRegularFile(file)) {
        throw new IllegalArgumentException("Expected a recording, but %s is none".formatted(file));
      }
      Replay replay = new Replay(limits::instead);
      boolean whole = new RecordingText().read(file, replay::add);
      report = new Report(whole, limits.areGiven(), replay.result());
    } catch (IOException | IllegalArgumentException e) {
      err.println(e.getMessage());
      return 2;
    }
    if (json) {
      out.println(
          MessageCodec.mapper()
              .writer(SerializationFeature.INDENT_OUTPUT)
              .writeValueAsString(report));
    } else {
      print(report, out);
    }
    out.flush();
    return report.otherLimits() || report.result().differing() == 0 ? 0 : 1;
  }

  private static void print(Report report, PrintWriter out) {
    Replay.Result result = report.result();
    out.printf(
        Locale.ROOT,
        "%s, epoch %d: %s from %s%n",
        result.began().cutover(),
        result.began().epoch(),
        length(Duration.between(result.began().at(), result.until())),
        result.began().at());
    out.printf(
        Locale.ROOT,
        "%,d looks at the source, %,d at the target, %,d walks of critical functions, judged %,d times%s%n%n",
        result.sourceReadings(),
        result.targetReadings(),
        result.walks(),
        result.ticks(),
        report.whole() ? "" : "; the recording ends in the middle of a line");
    if (report.otherLimits()) {
      out.println("As it was:");
    }
    story(result.began().at(), result.recorded(), result.recordedDecision(), out);
    if (report.otherLimits()) {
      out.printf("%nBy the other limits:%n");
      story(result.began().at(), result.judged(), result.judgedDecision(), out);
      out.printf("%n%s%n", difference(result));
    } else if (result.differing() == 0) {
      out.printf(Locale.ROOT, "%nJudged again: the same, %,d times.%n", result.ticks());
    } else {
      out.printf(
          Locale.ROOT,
          "%nJudged again: NOT the same at %,d of %,d times, first at %s. It was judged by another version, or the recording was changed.%n",
          result.differing(),
          result.ticks(),
          result.differsAt().map(Instant::toString).orElse("?"));
      story(result.began().at(), result.judged(), result.judgedDecision(), out);
    }
  }

  private static void story(
      Instant beganAt,
      List<Replay.Change> changes,
      Optional<RollbackTrigger> decision,
      PrintWriter out) {
    Table table = new Table("after", "verdict", "because");
    for (Replay.Change change : changes) {
      table.row(
          length(Duration.between(beganAt, change.at())),
          change.verdict().name().toLowerCase(Locale.ROOT),
          change.detail());
    }
    table.lines().forEach(line -> out.println("  " + line));
    if (decision.isEmpty()) {
      out.println("  No rollback.");
      return;
    }
    out.printf(
        "  Rollback decided after %s, %s after the first bad sample:%n",
        length(Duration.between(beganAt, decision.get().decidedAt())),
        length(Duration.between(decision.get().breachedAt(), decision.get().decidedAt())));
    Table evidence =
        new Table("signal", "of", "bad", "is", "limit", "source", "statistic", "fires at", "p");
    for (RollbackTrigger.BreachReason reason : decision.get().reasons()) {
      evidence.row(
          reason.signal(),
          String.format(Locale.ROOT, "%,d", reason.requests()),
          String.format(Locale.ROOT, "%,d", reason.failures()),
          share(reason.observed()),
          share(reason.limit()),
          share(reason.baseline()),
          String.format(Locale.ROOT, "%.2f", reason.statistic()),
          String.format(Locale.ROOT, "%.2f", reason.threshold()),
          reason.worseThanSourceProbability() < 0
              ? "-"
              : String.format(Locale.ROOT, "%.1e", reason.worseThanSourceProbability()));
    }
    evidence.lines().forEach(line -> out.println("    " + line));
  }

  private static String difference(Replay.Result result) {
    Optional<Instant> was = result.recordedDecision().map(RollbackTrigger::decidedAt);
    Optional<Instant> would = result.judgedDecision().map(RollbackTrigger::decidedAt);
    if (was.isEmpty()) {
      return would.isEmpty()
          ? "Neither rolls back."
          : "It was not rolled back, and would have been.";
    }
    if (would.isEmpty()) {
      return "It was rolled back, and would not have been.";
    }
    Duration later = Duration.between(was.get(), would.get());
    return later.isZero()
        ? "Decided at the same moment."
        : "Decided %s %s.".formatted(length(later.abs()), later.isNegative() ? "earlier" : "later");
  }

  private static String share(double share) {
    return share < 0 ? "-" : String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  private static String length(Duration length) {
    long ms = length.toMillis();
    return ms < 60_000
        ? String.format(Locale.ROOT, "%.1f s", ms / 1e3)
        : "%d min %d s".formatted(ms / 60_000, ms / 1000 % 60);
  }
}
