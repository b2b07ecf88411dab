package dev.cutover.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A journal as the API shows it, page by page, and on from there. */
public final class JournalPages {
  @Mixin private ApiOptions api = new ApiOptions();

  @Option(names = "--follow", description = "Goes on with what comes, until it is stopped.")
  private boolean follow;

  @Option(
      names = "--after",
      paramLabel = "N",
      defaultValue = "0",
      description = "Only entries after number N.")
  private long after;

  /** Prints it: an entry a line, as JSON lines with {@code --json}. */
  public void print(String id, PrintWriter out) throws InterruptedException {
    ApiClient client = api.client();
    long last = after;
    Optional<String> next = Optional.of("/cutovers/%s/journal?after=%d".formatted(id, after));
    while (next.isPresent()) {
      ApiClient.Page page = client.page(next.get());
      for (JsonNode entry : page.json()) {
        print(out, entry);
        last = entry.path("sequence").asLong();
      }
      next = page.next();
    }
    out.flush();
    if (follow) {
      new EventFeed(client, "/cutovers/%s/events?after=%d".formatted(id, last))
          .read(
              (event, data) -> {
                if (event.equals("journal")) {
                  print(out, data);
                  out.flush();
                }
                return !out.checkError();
              });
    }
  }

  private void print(PrintWriter out, JsonNode entry) {
    out.println(api.json() ? entry.toString() : Shown.entry(entry));
  }
}
