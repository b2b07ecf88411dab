package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.runtime.Topics;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What there is to see of cutovers, page by page; the next page is the header {@code Link}. */
public final class Readings {
  private static final String LINES = "application/x-ndjson";

  private final StatusBoard board;
  private final Topics topics;

  public Readings(StatusBoard board, Topics topics) {
    this.board = board;
    this.topics = topics;
  }

  /** All cutovers, one of them, and its journal. */
  public List<Route> routes() {
    return List.of(
        Route.get("/cutovers", (context, _) -> list(context)),
        Route.get("/cutovers/{id}", (context, _) -> show(context)),
        Route.get("/cutovers/{id}/journal", (context, _) -> journal(context)));
  }

  private void list(RoutingContext context) {
    Query query = Query.of(context, Set.of("state", "limit", "cursor"));
    // a state's words may be joined by '-', which needs no escaping
    Set<String> states =
        query.list("state").stream()
            .map(state -> state.replace('-', ' '))
            .collect(Collectors.toUnmodifiableSet());
    int limit = (int) query.whole("limit", 1, 1_000, 100);
    StatusBoard.Page page = board.statuses(states, query.text("cursor").orElse(""), limit);
    JsonArray statuses = new JsonArray();
    page.statuses().forEach(status -> statuses.add(new JsonObject(status)));
    page.next()
        .ifPresent(
            cursor ->
                next(
                    context,
                    "limit=%d&cursor=%s%s"
                        .formatted(
                            limit,
                            cursor,
                            states.stream()
                                .sorted()
                                .map(state -> "&state=" + encoded(state))
                                .collect(Collectors.joining()))));
    HttpAnswer.json(context, 200, new JsonObject().put("cutovers", statuses));
  }

  private void show(RoutingContext context) {
    CutoverId id = new CutoverId(context.pathParam("id"));
    Optional<String> status = board.status(id);
    if (status.isEmpty()) {
      HttpAnswer.problem(context, 404, unknown(id));
      return;
    }
    HttpAnswer.text(context, 200, "application/json", status.get());
  }

  private void journal(RoutingContext context) {
    Query query = Query.of(context, Set.of("after", "limit"));
    long after = query.whole("after", 0, Query.SEQUENCE_MAX, 0);
    int limit = (int) query.whole("limit", 1, 5_000, 1_000);
    CutoverId id = new CutoverId(context.pathParam("id"));
    Optional<List<String>> found = board.journal(id, after, limit + 1);
    if (found.isEmpty()) {
      HttpAnswer.problem(
          context,
          404,
          board.status(id).isEmpty()
              ? unknown(id)
              : "Expected that part of the journal here, but it is kept only in topic %s"
                  .formatted(topics.journal()));
      return;
    }
    List<String> entries = found.get();
    if (entries.size() > limit) {
      entries = entries.subList(0, limit);
      next(context, "limit=%d&after=%d".formatted(limit, after + limit)); // no gaps in it
    }
    if (Optional.ofNullable(context.request().getHeader("accept")).orElse("").contains(LINES)) {
      HttpAnswer.text(
          context,
          200,
          LINES,
          entries.stream().map(entry -> entry + "\n").collect(Collectors.joining()));
    } else {
      HttpAnswer.text(context, 200, "application/json", "[" + String.join(",", entries) + "]");
    }
  }

  private static void next(RoutingContext context, String query) {
    context
        .response()
        .putHeader("link", "<%s?%s>; rel=\"next\"".formatted(context.normalizedPath(), query));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  static String unknown(CutoverId id) {
    return "Expected a cutover named %s, but there is none".formatted(id);
  }
}
