package dev.cutover.contract;

import java.util.List;

/**
 * Where people are told something. Names credentials and never holds one: an incoming webhook's
 * address is a secret too.
 */
public sealed interface NoticeChannel {
  /** Unique within a plan; shown to people. */
  String name();

  /** E-mail, by the server that the configuration names. */
  record Email(String name, List<String> to) implements NoticeChannel {
    public Email {
      to = List.copyOf(to);
    }
  }

  /**
   * An incoming webhook as Slack, Mattermost and Rocket.Chat have it.
   *
   * @param credential role {@code slack}: its password is the address
   */
  record Slack(String name, String credential) implements NoticeChannel {}

  /**
   * A status page with the API of Statuspage.
   *
   * @param url of the API, such as {@code https://api.statuspage.io}
   * @param page id of the page
   * @param components ids of the components that the maintenance concerns; may be empty
   * @param credential role {@code statuspage}: its password is the API key
   */
  record Statuspage(
      String name, String url, String page, List<String> components, String credential)
      implements NoticeChannel {
    public Statuspage {
      components = List.copyOf(components);
    }
  }

  /**
   * Whoever is on call, by the Events API v2 of PagerDuty.
   *
   * @param url of the API, such as {@code https://events.pagerduty.com}
   * @param credential role {@code pagerduty}: its password is the routing key
   */
  record PagerDuty(String name, String url, String credential) implements NoticeChannel {}

  /**
   * Any system that takes JSON, signed by the Standard Webhooks scheme.
   *
   * @param credential role {@code webhook}: its password is the signing secret
   */
  record Webhook(String name, String url, String credential) implements NoticeChannel {}
}
