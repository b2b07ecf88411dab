package dev.cutover.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The change freeze of all cutovers. */
@Command(
    name = "freeze",
    description = "Says whether changes are frozen for the sake of a cutover.",
    subcommands = FreezeCommand.Check.class,
    mixinStandardHelpOptions = true)
public final class FreezeCommand {

  /** What a pipeline asks before it deploys. */
  @Command(
      name = "check",
      description =
          "Exit code 0 when changes are free, 1 when they are frozen or nobody answers. Without"
              + " options any cutover counts; with both, those that concern either.",
      mixinStandardHelpOptions = true)
  static final class Check implements Callable<Integer> {
    @Spec private @Nullable CommandSpec spec;
    @Mixin private ApiOptions api = new ApiOptions();

    @Option(names = "--name", description = "A name that may be about to move.")
    private String name = "";

    @Option(names = "--database", description = "As host:port/name, or its name alone.")
    private String database = "";

    @Override
    public Integer call() throws InterruptedException {
      JsonNode answer = api.client().get("/freeze" + query());
      PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
      if (api.json()) {
        ApiOptions.print(out, answer);
      } else {
        ShownReadiness.freeze(answer).forEach(out::println);
      }
      return answer.path("frozen").asBoolean(true) ? 1 : 0;
    }

    private String query() {
      List<String> asked = new ArrayList<>();
      if (!name.isBlank()) {
        asked.add("name=" + URLEncoder.encode(name, StandardCharsets.UTF_8));
      }
      if (!database.isBlank()) {
        asked.add("database=" + URLEncoder.encode(database, StandardCharsets.UTF_8));
      }
      return asked.isEmpty() ? "" : "?" + String.join("&", asked);
    }
  }
}
