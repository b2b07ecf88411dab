package dev.cutover.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Starts a cutover. */
@Command(
    name = "start",
    description = {
      "Starts a cutover: it prepares itself, and waits for people before anything moves.",
      "Check the plan first: ./cutover plan check FILE"
    },
    mixinStandardHelpOptions = true)
public final class StartCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private ApiOptions api = new ApiOptions();

  @Parameters(paramLabel = "FILE", description = "A plan in YAML.")
  private Path file = Path.of("plan.yaml");

  @Override
  public Integer call() throws InterruptedException {
    String plan;
    try {
      plan = Files.readString(file);
    } catch (IOException e) {
      throw new ApiFailure("Expected a readable plan, but %s gave %s".formatted(file, e));
    }
    JsonNode answer = api.client().post("/cutovers", "application/yaml", plan);
    var out = Objects.requireNonNull(spec).commandLine().getOut();
    Submitted.print(out, answer, api.json());
    if (!api.json()) {
      out.println("Watch it with: ./cutover watch " + Shown.text(answer, "cutover"));
    }
    return 0;
  }
}
