package dev.cutover.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.orchestrator.adapter.RequestForm;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Drills on the real thing. */
@Command(
    name = "drill",
    description = "Tries a part of the switch on the real source, and takes it back at once.",
    mixinStandardHelpOptions = true)
public final class DrillCommand {
  private static final String STEP = "drill-fence";
  private static final Duration ANSWER_MAX = Duration.ofMinutes(2);
  private static final Duration LOOK_EVERY = Duration.ofMillis(300);

  @Spec private @Nullable CommandSpec spec;

  @Command(
      name = "fence",
      description = {
        "Fences the real source for a moment: refuses writes, drains, and lets them again.",
        "Nothing is switched. Its figures feed the prediction: ./cutover predict ID"
      },
      mixinStandardHelpOptions = true)
  int fence(
      @Mixin ApiOptions api,
      @Parameters(paramLabel = "PLAN", description = "The plan's file, or the cutover's name.")
          String plan,
      @Option(
              names = "--max",
              paramLabel = "TIME",
              defaultValue = "2s",
              description = "How long writes may be refused, 100ms to 30s. Default: 2s")
          String max)
      throws InterruptedException {
    ApiClient client = api.client();
    String path = "/cutovers/" + PlanFile.cutover(plan);
    int attempts = attempt(client.get(path));
    JsonNode answer =
        client.post(
            path + "/" + RequestForm.DRILLS.path(),
            "application/json",
            ApiClient.JSON.createObjectNode().put("max", max).toString());
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    JsonNode status = ended(client, path, attempts);
    JsonNode step = step(status).orElse(answer);
    boolean done = Shown.text(step, "progress").equals("DONE");
    JsonNode drill = status.path("readiness").path("forecast").path("drill");
    if (api.json()) {
      ApiOptions.print(
          out,
          ApiClient.JSON
              .createObjectNode()
              .put("done", done)
              .put("detail", Shown.text(step, "detail"))
              .set("drill", done ? drill : ApiClient.JSON.nullNode()));
    } else if (done) {
      Table table = new Table("figure", "ms");
      table.row("fence: until nothing could be committed", Shown.text(drill, "fenceMs"));
      table.row("drain: until the target had all of it", Shown.text(drill, "drainMs"));
      table.row("thaw: until writes were accepted again", Shown.text(drill, "thawMs"));
      table.row("writes refused, altogether", Shown.text(drill, "refusedMs"));
      table.row(
          "oldest transaction that had written before it",
          Shown.text(drill, "longestTransactionMs"));
      table.lines().forEach(out::println);
      out.printf("Sessions that were ended: %s%n", Shown.text(drill, "ended"));
    } else {
      out.println("The drill did not succeed: " + Shown.text(step, "detail"));
    }
    out.flush();
    return done ? 0 : 1;
  }

  private static JsonNode ended(ApiClient client, String path, int attempts)
      throws InterruptedException {
    Instant until = Instant.now().plus(ANSWER_MAX);
    while (true) {
      JsonNode status = client.get(path);
      boolean ended =
          attempt(status) > attempts
              && step(status)
                  .filter(step -> Shown.text(step, "progress").matches("DONE|FAILED"))
                  .isPresent();
      if (ended) {
        return status;
      }
      if (Instant.now().isAfter(until)) {
        throw new ApiFailure(
            "Expected the drill's answer within %s, but none came: look at ./cutover status"
                .formatted(ANSWER_MAX));
      }
      Thread.sleep(LOOK_EVERY);
    }
  }

  private static int attempt(JsonNode status) {
    return step(status).map(step -> step.path("attempt").asInt()).orElse(0);
  }

  private static Optional<JsonNode> step(JsonNode status) {
    return StreamSupport.stream(status.path("steps").spliterator(), false)
        .filter(step -> Shown.text(step, "step").equals(STEP))
        .findFirst();
  }
}
