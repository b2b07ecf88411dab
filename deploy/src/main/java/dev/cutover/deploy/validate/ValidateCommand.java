package dev.cutover.deploy.validate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.cutover.contract.CheckResult;
import dev.cutover.contract.CheckResult.Outcome;
import dev.cutover.contract.MessageCodec;
import dev.cutover.deploy.PlanOnDisk;
import dev.cutover.deploy.cli.Table;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.runtime.AllowedHosts;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.Credentials;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A plan's comparisons and reading checks, now. */
@Command(
    name = "validate",
    description = {
      "Compares the tables of a plan's databases, and runs its reading checks, without a cutover or"
          + " a service. Changes nothing: sessions are read-only, and checks that write are left"
          + " out.",
      "Streams may run: lag is never taken for damage. Each line ends in match, mismatch with"
          + " evidence, or inconclusive with a reason.",
      "Exit code 0 when all match, 1 when not, 2 for what can't be understood."
    },
    mixinStandardHelpOptions = true)
public final class ValidateCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec command;

  @Parameters(paramLabel = "PLAN", description = "A plan with databases or checks.")
  private Path file = Path.of("plan.yaml");

  @Option(
      names = "--only",
      paramLabel = "NAME",
      split = ",",
      description = "Only checks with that name, or tables; may be given more than once.")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--credentials",
      paramLabel = "FILE",
      defaultValue = "${env:CUTOVER_VALIDATOR_CREDENTIALS}",
      description =
          "Properties file with <credential>.reader.user and .password, as the validator-service"
              + " has; CUTOVER_VALIDATOR_CREDENTIALS unless given.")
  private @Nullable Path credentials;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      defaultValue = "60",
      description = "At most for each line (default: ${DEFAULT-VALUE}).")
  private int minutes;

  @Option(names = "--json", description = "Everything as JSON.")
  private boolean json;

  /**
   * What was found.
   *
   * @param outcome mismatch if any line is, else inconclusive if any is, else match
   */
  record Report(String cutover, Outcome outcome, List<CheckResult> lines) {}

  @Override
  public Integer call() throws InterruptedException, JsonProcessingException {
    CommandLine line = Objects.requireNonNull(command).commandLine();
    try {
      Optional<Plan> plan = PlanOnDisk.read(file, line.getErr());
      return plan.isEmpty() ? 2 : validate(plan.get(), line.getOut(), line.getErr());
    } catch (IllegalArgumentException | ConfigException e) {
      line.getErr().println(e.getMessage());
      return 2;
    }
  }

  private int validate(Plan plan, PrintWriter out, PrintWriter err)
      throws InterruptedException, JsonProcessingException {
    if (credentials == null) {
      throw new IllegalArgumentException(
          "Expected --credentials FILE or CUTOVER_VALIDATOR_CREDENTIALS with the logins of readers,"
              + " but there is neither");
    }
    if (minutes < 1 || minutes > 10_080) {
      throw new IllegalArgumentException("Expected --minutes from 1 to 10080, but got " + minutes);
    }
    List<PlannedLine> lines = PlannedLine.of(plan, only);
    if (lines.isEmpty()) {
      throw new IllegalArgumentException(
          "Expected a table or a reading check%s in %s, but there is none"
              .formatted(only.isEmpty() ? "" : " named " + String.join(" or ", only), file));
    }
    List<CheckResult> results = new ArrayList<>();
    try (ValidatorHere validator =
        new ValidatorHere(
            plan.id(),
            Credentials.load(credentials),
            new AllowedHosts(CheckedHosts.of(plan)),
            Duration.ofMinutes(minutes))) {
      for (PlannedLine planned : lines) {
        if (!json) {
          err.printf("%d of %d: %s%n", results.size() + 1, lines.size(), planned.name());
          err.flush();
        }
        Optional<String> vain = vain(planned, results);
        CheckResult found =
            vain.isPresent()
                ? new CheckResult(planned.name(), Outcome.INCONCLUSIVE, vain.get(), List.of(), 0)
                : planned.run(validator);
        results.add(
            new CheckResult(
                planned.name(), found.outcome(), found.detail(), found.evidence(), found.tookMs()));
      }
    }
    Report report = new Report(plan.id().toString(), worst(results), results);
    if (json) {
      out.println(
          MessageCodec.mapper()
              .writer(SerializationFeature.INDENT_OUTPUT)
              .writeValueAsString(report));
    } else {
      show(report, out);
    }
    out.flush();
    return report.outcome() == Outcome.MATCH ? 0 : 1;
  }

  /** Why a line would say nothing: what it needs does not match. */
  private static Optional<String> vain(PlannedLine line, List<CheckResult> results) {
    return results.stream()
        .filter(result -> line.needs().contains(result.name()))
        .filter(result -> result.outcome() != Outcome.MATCH)
        .findFirst()
        .map(
            result ->
                "needs %s, which is %s"
                    .formatted(result.name(), result.outcome().name().toLowerCase(Locale.ROOT)));
  }

  private static Outcome worst(List<CheckResult> results) {
    return results.stream()
        .map(CheckResult::outcome)
        .reduce(
            Outcome.MATCH,
            (one, other) ->
                one == Outcome.MISMATCH || other == Outcome.MISMATCH
                    ? Outcome.MISMATCH
                    : one == Outcome.MATCH ? other : one);
  }

  private static void show(Report report, PrintWriter out) {
    Table table = new Table("check", "outcome", "took", "");
    for (CheckResult line : report.lines()) {
      table.row(
          line.name(),
          line.outcome().name().toLowerCase(Locale.ROOT),
          "%.1f s".formatted(line.tookMs() / 1000.0),
          line.detail());
    }
    table.lines().forEach(out::println);
    for (CheckResult line : report.lines()) {
      if (line.outcome() != Outcome.MATCH && !line.evidence().isEmpty()) {
        out.println();
        out.println(Table.shown(line.name()) + ":");
        line.evidence().forEach(evidence -> out.println("  " + Table.shown(evidence)));
      }
    }
  }
}
