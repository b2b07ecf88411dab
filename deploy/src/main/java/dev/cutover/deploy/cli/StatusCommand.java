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

/** One cutover. */
@Command(
    name = "status",
    description = "Shows where a cutover stands, step by step.",
    mixinStandardHelpOptions = true)
public final class StatusCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private ApiOptions api = new ApiOptions();

  @Parameters(paramLabel = "ID", description = "The cutover, as its plan names it.")
  private String id = "";

  @Override
  public Integer call() throws InterruptedException {
    JsonNode status = api.client().get("/cutovers/" + id);
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    if (api.json()) {
      ApiOptions.print(out, status);
    } else {
      Shown.status(status).forEach(out::println);
    }
    return 0;
  }
}
