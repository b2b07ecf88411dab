package dev.cutover.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Credits a rehearsal to the cutover that it rehearsed. */
@Command(
    name = "credit",
    description =
        "Credits a rehearsal that has ended to the cutover that it rehearsed: what its journal says"
            + " is evidence for readiness, and for the prediction.",
    mixinStandardHelpOptions = true)
public final class CreditCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private ApiOptions api = new ApiOptions();

  @Parameters(paramLabel = "ID", description = "The cutover of production.")
  private String id = "";

  @Option(names = "--rehearsal", paramLabel = "ID", required = true, description = "The rehearsal.")
  private String rehearsal = "";

  @Override
  public Integer call() throws InterruptedException {
    JsonNode answer =
        api.client()
            .post(
                "/cutovers/" + id + "/rehearsals",
                "application/json",
                ApiClient.JSON.createObjectNode().put("rehearsal", rehearsal).toString());
    Submitted.print(Objects.requireNonNull(spec).commandLine().getOut(), answer, api.json());
    return 0;
  }
}
