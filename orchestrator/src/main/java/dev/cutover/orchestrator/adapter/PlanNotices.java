package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.NoticeChannel;
import dev.cutover.contract.NoticeKind;
import dev.cutover.contract.Template;
import dev.cutover.orchestrator.domain.NoticeTexts;
import dev.cutover.orchestrator.domain.Notices;
import dev.cutover.orchestrator.domain.Notices.Channel;
import dev.cutover.orchestrator.domain.Notices.Facts;
import dev.cutover.orchestrator.domain.Notices.Timeline;
import dev.cutover.orchestrator.domain.Notices.Wording;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads who is told what and when. What is not said is filled in, so that it is frozen too. */
final class PlanNotices {
  private static final int CHANNELS_MAX = 20;
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration QUARTER = Duration.ofDays(92);
  private static final String ADDRESS = "[^@\\s<>,;]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+";

  private static final Set<NoticeKind> ALL = EnumSet.allOf(NoticeKind.class);

  /** Held and resumed are the war room's: stakeholders hear of what changes for them. */
  private static final Set<NoticeKind> STAKEHOLDERS =
      EnumSet.complementOf(
          EnumSet.of(
              NoticeKind.HELD,
              NoticeKind.RECORDS_CHANGED,
              NoticeKind.RESUMED,
              NoticeKind.ROLLING_BACK));

  private static final Set<NoticeKind> PUBLIC =
      EnumSet.of(
          NoticeKind.WEEK_BEFORE,
          NoticeKind.DAY_BEFORE,
          NoticeKind.STARTED,
          NoticeKind.COMPLETED,
          NoticeKind.DELAYED,
          NoticeKind.ROLLED_BACK,
          NoticeKind.CORRECTION,
          NoticeKind.ABANDONED);

  private static final Set<NoticeKind> ON_CALL =
      EnumSet.of(
          NoticeKind.STARTED,
          NoticeKind.COMPLETED,
          NoticeKind.HELD,
          NoticeKind.RECORDS_CHANGED,
          NoticeKind.RESUMED,
          NoticeKind.ROLLING_BACK,
          NoticeKind.ROLLED_BACK,
          NoticeKind.ABANDONED);

  private PlanNotices() {}

  /**
   * Reads it.
   *
   * @param approvers who answers the roll-call unless the plan names others
   */
  static Notices read(YamlSection section, List<String> approvers) {
    YamlSection warRoom = section.sectionOrEmpty("warRoom");
    Facts facts =
        new Facts(
            text(section, "what"),
            text(section, "impact"),
            text(section, "contact"),
            text(section, "statusPage"),
            text(warRoom, "bridge"),
            text(warRoom, "channel"),
            text(warRoom, "primary"),
            text(warRoom, "secondary"),
            text(warRoom, "escalation"));
    warRoom.end();
    List<String> rollCall =
        section.has("rollCall")
            ? section.texts("rollCall").stream().map(YamlSection.Text::value).distinct().toList()
            : approvers;
    Notices notices =
        new Notices(
            channels(section),
            facts,
            rollCall,
            timeline(section.sectionOrEmpty("timeline")),
            texts(section.sectionOrEmpty("texts")));
    section.end();
    return notices;
  }

  private static String text(YamlSection section, String key) {
    return section.optionalText(key).map(String::strip).orElse("");
  }

  private static List<Channel> channels(YamlSection section) {
    List<Channel> channels = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (YamlSection entry : section.sections("channels")) {
      Channel channel = channel(entry);
      if (!names.add(channel.name())) {
        entry.fault(
            "name",
            "Expected each channel once, but '%s' is there twice".formatted(channel.name()));
      }
      channels.add(channel);
    }
    if (channels.size() > CHANNELS_MAX) {
      section.fault(
          "channels",
          "Expected at most %d channels, but found %d".formatted(CHANNELS_MAX, channels.size()));
    }
    return channels;
  }

  private static Channel channel(YamlSection entry) {
    String name =
        entry.value(
            "name",
            "a name of at most 60 characters without a slash",
            "unread",
            PlanValues.matching("[^/]{1,60}"));
    String kind =
        entry.value(
            "kind",
            "email, slack, statuspage, pagerduty or webhook",
            "slack",
            PlanValues.matching("email|slack|statuspage|pagerduty|webhook"));
    Channel channel =
        switch (kind) {
          case "email" -> email(entry, name);
          case "statuspage" ->
              new Channel(
                  new NoticeChannel.Statuspage(
                      name,
                      url(entry, "https://api.statuspage.io"),
                      entry.value("page", "the id of a page", "p", PlanValues.matching("\\w+")),
                      entry.texts("components").stream().map(YamlSection.Text::value).toList(),
                      credential(entry)),
                  kinds(entry, PUBLIC));
          case "pagerduty" ->
              new Channel(
                  new NoticeChannel.PagerDuty(
                      name, url(entry, "https://events.pagerduty.com"), credential(entry)),
                  kinds(entry, ON_CALL));
          case "webhook" ->
              new Channel(
                  new NoticeChannel.Webhook(
                      name,
                      entry.value("url", "an HTTP address", "http://unread", PlanValues::url),
                      credential(entry)),
                  kinds(entry, ALL));
          default ->
              new Channel(new NoticeChannel.Slack(name, credential(entry)), kinds(entry, ALL));
        };
    entry.end();
    return channel;
  }

