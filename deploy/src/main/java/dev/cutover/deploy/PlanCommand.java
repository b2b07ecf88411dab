package dev.cutover.deploy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.cutover.contract.MessageCodec;
import dev.cutover.contract.ReadinessStatus.Moment;
import dev.cutover.deploy.cli.Table;
import dev.cutover.orchestrator.adapter.PlanYaml;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.orchestrator.domain.PlanDecision;
import dev.cutover.orchestrator.domain.PlanRules;
import dev.cutover.orchestrator.domain.RunbookTable;
import dev.cutover.orchestrator.domain.RunbookTable.Row;
import dev.cutover.orchestrator.domain.Schedule;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
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
    description = "Writes a plan by advice, checks it, or shows the runbook that comes of it.",
    subcommands = {PlanInitCommand.class, PlanNoticesCommand.class},
    mixinStandardHelpOptions = true)
final class PlanCommand {
  @Spec private @Nullable CommandSpec spec;

  @Command(
      name = "check",
      description =
          "Says every fault of a plan, with line and column. Exit code 1 if there is one.",
      mixinStandardHelpOptions = true)
  int check(@Parameters(paramLabel = "FILE", description = "A plan in YAML.") Path file) {
    return PlanOnDisk.read(file, err())
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
      description =
          "Prints the runbook: when, what, who, how it is undone, and how long it may take.",
      mixinStandardHelpOptions = true)
  int show(
      @Parameters(paramLabel = "FILE", description = "A plan in YAML.") Path file,
      @Option(names = "--json", description = "As JSON, for programs.") boolean json)
      throws JsonProcessingException {
    Optional<Plan> plan = PlanOnDisk.read(file, err());
    if (plan.isEmpty()) {
      return 1;
    }
    List<Row> rows = RunbookTable.of(plan.get());
    if (json) {
      out()
          .println(
              MessageCodec.mapper()
                  .writer(SerializationFeature.INDENT_OUTPUT)
                  .writeValueAsString(rows));
      return 0;
    }
    print(rows);
    decisions(plan.get());
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

  /** What a plan gives up, and what is risky about it. */
  private static List<String> notes(Plan plan) {
    return PlanRules.notes(plan).stream().map(PlanRules.Finding::sentence).toList();
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

  private void print(List<Row> rows) {
    Table table = new Table("when", "step", "service", "undo", "deadline", "gate", "owner");
    for (Row row : rows) {
      table.row(
          row.when(),
          row.step(),
          row.service(),
          row.undo(),
          row.deadline().map(PlanCommand::written).orElse(""),
          row.gate(),
          row.owner());
    }
    table.lines().forEach(out()::println);
  }

  private void decisions(Plan plan) {
    if (!plan.decisions().isEmpty()) {
      out().printf("%ndecisions%n");
    }
    for (PlanDecision decision : plan.decisions()) {
      out()
          .printf(
              "  %s: %s, since %s%n", decision.question(), decision.choice(), decision.reason());
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
