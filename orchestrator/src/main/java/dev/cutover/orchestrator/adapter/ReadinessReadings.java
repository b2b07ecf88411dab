package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Whether a cutover is ready, and what is frozen for the sake of any: pipelines ask. */
public final class ReadinessReadings {
  private static final int PAGE = 1_000;

  private final StatusBoard board;
  private final InstantSource clock;

  public ReadinessReadings(StatusBoard board, InstantSource clock) {
    this.board = board;
    this.clock = clock;
  }

  /** The checklist of a cutover, and the change freeze of all. */
  public List<Route> routes() {
    return List.of(
        Route.get("/cutovers/{id}/readiness", (context, _) -> readiness(context)),
        Route.get("/freeze", (context, _) -> freeze(context)));
  }

  private void readiness(RoutingContext context) {
    CutoverId id = new CutoverId(context.pathParam("id"));
    Optional<JsonObject> status = board.status(id).map(JsonObject::new);
    if (status.isEmpty()) {
      HttpAnswer.problem(context, 404, Readings.unknown(id));
      return;
    }
    HttpAnswer.json(
        context,
        200,
        new JsonObject()
            .put("cutover", id.value())
            .put("at", status.get().getString("at"))
            .put("readiness", status.get().getJsonObject("readiness")));
  }

  private void freeze(RoutingContext context) {
    Query query = Query.of(context, Set.of("name", "database"));
    Optional<String> name = query.text("name").map(ReadinessReadings::absolute);
    Optional<String> database = query.text("database");
    Instant now = clock.instant();
    JsonArray freezes = new JsonArray();
    String cursor = "";
    while (true) {
      StatusBoard.Page page = board.statuses(Set.of(), cursor, PAGE);
      for (String text : page.statuses()) {
        JsonObject status = new JsonObject(text);
        JsonObject freeze = status.getJsonObject("readiness").getJsonObject("freeze");
        if (inForce(freeze, now) && concerns(freeze, name, database)) {
          freezes.add(freeze.copy().put("cutover", status.getString("cutover")));
        }
      }
      if (page.next().isEmpty()) {
        break;
      }
      cursor = page.next().get();
    }
    HttpAnswer.json(
        context,
        200,
        new JsonObject()
            .put("frozen", !freezes.isEmpty())
            .put("at", now.toString())
            .put("freezes", freezes));
  }

  private static boolean inForce(JsonObject freeze, Instant now) {
    String from = freeze.getString("from");
    return from != null && !now.isBefore(Instant.parse(from));
  }

  /** Without a question, every freeze concerns whoever asks. */
  private static boolean concerns(
      JsonObject freeze, Optional<String> name, Optional<String> database) {
    boolean names = name.filter(asked -> freeze.getJsonArray("names").contains(asked)).isPresent();
    boolean databases =
        database
            .filter(
                asked ->
                    freeze.getJsonArray("databases").stream()
                        .map(String::valueOf)
                        .anyMatch(known -> known.equals(asked) || known.endsWith("/" + asked)))
            .isPresent();
    return (name.isEmpty() && database.isEmpty()) || names || databases;
  }

  private static String absolute(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower : lower + ".";
  }
}
