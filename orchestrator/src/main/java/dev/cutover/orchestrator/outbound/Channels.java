package dev.cutover.orchestrator.outbound;

import dev.cutover.contract.Notice;
import dev.cutover.contract.NoticeChannel;
import io.vertx.core.Vertx;

/**
 * Delivers notices over whatever channel they are for. Each channel answers with the reference by
 * which a notice is found there.
 */
final class Channels {
  private final OutboundConfig config;
  private final EmailChannel email;
  private final SlackChannel slack;
  private final StatuspageChannel statuspage;
  private final PagerDutyChannel pagerDuty;
  private final WebhookChannel webhook;

  Channels(OutboundConfig config, Vertx vertx, HttpSender sender) {
    this.config = config;
    this.email = new EmailChannel(vertx, config.mail());
    this.slack = new SlackChannel(sender);
    this.statuspage = new StatuspageChannel(sender);
    this.pagerDuty = new PagerDutyChannel(sender);
    this.webhook = new WebhookChannel(sender);
  }

  String deliver(Notice notice, NoticeChannel channel, Deadline deadline)
      throws Refused, InterruptedException {
    Vault vault = new Vault(config.credentials());
    return switch (channel) {
      case NoticeChannel.Email c -> email.deliver(notice, c, vault, deadline);
      case NoticeChannel.Slack c -> slack.deliver(notice, c, vault, deadline);
      case NoticeChannel.Statuspage c -> statuspage.deliver(notice, c, vault, deadline);
      case NoticeChannel.PagerDuty c -> pagerDuty.deliver(notice, c, vault, deadline);
      case NoticeChannel.Webhook c -> webhook.deliver(notice, c, vault, deadline);
    };
  }
}
