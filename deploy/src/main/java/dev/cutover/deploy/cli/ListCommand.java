package dev.cutover.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** All cutovers. */
@Command(
    name = "list",
    description = "Lists cutovers: where each stands, and what it waits for.",
    mixinStandardHelpOptions = true)
public final class ListCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private ApiOptions api = new ApiOptions();

  @Option(
      names = "--state",
      paramLabel = "STATE",
      split = ",",
      description = "Only those that are running, waiting, observing, rolling-back, held, ...")
  private List<String> states = List.of();

  @Override
  public Integer call() throws InterruptedException {
    ApiClient client = api.client();
    List<JsonNode> statuses = new ArrayList<>();
    String filter =
        states.stream()
            .map(state -> "&state=" + URLEncoder.encode(state, StandardCharsets.UTF_8))
            .collect(Collectors.joining());
    Optional<String> next = Optional.of("/cutovers?limit=500" + filter);
    while (next.isPresent()) {
      ApiClient.Page page = client.page(next.get());
      page.json().path("cutovers").forEach(statuses::add);
      next = page.next();
    }
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    if (api.json()) {
      ArrayNode all = ApiClient.JSON.createArrayNode().addAll(statuses);
      ApiOptions.print(out, all);
    } else if (statuses.isEmpty()) {
      out.println("There are none.");
    } else {
      Shown.list(statuses).forEach(out::println);
    }
    return 0;
  }
}
