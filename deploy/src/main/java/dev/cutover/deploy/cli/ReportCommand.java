package dev.cutover.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The report of a cutover. */
@Command(
    name = "report",
    description = {
      "Reports a cutover from its journal: what was predicted and measured, who said what, each step.",
      "--html FILE writes it as one page that can be sent to anybody."
    },
    mixinStandardHelpOptions = true)
public final class ReportCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private ApiOptions api = new ApiOptions();

  @Parameters(paramLabel = "ID", description = "The cutover, as its plan names it.")
  private String id = "";

  @Option(names = "--html", paramLabel = "FILE", description = "Writes the page there.")
  private @Nullable Path html;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    ApiClient client = api.client();
    if (html != null) {
      try {
        Files.writeString(html, client.text("/cutovers/" + id + "/report.html"));
      } catch (IOException e) {
        throw new ApiFailure("Expected to write %s, but %s".formatted(html, e));
      }
      out.println("Written: " + html);
      return 0;
    }
    JsonNode report = client.get("/cutovers/" + id + "/report");
    if (api.json()) {
      ApiOptions.print(out, report);
    } else {
      lines(report).forEach(out::println);
    }
    out.flush();
    return 0;
  }

  private static List<String> lines(JsonNode report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: %s%s"
            .formatted(
                Shown.text(report, "cutover"),
                Shown.text(report, "state"),
                Shown.text(report, "outcome").isEmpty()
                    ? ""
                    : ", " + Shown.text(report, "outcome")));
    Table figures = new Table("go at", "", "predicted ms", "measured ms", "bound ms");
    for (JsonNode round : report.path("rounds")) {
      row(figures, round, "write outage", "writeOutage", "outageMs");
      row(figures, round, "rollback", "rollback", "rollbackMs");
      String back = Shown.text(round.path("wentBack"), "reason");
      if (!back.isEmpty()) {
        lines.add("  went back: " + Table.shown(back));
      }
    }
    lines.add("");
    lines.addAll(figures.lines());
    lines.add("");
    Table people = new Table("when", "who", "what", "words");
    for (JsonNode saying : report.path("people")) {
      people.row(
          Shown.text(saying, "at"),
          Shown.text(saying, "actor"),
          Shown.text(saying, "what"),
          Shown.text(saying, "words"));
    }
    lines.addAll(people.lines());
    lines.add("");
    lines.add(
        "Journal of %s entries up to %s"
            .formatted(Shown.text(report, "entries"), Shown.text(report, "journalHead")));
    return lines;
  }

  private static void row(
      Table table, JsonNode round, String name, String predicted, String measured) {
    JsonNode expected = round.path("predicted").path(predicted);
    table.row(
        Shown.text(round, "goAt"),
        name,
        Shown.text(expected, "ms"),
        Shown.text(round.path("measured"), measured),
        Shown.text(expected, "boundMs"));
  }
}
