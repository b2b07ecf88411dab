package dev.cutover.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.contract.MessageCodec;
import dev.cutover.orchestrator.domain.Forecasts;
import dev.cutover.orchestrator.domain.Plan;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** How long the switch and the way back would take now. */
@Command(
    name = "predict",
    description = {
      "Says how long nobody could write in the switch, and how long a way back would take.",
      "Of a cutover that was not started yet it knows only its plan, and says so."
    },
    mixinStandardHelpOptions = true)
public final class PredictCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private ApiOptions api = new ApiOptions();

  @Parameters(paramLabel = "ID|PLAN", description = "The cutover's name, or its plan's file.")
  private String target = "";

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Optional<Plan> plan = PlanFile.read(target);
    String id = plan.map(p -> p.id().value()).orElse(target);
    JsonNode forecast;
    String note = "";
    try {
      forecast =
          api.client().get("/cutovers/" + id + "/readiness").path("readiness").path("forecast");
    } catch (ApiFailure e) {
      if (plan.isEmpty()) {
        throw e;
      }
      forecast = MessageCodec.mapper().valueToTree(Forecasts.of(plan.get()));
      note = "From the plan alone, since nothing was measured: " + e.getMessage();
    }
    if (api.json()) {
      ApiOptions.print(out, forecast);
    } else {
      if (!note.isEmpty()) {
        out.println(note);
      }
      lines(forecast).forEach(out::println);
    }
    out.flush();
    return fits(forecast) ? 0 : 1;
  }

  private static boolean fits(JsonNode forecast) {
    return !forecast.findValuesAsText("fit").contains("OVER");
  }

  static List<String> lines(JsonNode forecast) {
    List<String> lines = new ArrayList<>();
    span(lines, "write outage", forecast.path("writeOutage"), "the plan fences nothing");
    span(lines, "rollback", forecast.path("rollback"), "the plan has no way back by itself");
    JsonNode caches = forecast.path("cachesSeconds");
    if (caches.isNumber()) {
      lines.add(
          "Caches may send users to the old side for %d s longer.".formatted(caches.asLong()));
    }
    JsonNode detection = forecast.path("detectionSeconds");
    lines.add(
        detection.isNumber()
            ? "The monitor needs about %d s to see a breach at present traffic."
                .formatted(detection.asLong())
            : "How long the monitor needs to see a breach is not known: it does not say.");
    return lines;
  }

  private static void span(List<String> lines, String name, JsonNode span, String without) {
    if (!span.isObject()) {
      lines.add("%s: none, %s".formatted(name, without));
      lines.add("");
      return;
    }
    lines.add(
        "%s: %d ms of at most %d ms, %s%s"
            .formatted(
                name,
                span.path("ms").asLong(),
                span.path("boundMs").asLong(),
                Shown.text(span, "fit").toLowerCase(Locale.ROOT),
                span.path("rehearsedMs").isNumber()
                    ? "; %d ms in the last rehearsal".formatted(span.path("rehearsedMs").asLong())
                    : ""));
    Table table = new Table("part", "ms", "basis", "from");
    for (JsonNode part : span.path("parts")) {
      table.row(
          Shown.text(part, "name"),
          Shown.text(part, "ms"),
          Shown.text(part, "basis").toLowerCase(Locale.ROOT),
          Shown.text(part, "detail"));
    }
    table.lines().forEach(line -> lines.add("  " + line));
    lines.add("");
  }
}
