package dev.cutover.orchestrator.outbound;

import dev.cutover.contract.Notice;
import dev.cutover.contract.NoticeChannel;
import dev.cutover.orchestrator.outbound.HttpSender.Answer;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * Incoming webhooks as Slack has them ({@code docs.slack.dev/messaging/sending-messages-using-
 * incoming-webhooks}): {@code {"text": ...}}, answered 200 {@code ok}. Mattermost and Rocket.Chat
 * take the same. The address is the secret. They know no repetition: at least once.
 */
final class SlackChannel {
  private static final String SHOWN = "the incoming webhook";

  private final HttpSender sender;

  SlackChannel(HttpSender sender) {
    this.sender = sender;
  }

  String deliver(Notice notice, NoticeChannel.Slack channel, Vault vault, Deadline deadline)
      throws Refused, InterruptedException {
    String url = vault.secret(channel.credential(), "slack");
    String text = "*%s*\n%s".formatted(escaped(notice.subject()), escaped(notice.text().strip()));
    Answer answer =
        sender.send(
            "POST",
            url,
            SHOWN,
            Map.of("Content-Type", "application/json"),
            new JsonObject().put("text", text).encode(),
            deadline);
    if (answer.status() != 200) {
      throw HttpSender.refusal(SHOWN, answer.status(), "200", Excerpt.of(answer.body(), vault));
    }
    return notice.id();
  }

  /** The three characters that Slack's markup gives a meaning. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
