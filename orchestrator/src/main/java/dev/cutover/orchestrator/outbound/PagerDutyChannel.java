package dev.cutover.orchestrator.outbound;

import dev.cutover.contract.Notice;
import dev.cutover.contract.NoticeChannel;
import dev.cutover.contract.NoticeKind;
import dev.cutover.orchestrator.outbound.HttpSender.Answer;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/**
 * Events API v2 ({@code developer.pagerduty.com/docs/events-api-v2-overview}): what needs a person
 * triggers an alert, its end resolves it, all of one thread by one {@code dedup_key}; everything
 * else is a change event ({@code .../send-change-events}), which pages nobody. Both are answered
 * 202; 429 and 500 and above may be tried again.
 */
final class PagerDutyChannel {
  private static final int DEDUP_KEY_MAX = 255;
  private static final int SUMMARY_MAX = 1024;

  private final HttpSender sender;

  PagerDutyChannel(HttpSender sender) {
    this.sender = sender;
  }

  /** What an alert is told. */
  private enum EventAction {
    TRIGGER,
    RESOLVE,
    /** It is no alert. */
    CHANGE
  }

  String deliver(Notice notice, NoticeChannel.PagerDuty channel, Vault vault, Deadline deadline)
      throws Refused, InterruptedException {
    EventAction action = action(notice.kind());
    String path = action == EventAction.CHANGE ? "/v2/change/enqueue" : "/v2/enqueue";
    String key = vault.secret(channel.credential(), "pagerduty");
    String shown = HttpSender.shown(channel.url()) + path;
    Answer answer =
        sender.send(
            "POST",
            channel.url() + path,
            shown,
            Map.of("Content-Type", "application/json"),
            event(notice, action, key, deadline.clock().instant()).encode(),
            deadline);
    if (answer.status() != 202) {
      throw HttpSender.refusal(shown, answer.status(), "202", Excerpt.of(answer.body(), vault));
    }
    return action == EventAction.CHANGE ? notice.id() : dedupKey(notice);
  }

  private static EventAction action(NoticeKind kind) {
    return switch (kind) {
      case HELD, RECORDS_CHANGED, ROLLING_BACK -> EventAction.TRIGGER;
      case RESUMED, COMPLETED, ROLLED_BACK, ABANDONED -> EventAction.RESOLVE;
      case WEEK_BEFORE,
          DAY_BEFORE,
          HOUR_BEFORE,
          STARTED,
          DAY_AFTER,
          DELAYED,
          CORRECTION,
          POINT_OF_NO_RETURN ->
          EventAction.CHANGE;
    };
  }

  private static JsonObject event(Notice notice, EventAction action, String key, Instant now) {
    JsonObject payload =
        new JsonObject()
            .put("summary", cut(notice.subject(), SUMMARY_MAX))
            .put("source", "cutover")
            .put("timestamp", now.toString())
            .put(
                "custom_details",
                new JsonObject().put("text", notice.text()).put("notice", notice.id()));
    JsonObject event = new JsonObject().put("routing_key", key).put("payload", payload);
    if (action == EventAction.CHANGE) {
      return event;
    }
    payload.put("severity", notice.kind() == NoticeKind.HELD ? "critical" : "error");
    return event
        .put("event_action", action.name().toLowerCase(Locale.ROOT))
        .put("dedup_key", dedupKey(notice));
  }

  private static String dedupKey(Notice notice) {
    return cut(notice.thread(), DEDUP_KEY_MAX);
  }

  private static String cut(String text, int max) {
    return text.length() <= max ? text : text.substring(0, max);
  }
}
