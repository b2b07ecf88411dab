package dev.cutover.orchestrator.outbound;

import dev.cutover.contract.FailureKind;
import dev.cutover.contract.Notice;
import dev.cutover.contract.NoticeChannel;
import dev.cutover.contract.NoticeKind;
import dev.cutover.orchestrator.outbound.HttpSender.Answer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Scheduled maintenance on a status page by the API of Statuspage ({@code
 * developer.statuspage.io/#tag/incidents}): {@code GET}, {@code POST /v1/pages/{page}/incidents},
 * {@code PATCH .../incidents/{id}}, {@code Authorization: OAuth <key>}.
 *
 * <p>The API knows no repetition, so the page is read first: a maintenance carries its thread and
 * the notices that made it in its {@code metadata} (whose values must be objects). One that is
 * there is updated; a notice that it has already is not given again.
 */
final class StatuspageChannel {
  private static final String METADATA = "cutover";
  private static final Set<String> ENDED = Set.of("completed", "resolved", "postmortem");

  /** How long a maintenance is announced for whose end the plan does not say. */
  private static final Duration LENGTH = Duration.ofHours(2);

  private final HttpSender sender;

  StatuspageChannel(HttpSender sender) {
    this.sender = sender;
  }

  String deliver(Notice notice, NoticeChannel.Statuspage channel, Vault vault, Deadline deadline)
      throws Refused, InterruptedException {
    String authorization = "OAuth " + vault.secret(channel.credential(), "statuspage");
    Map<String, String> headers =
        Map.of("Authorization", authorization, "Content-Type", "application/json");
    String incidents = "%s/v1/pages/%s/incidents".formatted(channel.url(), channel.page());
    List<JsonObject> known =
        objects(exchange("GET", incidents + "?limit=100", headers, "", 200, vault, deadline));
    for (JsonObject incident : known) {
      if (notices(incident).contains(notice.id())) {
        return String.valueOf(incident.getString("id"));
      }
    }
    Optional<JsonObject> open =
        known.stream()
            .filter(incident -> notice.thread().equals(metadata(incident).getString("thread")))
            .filter(incident -> !ENDED.contains(incident.getString("status")))
            .findFirst();
    JsonObject body =
        new JsonObject()
            .put("incident", incident(notice, channel, open, deadline.clock().instant()));
    String answer =
        open.isPresent()
            ? exchange(
                "PATCH",
                incidents + "/" + open.get().getString("id"),
                headers,
                body.encode(),
                200,
                vault,
                deadline)
            : exchange("POST", incidents, headers, body.encode(), 201, vault, deadline);
    return String.valueOf(object(answer).getString("id"));
  }

  private static JsonObject incident(
      Notice notice, NoticeChannel.Statuspage channel, Optional<JsonObject> open, Instant now) {
    String status = status(notice.kind(), open);
    JsonArray told = open.map(StatuspageChannel::notices).orElseGet(JsonArray::new).copy();
    told.add(notice.id());
    JsonObject incident =
        new JsonObject()
            .put("status", status)
            .put("body", notice.text().strip())
            .put(
                "metadata",
                new JsonObject()
                    .put(
                        METADATA,
                        new JsonObject().put("thread", notice.thread()).put("notices", told)));
    if (open.isEmpty()) {
      incident.put("name", notice.subject());
    }
    if (open.isEmpty() || status.equals("scheduled")) {
      Instant from = notice.windowOpensAt().orElse(now);
      incident
          .put("scheduled_for", from.toString())
          .put("scheduled_until", notice.windowClosesAt().orElse(from.plus(LENGTH)).toString());
    }
    if (!channel.components().isEmpty()) {
      JsonObject components = new JsonObject();
      channel.components().forEach(id -> components.put(id, componentStatus(status)));
      incident.put("component_ids", new JsonArray(channel.components()));
      incident.put("components", components);
    }
    return incident;
  }

  /** The status of a maintenance; what tells no change leaves it. */
  private static String status(NoticeKind kind, Optional<JsonObject> open) {
    return switch (kind) {
      case WEEK_BEFORE, DAY_BEFORE, HOUR_BEFORE -> "scheduled";
      case STARTED, ROLLING_BACK -> "in_progress";
      case COMPLETED, ROLLED_BACK, ABANDONED, CORRECTION, DAY_AFTER, POINT_OF_NO_RETURN ->
          "completed";
      case DELAYED -> open.map(incident -> incident.getString("status")).orElse("scheduled");
      case HELD, RECORDS_CHANGED, RESUMED ->
          open.map(incident -> incident.getString("status")).orElse("in_progress");
    };
  }

  private static String componentStatus(String status) {
    return status.equals("in_progress") || status.equals("verifying")
        ? "under_maintenance"
        : "operational";
  }

  private String exchange(
      String method,
      String url,
      Map<String, String> headers,
      String body,
      int wanted,
      Vault vault,
      Deadline deadline)
      throws Refused, InterruptedException {
    String shown = method + " " + HttpSender.shown(url);
    Answer answer = sender.send(method, url, shown, headers, body, deadline);
    if (answer.status() == wanted) {
      return answer.body();
    }
    String excerpt = Excerpt.of(answer.body(), vault);
    if (answer.status() == 420) { // how this API says 429
      throw new Refused(
          FailureKind.REFUSED, true, "Expected %s to answer, but it has too much".formatted(shown));
    }
    throw HttpSender.refusal(shown, answer.status(), Integer.toString(wanted), excerpt);
  }

  private static JsonObject metadata(JsonObject incident) {
    return incident.getValue("metadata") instanceof JsonObject metadata
            && metadata.getValue(METADATA) instanceof JsonObject ours
        ? ours
        : new JsonObject();
  }

  private static JsonArray notices(JsonObject incident) {
    return metadata(incident).getValue("notices") instanceof JsonArray notices
        ? notices
        : new JsonArray();
  }

  private static List<JsonObject> objects(String text) throws Refused {
    try {
      return new JsonArray(text).stream().map(JsonObject.class::cast).toList();
    } catch (DecodeException | ClassCastException e) {
      throw unreadable();
    }
  }

  private static JsonObject object(String text) throws Refused {
    try {
      return new JsonObject(text);
    } catch (DecodeException e) {
      throw unreadable();
    }
  }

  private static Refused unreadable() {
    return Refused.unreachable(
        "Expected the status page to answer in JSON, but its answer can't be read");
  }
}
