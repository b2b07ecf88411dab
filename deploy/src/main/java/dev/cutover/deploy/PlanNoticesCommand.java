package dev.cutover.deploy;

import com.fasterxml.jackson.databind.SerializationFeature;
import dev.cutover.contract.MessageCodec;
import dev.cutover.orchestrator.domain.NoticeWriter;
import dev.cutover.orchestrator.domain.NoticeWriter.Preview;
import dev.cutover.orchestrator.domain.Plan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what people will be told, before anybody approves it. */
@Command(
    name = "notices",
    description = {
      "Prints every notice of a plan as it will be told: to whom, when, and in which words.",
      "What is only known then stands in angle brackets. The words are frozen when the plan starts."
    },
    mixinStandardHelpOptions = true)
final class PlanNoticesCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "A plan in YAML.")
  private Path file = Path.of("");

  @Option(names = "--json", description = "As JSON, for programs.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Optional<Plan> plan = PlanOnDisk.read(file, err());
    if (plan.isEmpty()) {
      return 1;
    }
    print(plan.get());
    return 0;
  }

  private void print(Plan plan) throws IOException {
    List<Preview> previews = NoticeWriter.preview(plan);
    if (json) {
      out()
          .println(
              MessageCodec.mapper()
                  .writer(SerializationFeature.INDENT_OUTPUT)
                  .writeValueAsString(previews));
      return;
    }
    if (previews.isEmpty()) {
      out().println("nobody is told: the plan has no notices.channels");
      return;
    }
    ZoneId zone = ZoneId.of(plan.window().zone());
    for (Preview preview : previews) {
      String when =
          preview
              .at()
              .map(at -> "at " + at.atZone(zone).toLocalDateTime() + " " + zone)
              .orElse("when it happens");
      out()
          .printf(
              "== %s, %s, by %s%nSubject: %s%n%n%s%n",
              preview.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
              when,
              String.join(", ", preview.channels()),
              preview.subject(),
              preview.text());
    }
  }

  private PrintWriter out() {
    return Objects.requireNonNull(spec).commandLine().getOut();
  }

  private PrintWriter err() {
    return Objects.requireNonNull(spec).commandLine().getErr();
  }
}
