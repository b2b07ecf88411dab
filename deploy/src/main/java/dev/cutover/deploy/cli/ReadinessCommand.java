package dev.cutover.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The checklist of a cutover. */
@Command(
    name = "readiness",
    description =
        "Shows what is proven, signed or missing before go, and whether there is a way back. Exit"
            + " code 0 when it is ready, 1 when not.",
    mixinStandardHelpOptions = true)
public final class ReadinessCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private ApiOptions api = new ApiOptions();

  @Parameters(paramLabel = "ID", description = "The cutover, as its plan names it.")
  private String id = "";

  @Override
  public Integer call() throws InterruptedException {
    JsonNode answer = api.client().get("/cutovers/" + id + "/readiness");
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    if (api.json()) {
      ApiOptions.print(out, answer);
    } else {
      ShownReadiness.lines(answer).forEach(out::println);
    }
    return answer.path("readiness").path("ready").asBoolean() ? 0 : 1;
  }
}
