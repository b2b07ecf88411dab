package dev.cutover.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Console;
import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One cutover, live. */
@Command(
    name = "watch",
    description = {
      "Shows a cutover live until it is finished: redrawn on a terminal, as lines otherwise.",
      "Exit code 0 when it is completed, 1 when it ended otherwise."
    },
    mixinStandardHelpOptions = true)
public final class WatchCommand implements Callable<Integer> {
  private static final int ENTRIES_SHOWN = 8;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private ApiOptions api = new ApiOptions();

  @Parameters(paramLabel = "ID", description = "The cutover, as its plan names it.")
  private String id = "";

  @Option(
      names = "--until",
      paramLabel = "STATE",
      description = "Ends with exit code 0 when it is in this state, such as waiting or held.")
  private @Nullable String until;

  private final Deque<String> entries = new ArrayDeque<>();
  private String shownState = "";
  private List<String> status = List.of();

  @Override
  public Integer call() throws InterruptedException {
    boolean terminal =
        !api.json() && Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    int[] exit = {1};
    new EventFeed(api.client(), "/cutovers/" + id + "/events")
        .read(
            (event, data) -> {
              if (api.json()) {
                out.println(
                    ApiClient.JSON.createObjectNode().put("event", event).set("data", data));
              } else if (terminal) {
                redraw(out, event, data);
              } else {
                tell(out, event, data);
              }
              out.flush();
              Optional<Integer> end = event.equals("status") ? end(data) : Optional.empty();
              end.ifPresent(code -> exit[0] = code);
              return end.isEmpty();
            });
    return exit[0];
  }

  private Optional<Integer> end(JsonNode status) {
    String state = Shown.text(status, "state");
    if (until != null && state.equals(until.replace('-', ' '))) {
      return Optional.of(0);
    }
    return state.equals("finished")
        ? Optional.of(Shown.text(status, "outcome").equals("COMPLETED") ? 0 : 1)
        : Optional.empty();
  }

  private void tell(PrintWriter out, String event, JsonNode data) {
    if (event.equals("journal")) {
      out.println(Shown.entry(data));
      return;
    }
    String state = Shown.status(data).getFirst();
    String waits = Shown.text(data, "waitingFor");
    if (!shownState.equals(state + waits)) {
      shownState = state + waits;
      out.println(Table.shown(state + (waits.isEmpty() ? "" : "; waits for " + waits)));
    }
  }

  private void redraw(PrintWriter out, String event, JsonNode data) {
    if (event.equals("journal")) {
      entries.addLast(Shown.entry(data));
      if (entries.size() > ENTRIES_SHOWN) {
        entries.removeFirst();
      }
    } else {
      status = Shown.status(data);
    }
    List<String> lines = new ArrayList<>(status);
    lines.add("");
    lines.addAll(entries);
    // from the top left, cleared to the end; lines are cut at the edge instead of wrapped
    out.print("\033[H\033[J\033[?7l");
    lines.forEach(out::println);
    out.print("\033[?7h");
  }
}
