package dev.cutover.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cutover.orchestrator.adapter.RehearsalYaml;
import dev.cutover.orchestrator.adapter.RequestForm;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Rehearses a plan: the whole way there and back, on what its rehearsal section names. */
@Command(
    name = "rehearse",
    description = {
      "Rehearses a plan: the whole runbook and its rollback, on the names, databases and hosts of its"
          + " section 'rehearsal', never on production's.",
      "People say go as in production (or --approver). When it is over, it is credited to the"
          + " cutover that it rehearsed, if that was started already."
    },
    mixinStandardHelpOptions = true)
public final class RehearseCommand implements Callable<Integer> {
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);

  /** A go that was refused is in the journal for ever. */
  private static final Duration APPROVE_EVERY = Duration.ofSeconds(5);

  private static final Duration ABANDON_EVERY = Duration.ofSeconds(5);

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ApiOptions api = new ApiOptions();

  @Parameters(paramLabel = "PLAN", description = "The plan of production.")
  private Path file = Path.of("plan.yaml");

  @Option(
      names = "--approver",
      paramLabel = "TOKEN-FILE",
      description =
          "A token by which go is said, for a rehearsal without people; once for each that the plan"
              + " needs.")
  private List<Path> approvers = new ArrayList<>();

  @Option(
      names = "--show",
      description = "Prints the plan of the rehearsal, made from the file, and starts nothing.")
  private boolean show;

  private final Set<String> told = new HashSet<>();
  private Instant approvesAgainAt = Instant.MIN;
  private boolean askedBack;
  private Instant abandonsAgainAt = Instant.MIN;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    String production = PlanFile.text(file);
    RehearsalYaml.Reading.Accepted made =
        switch (RehearsalYaml.of(production, Instant.now())) {
          case RehearsalYaml.Reading.Accepted accepted -> accepted;
          case RehearsalYaml.Reading.Faulty(List<String> faults) ->
              throw new ApiFailure("Expected a plan that can be rehearsed, but:", faults);
        };
    if (show) {
      out.print(made.yaml());
      out.flush();
      return 0;
    }
    ApiClient client = api.client();
    JsonNode started = client.postUntilDecided("/rehearsals", "application/yaml", production);
    String rehearsal = Shown.text(started, "cutover");
    say(out, "%s has begun; ./cutover watch %s shows it live".formatted(rehearsal, rehearsal));
    boolean withFault =
        made.rehearsal().rehearsal().rehearses().filter(r -> r.withFault()).isPresent();
    follow(client, out, rehearsal, withFault);
    return credit(client, out, rehearsal, made.of().value());
  }

  private void follow(ApiClient client, PrintWriter out, String rehearsal, boolean withFault)
      throws InterruptedException {
    String path = "/cutovers/" + rehearsal;
    while (true) {
      JsonNode status = client.get(path);
      String state = Shown.text(status, "state");
      String waits = Shown.text(status, "waitingFor");
      if (told.add(state + waits)) {
        say(out, "%s%s".formatted(state, waits.isEmpty() ? "" : ": " + waits));
      }
      switch (state) {
        case "finished" -> {
          return;
        }
        case "prepared" -> abandon(client, path);
        case "held" ->
            throw new ApiFailure(
                "Expected the rehearsal to go on by itself, but it is held: %s. Resume or roll it back, and credit it by hand: see docs/rehearsal.md"
                    .formatted(Shown.text(status, "reason")));
        case "waiting" -> {
          approve(path, status);
          backIfAccepted(client, path, status, withFault);
        }
        default -> {} // it works
      }
      Thread.sleep(LOOK_EVERY);
    }
  }

  /** Says go with each token, on what the status shows; refused while something is open. */
  private void approve(String path, JsonNode status) throws InterruptedException {
    if (!gateIsGo(status) || Instant.now().isBefore(approvesAgainAt)) {
      return;
    }
    approvesAgainAt = Instant.now().plus(APPROVE_EVERY);
    ObjectNode body =
        ApiClient.JSON
            .createObjectNode()
            .put("comment", "a rehearsal without people")
            .put("evidenceHash", Shown.text(status, "evidenceHash"));
    for (Path token : approvers) {
      try {
        api.as(token)
            .post(path + "/" + RequestForm.APPROVALS.path(), "application/json", body.toString());
      } catch (ApiFailure e) {
        if (told.add(String.valueOf(e.getMessage()))) {
          say(Objects.requireNonNull(spec).commandLine().getOut(), e.getMessage());
        }
      }
    }
  }

  private static boolean gateIsGo(JsonNode status) {
    return Shown.text(status, "serving").equals("SOURCE")
        && Shown.text(status, "waitingFor").startsWith("go from ");
  }

  /** The target was accepted: the way back is what is still to be rehearsed. */
  private void backIfAccepted(ApiClient client, String path, JsonNode status, boolean withFault)
      throws InterruptedException {
    boolean accepted = Shown.text(status, "waitingFor").startsWith("the rollback window");
    if (accepted && !askedBack) {
      askedBack = true;
      String reason =
          withFault
              ? "the rehearsal's fault was not seen until the target was accepted"
              : "the rehearsal goes back";
      client.postUntilDecided(
          path + "/" + RequestForm.ROLLBACK.path(),
          "application/json",
          ApiClient.JSON.createObjectNode().put("reason", reason).toString());
    }
  }

  /** Refused while resolvers may still send people to the target: then it is asked for again. */
  private void abandon(ApiClient client, String path) throws InterruptedException {
    if (Instant.now().isBefore(abandonsAgainAt)) {
      return;
    }
    abandonsAgainAt = Instant.now().plus(ABANDON_EVERY);
    try {
      client.post(
          path + "/" + RequestForm.ABANDON.path(),
          "application/json",
          ApiClient.JSON.createObjectNode().put("reason", "the rehearsal is over").toString());
    } catch (ApiFailure e) {
      if (told.add(String.valueOf(e.getMessage()))) {
        say(Objects.requireNonNull(spec).commandLine().getOut(), e.getMessage());
      }
    }
  }

  private int credit(ApiClient client, PrintWriter out, String rehearsal, String of)
      throws InterruptedException {
    JsonNode result = client.get("/cutovers/" + rehearsal + "/rehearsal");
    boolean passed = result.path("passed").asBoolean();
    say(out, (passed ? "passed: " : "failed: ") + Shown.text(result, "detail"));
    try {
      JsonNode answer =
          client.postUntilDecided(
              "/cutovers/" + of + "/rehearsals",
              "application/json",
              ApiClient.JSON.createObjectNode().put("rehearsal", rehearsal).toString());
      if (!api.json()) {
        Submitted.print(out, answer, false);
      }
    } catch (ApiFailure e) {
      say(
          out,
          "Not credited: %s. Once %s is started: ./cutover credit %s --rehearsal %s"
              .formatted(e.getMessage(), of, of, rehearsal));
    }
    if (api.json()) {
      ApiOptions.print(out, result);
    }
    return passed ? 0 : 1;
  }

  /** Programs read only what is printed at the end. */
  private void say(PrintWriter out, @Nullable String line) {
    if (!api.json()) {
      out.println(Table.shown(String.valueOf(line)));
      out.flush();
    }
  }
}
