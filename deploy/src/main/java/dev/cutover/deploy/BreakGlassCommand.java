package dev.cutover.deploy;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchView;
import dev.cutover.dns.adapter.ChangeTexts;
import dev.cutover.orchestrator.domain.BreakGlass;
import dev.cutover.orchestrator.domain.Plan;
import dev.cutover.sync.adapter.BreakGlassSql;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Renders the break-glass bundle from a plan alone: when its own is lost, or to look at it. */
@Command(
    name = "break-glass",
    description = {
      "Writes the page and scripts that bring production back when nothing of Cutover answers.",
      "Every cutover has its own bundle written before go; this one is made from the plan alone,"
          + " without any service."
    },
    mixinStandardHelpOptions = true)
final class BreakGlassCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "A plan in YAML.")
  private Path file = Path.of("");

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description = "Where to write it; break-glass-<cutover> unless given. Must not exist.")
  private @Nullable Path directory;

  @Option(
      names = "--fencer",
      paramLabel = "ROLE",
      description =
          "Login that set the fence up on both databases: role fencer of the sync-service's"
              + " credentials. cutover_fencer unless given.")
  private String fencer = "cutover_fencer";

  @Override
  public Integer call() throws IOException {
    Optional<Plan> plan = PlanOnDisk.read(file, err());
    return plan.isPresent() ? write(plan.get()) : 1;
  }

  private int write(Plan plan) throws IOException {
    if (plan.data().isEmpty() && plan.trafficSwitch().isEmpty()) {
      err().println("Expected databases or a switch in the plan, but it has neither");
      return 1;
    }
    Path place = directory == null ? Path.of("break-glass-" + plan.id()) : directory;
    if (Files.exists(place)) {
      err().println("Expected a new directory, but " + place + " exists: name another one");
      return 1;
    }
    Files.createDirectories(place);
    for (Map.Entry<String, String> entry : files(plan).entrySet()) {
      Files.writeString(place.resolve(entry.getKey()), entry.getValue());
    }
    out().println("Written to " + place + "; begin with case.md. What a plan alone can't know:");
    if (plan.data().isPresent()) {
      out().println("  - the login in connect.env: it is %s here, see --fencer".formatted(fencer));
      out()
          .println("  - whether the databases were prepared by this cutover: read-state.sql tells");
    }
    if (plan.trafficSwitch().isPresent()) {
      out()
          .println("  - whether the records are still as the plan says: compare before you revert");
    }
    return 0;
  }

  private Map<String, String> files(Plan plan) {
    Map<String, String> sql =
        plan.data()
            .<Map<String, String>>map(
                data -> BreakGlassSql.files(plan.id(), data, (DatabaseEndpoint _) -> fencer))
            .orElse(Map.of());
    Map<String, String> files =
        BreakGlass.files(
            plan,
            sql,
            plan.trafficSwitch().map(ChangeTexts::revert),
            plan.trafficSwitch().map(ChangeTexts::liftMark));
    for (SwitchView view : plan.trafficSwitch().map(SwitchSpec::everyView).orElse(List.of())) {
      files.put(BreakGlass.revertFile(view), ChangeTexts.revert(view.spec()));
      files.put(BreakGlass.liftMarkFile(view), ChangeTexts.liftMark(view.spec()));
    }
    return files;
  }

  private PrintWriter out() {
    return Objects.requireNonNull(spec).commandLine().getOut();
  }

  private PrintWriter err() {
    return Objects.requireNonNull(spec).commandLine().getErr();
  }
}
