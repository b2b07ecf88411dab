package dev.cutover.orchestrator.domain;

import dev.cutover.contract.NoticeChannel;
import dev.cutover.contract.NoticeKind;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Who is told what and when. Frozen with the plan, words included: what was approved is what is
 * sent.
 *
 * @param channels where people are told; without one nobody is
 * @param facts what every notice says
 * @param rollCall who must answer that they are there; names as the API knows them
 * @param timeline when what has a time is told
 * @param texts the words of each kind, with <code>${variables}</code>
 */
public record Notices(
    List<Channel> channels,
    Facts facts,
    List<String> rollCall,
    Timeline timeline,
    Map<NoticeKind, Wording> texts) {
  /** Nobody is told. */
  public static final Notices NONE =
      new Notices(List.of(), Facts.UNKNOWN, List.of(), Timeline.DEFAULT, Map.of());

  public Notices {
    channels = List.copyOf(channels);
    rollCall = List.copyOf(rollCall);
    texts = Collections.unmodifiableMap(new TreeMap<>(texts));
  }

  /**
   * A channel and what is told there.
   *
   * @param kinds each once
   */
  public record Channel(NoticeChannel channel, List<NoticeKind> kinds) {
    public Channel {
      kinds = List.copyOf(kinds);
    }

    public String name() {
      return channel.name();
    }

    /** Whether anybody can read it: nothing of the war room belongs there. */
    boolean isPublic() {
      return channel instanceof NoticeChannel.Statuspage;
    }

    /** Whether it may be used in a rehearsal: it must neither page nor tell the public. */
    boolean rehearses() {
      return switch (channel) {
        case NoticeChannel.Statuspage _, NoticeChannel.PagerDuty _ -> false;
        case NoticeChannel.Email _, NoticeChannel.Slack _, NoticeChannel.Webhook _ -> true;
      };
    }
  }

  /**
   * What people need to know, whatever is told. Empty texts are left out.
   *
   * @param what what is changing
   * @param impact what users will notice
   * @param contact who to ask
   * @param statusPage address of the public page
   * @param bridge address of the call
   * @param room where people write
   * @param primary on call
   * @param secondary on call, when the first one does not answer
   * @param escalation who decides when both do not
   */
  public record Facts(
      String what,
      String impact,
      String contact,
      String statusPage,
      String bridge,
      String room,
      String primary,
      String secondary,
      String escalation) {
    /** Nothing is said. */
    public static final Facts UNKNOWN = new Facts("", "", "", "", "", "", "", "", "");
  }

  /**
   * How long before the window opens, or after the target was proven, people are told.
   *
   * @param week first word
   * @param day reminder
   * @param hour the war room opens
   * @param after when a person says how it went
   * @param delayed how long after the opening a switch that has not begun is called late
   */
  public record Timeline(
      Duration week, Duration day, Duration hour, Duration after, Duration delayed) {
    /** As the pattern has it. */
    public static final Timeline DEFAULT =
        new Timeline(
            Duration.ofDays(7),
            Duration.ofDays(1),
            Duration.ofHours(1),
            Duration.ofHours(24),
            Duration.ofMinutes(15));
  }

  /**
   * Words.
   *
   * @param subject one line
   */
  public record Wording(String subject, String text) {}
}
