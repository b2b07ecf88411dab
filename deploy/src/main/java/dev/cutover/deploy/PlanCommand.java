package dev.cutover.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.ReadinessStatus.Moment;
import dev.cutover.orchestrator.adapter.PlanYaml;
import dev.cutover.orchestrator.adapter.PlanYaml.Reading.Accepted;
import dev.cutover.orchestrator.adapter.PlanYaml.Reading.Faulty;
import dev.cutover.orchestrator.domain.Action;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.orchestrator.domain.PlanRules;
import dev.cutover.orchestrator.domain.Runbook;
import dev.cutover.orchestrator.domain.Schedule;
import dev.cutover.orchestrator.domain.Stage;
import dev.cutover.orchestrator.domain.Step;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Reads plans before anybody starts them. */
@Command(
    name = "plan",
    description = "Checks a plan, or shows the runbook that it is compiled into.",
    subcommands = PlanNoticesCommand.class,
    mixinStandardHelpOptions = true)
final class PlanCommand {
  @Spec private @Nullable CommandSpec spec;

  /**
   * A line of the runbook.
   *
   * @param deadline of one attempt, such as {@code PT30S}; empty for a gate
   * @param onFailure {@code HOLD}, {@code GO_BACK}, {@code PERSIST} or {@code REPORT}
   */
  record Line(
      String stage,
      String step,
      String service,
      String undo,
      Optional<Duration> deadline,
      int attempts,
      String onFailure) {}

  @Command(
      name = "check",
      description =
          "Says every fault of a plan, with line and column. Exit code 1 if there is one.",
      mixinStandardHelpOptions = true)
  int check(@Parameters(paramLabel = "FILE", description = "A plan in YAML.") Path file) {
    return read(file)
        .map(
            plan -> {
              out().println(file + ": a plan that can be carried out");
              notes(plan).forEach(note -> out().println("  note: " + note));
              return 0;
            })
        .orElse(1);
  }

  @Command(
      name = "show",
      description = "Prints the runbook: stage by stage, who does what, and how it is undone.",
      mixinStandardHelpOptions = true)
  int show(
      @Parameters(paramLabel = "FILE", description = "A plan in YAML.") Path file,
      @Option(names = "--json", description = "As JSON, for programs.") boolean json)
      throws JsonProcessingException {
    Optional<Plan> plan = read(file);
    if (plan.isEmpty()) {
      return 1;
    }
    List<Line> lines = lines(Runbook.of(plan.get()));
    if (json) {
      out()
          .println(
              MessageCodec.mapper()
                  .writer(SerializationFeature.INDENT_OUTPUT)
                  .writeValueAsString(lines));
      return 0;
    }
    print(lines);
    schedule(plan.get());
    notes(plan.get()).forEach(note -> out().println("note: " + note));
    return 0;
  }

  @Command(
      name = "schema",
      description = "Prints the JSON Schema of plans, by which editors complete and check them.",
      mixinStandardHelpOptions = true)
  int schema() throws IOException {
    try (InputStream in = PlanYaml.class.getResourceAsStream("/plan.schema.json")) {
      if (in == null) {
        throw new IllegalStateException("expected the schema in the program, but it is not there");
      }
      out().print(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      out().flush();
    }
    return 0;
  }

  private Optional<Plan> read(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      err().println("Expected a readable plan, but " + file + " gave " + e);
      return Optional.empty();
    }
    return switch (PlanYaml.read(text, Instant.now())) {
      case Accepted(Plan plan) -> Optional.of(plan);
      case Faulty(List<String> faults) -> {
        faults.forEach(fault -> err().println(file + ": " + fault));
        yield Optional.empty();
      }
    };
  }

  /** What a plan gives up, and what is risky about it. */
  private static List<String> notes(Plan plan) {
    return PlanRules.notes(plan).stream().map(PlanRules.Finding::sentence).toList();
  }

  private static List<Line> lines(Runbook runbook) {
    List<Line> lines = new ArrayList<>();
    for (Stage stage : runbook.stages()) {
      switch (stage) {
        case Stage.Work(String name, List<Step> steps) ->
            steps.forEach(step -> lines.add(line(name, step)));
        case Stage.Gate(String name, Stage.Kind kind) ->
            lines.add(
                new Line(name, "wait: " + waitsFor(kind), "", "", Optional.empty(), 0, "HOLD"));
        case Stage.Soak(String name, int percent, Duration span, long requests) ->
            lines.add(
                new Line(
                    name,
                    "wait: %s and %d requests with %d %%"
                        .formatted(written(span), requests, percent),
                    "monitor",
                    "",
                    Optional.of(span),
                    0,
                    "GO_BACK"));
      }
    }
    return lines;
  }

  private static Line line(String stage, Step step) {
    Action action = step.action();
    return new Line(
        stage,
        step.name(),
        action.receiver().wireName(),
        action.undoneBy().map(Action::stepName).orElse(""),
        Optional.of(step.deadline()),
        step.attemptsMax(),
        step.onFailure().name());
  }

  private static String waitsFor(Stage.Kind kind) {
    return switch (kind) {
      case OLD_TTL_EXPIRED -> "old TTL expired everywhere";
      case SIGNED -> "those whom the plan names sign";
      case GO -> "two people say go";
      case SWITCH_TTL_EXPIRED -> "lowered TTL expired everywhere";
      case OBSERVED -> "target healthy for the observation";
      case ROLLBACK_WINDOW -> "end of the rollback window";
    };
  }

  private void schedule(Plan plan) {
    ZoneId zone = ZoneId.of(plan.window().zone());
    List<Moment> moments = Schedule.of(plan);
    if (!moments.isEmpty()) {
      out().printf("%nschedule, %s%n", zone);
    }
    for (Moment moment : moments) {
      out().printf("  %s  %s%n", moment.at().atZone(zone).toLocalDateTime(), moment.name());
    }
  }

  private void print(List<Line> lines) {
    String row = "%-20s %-36s %-10s %-18s %9s %5s  %s%n";
    out().printf(row, "stage", "step", "service", "undone by", "deadline", "tries", "on failure");
    String before = "";
    for (Line line : lines) {
      out()
          .printf(
              row,
              line.stage().equals(before) ? "" : line.stage(),
              line.step(),
              line.service(),
              line.undo(),
              line.deadline().map(PlanCommand::written).orElse(""),
              line.attempts() == 0 ? "" : line.attempts(),
              line.onFailure().toLowerCase(Locale.ROOT).replace('_', ' '));
      before = line.stage();
    }
  }

  private static String written(Duration duration) {
    return duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }

  private PrintWriter out() {
    return commandLine().getOut();
  }

  private PrintWriter err() {
    return commandLine().getErr();
  }

  private picocli.CommandLine commandLine() {
    return java.util.Objects.requireNonNull(spec).commandLine();
  }
}
