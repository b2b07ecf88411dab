package dev.cutover.orchestrator.outbound;

import dev.cutover.contract.Notice;
import dev.cutover.contract.NoticeChannel;
import dev.cutover.contract.NoticeKind;
import dev.cutover.orchestrator.outbound.HttpSender.Answer;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Any system that takes JSON. Body and signature are those of Standard Webhooks 1.0: {@code type},
 * {@code timestamp}, {@code data}; {@code webhook-id} stays when it is sent again.
 */
final class WebhookChannel {
  private final HttpSender sender;

  WebhookChannel(HttpSender sender) {
    this.sender = sender;
  }

  String deliver(Notice notice, NoticeChannel.Webhook channel, Vault vault, Deadline deadline)
      throws Refused, InterruptedException {
    String secret = vault.secret(channel.credential(), "webhook");
    var now = deadline.clock().instant();
    JsonObject data =
        new JsonObject()
            .put("id", notice.id())
            .put("thread", notice.thread())
            .put("subject", notice.subject())
            .put("text", notice.text())
            .put("rehearsal", notice.rehearsal());
    notice.windowOpensAt().ifPresent(at -> data.put("windowOpensAt", at.toString()));
    notice.windowClosesAt().ifPresent(at -> data.put("windowClosesAt", at.toString()));
    String body =
        new JsonObject()
            .put("type", "cutover.notice." + word(notice.kind()))
            .put("timestamp", now.toString())
            .put("data", data)
            .encode();
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    headers.put("Idempotency-Key", notice.id());
    headers.putAll(StandardWebhooks.headers(notice.id(), now, body, secret));
    String shown = HttpSender.shown(channel.url());
    Answer answer = sender.send("POST", channel.url(), shown, headers, body, deadline);
    if (answer.status() < 200 || answer.status() > 299) {
      throw HttpSender.refusal(
          shown, answer.status(), "200 to 299", Excerpt.of(answer.body(), vault));
    }
    return notice.id();
  }

  private static String word(NoticeKind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