  private static Channel email(YamlSection entry, String name) {
    List<String> to = new ArrayList<>();
    for (YamlSection.Text address : entry.texts("to")) {
      if (!address.value().matches(ADDRESS)) {
        entry.fault(
            address,
            "Expected an address such as ana@example.com, but found '%s'"
                .formatted(address.value()));
      }
      to.add(address.value());
    }
    if (to.isEmpty()) {
      entry.fault("to", "Expected at least one address in to, but found none");
    }
    return new Channel(new NoticeChannel.Email(name, to), kinds(entry, STAKEHOLDERS));
  }

  private static String url(YamlSection entry, String fallback) {
    return entry.valueOr("url", "an HTTP address", fallback, PlanValues::url);
  }

  private static String credential(YamlSection entry) {
    return entry.value(
        "credential",
        "the name of a credential in the orchestrator's own file",
        "unread",
        PlanValues.matching("[A-Za-z0-9_-]+"));
  }

  private static List<NoticeKind> kinds(YamlSection entry, Set<NoticeKind> usual) {
    if (!entry.has("tells")) {
      return List.copyOf(usual);
    }
    List<NoticeKind> kinds = new ArrayList<>();
    for (YamlSection.Text word : entry.texts("tells")) {
      Optional<NoticeKind> kind = kind(word.value());
      if (kind.isEmpty()) {
        entry.fault(
            word,
            "Expected one of %s, but found '%s'%s"
                .formatted(words(), word.value(), YamlSection.suggestion(word.value(), words())));
      }
      kind.filter(known -> !kinds.contains(known)).ifPresent(kinds::add);
    }
    return kinds;
  }

  private static Timeline timeline(YamlSection section) {
    Timeline timeline =
        new Timeline(
            span(section, "week", Timeline.DEFAULT.week()),
            span(section, "day", Timeline.DEFAULT.day()),
            span(section, "hour", Timeline.DEFAULT.hour()),
            span(section, "after", Timeline.DEFAULT.after()),
            span(section, "delayed", Timeline.DEFAULT.delayed()));
    section.end();
    return timeline;
  }

  private static Duration span(YamlSection section, String key, Duration fallback) {
    return section.valueOr(
        key,
        PlanValues.durationWord(SECOND, QUARTER),
        fallback,
        PlanValues.duration(SECOND, QUARTER));
  }

  private static Map<NoticeKind, Wording> texts(YamlSection section) {
    Map<NoticeKind, Wording> texts = new EnumMap<>(NoticeKind.class);
    for (NoticeKind kind : NoticeKind.values()) {
      Wording usual = NoticeTexts.of(kind);
      texts.put(
          kind, section.optionalSection(word(kind)).map(own -> wording(own, usual)).orElse(usual));
    }
    section.end();
    return texts;
  }

  private static Wording wording(YamlSection section, Wording usual) {
    String subject = section.optionalText("subject").orElse(usual.subject()).strip();
    String text = section.optionalText("text").orElse(usual.text());
    if (subject.isEmpty() || subject.lines().count() > 1) {
      section.fault("subject", "Expected a subject of one line, but found '" + subject + "'");
    }
    Map<String, String> known =
        NoticeTexts.VARIABLES.stream().collect(Collectors.toMap(name -> name, _ -> ""));
    Stream.of("subject", "text")
        .forEach(
            key ->
                new Template(key.equals("text") ? text : subject)
                    .unknown(known)
                    .ifPresent(
                        name ->
                            section.fault(
                                key,
                                "Expected one of %s, but found '${%s}'%s"
                                    .formatted(
                                        NoticeTexts.VARIABLES,
                                        name,
                                        YamlSection.suggestion(name, NoticeTexts.VARIABLES)))));
    section.end();
    return new Wording(subject.isEmpty() ? usual.subject() : subject, text);
  }

  /** How plans name a kind: {@code weekBefore}. */
  static String word(NoticeKind kind) {
    StringBuilder word = new StringBuilder();
    for (String part : kind.name().toLowerCase(Locale.ROOT).split("_")) {
      word.append(
          word.isEmpty() ? part : Character.toUpperCase(part.charAt(0)) + part.substring(1));
    }
    return word.toString();
  }

  private static Optional<NoticeKind> kind(String word) {
    return Stream.of(NoticeKind.values()).filter(kind -> word(kind).equals(word)).findFirst();
  }

  private static List<String> words() {
    return Stream.of(NoticeKind.values()).map(PlanNotices::word).toList();
  }
}
