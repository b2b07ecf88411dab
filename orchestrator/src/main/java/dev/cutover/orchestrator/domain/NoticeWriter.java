package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Notice;
import dev.cutover.contract.NoticeKind;
import dev.cutover.contract.Side;
import dev.cutover.contract.Template;
import dev.cutover.orchestrator.domain.Notices.Channel;
import dev.cutover.orchestrator.domain.Notices.Facts;
import dev.cutover.orchestrator.domain.Notices.Wording;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Puts notices into words: the plan's texts, its facts, and what has happened. Pure. */
public final class NoticeWriter {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEEE d MMMM uuuu", Locale.ENGLISH);
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm");
  private static final int SUBJECT_MAX = 200;
  private static final int TEXT_MAX = 8_000;

  private NoticeWriter() {}

  /**
   * What has happened.
   *
   * @param serving the side that takes writes; empty in the write outage
   */
  public record News(
      Instant at,
      String reason,
      String waitingFor,
      Optional<Side> serving,
      String actor,
      String summary,
      String evidence) {
    /** Nothing yet. */
    static News at(Instant now) {
      return new News(now, "", "", Optional.of(Side.SOURCE), "", "", "");
    }
  }

  /**
   * Writes a notice.
   *
   * @param occasion what it is about, unique in the cutover, such as {@code held-41}
   */
  static Notice write(Plan plan, Channel channel, NoticeKind kind, String occasion, News news) {
    Map<String, String> variables = variables(plan, news);
    variables.put("details", details(plan, channel.isPublic()));
    Wording wording = plan.notices().texts().getOrDefault(kind, NoticeTexts.of(kind));
    String subject =
        new Template(wording.subject()).fill(variables).replaceAll("\\s+", " ").strip();
    String text = new Template(wording.text()).fill(variables).strip() + "\n";
    String thread = plan.id() + "/" + channel.name();
    return new Notice(
        "%s/%s/%s".formatted(plan.id(), occasion, channel.name()),
        thread,
        kind,
        cut(plan.rehearsal().marked() ? "[REHEARSAL] " + subject : subject, SUBJECT_MAX),
        cut(text, TEXT_MAX),
        plan.window().opensAt(),
        plan.window().closesAt(),
        plan.rehearsal().marked());
  }

  /**
   * A notice as it would be told, with angle brackets around what is only known then.
   *
   * @param at when it is told; empty for what follows from an event
   * @param channels names of those that get these words
   */
  public record Preview(
      NoticeKind kind, Optional<Instant> at, List<String> channels, String subject, String text) {}

  /** Every notice of a plan, in the order of its kinds; what differs by channel is there twice. */
  public static List<Preview> preview(Plan plan) {
    Map<NoticeKind, Instant> times = new HashMap<>();
    Timetable.of(plan).forEach(due -> times.put(due.kind(), due.at()));
    News unknown =
        new News(
            plan.window().opensAt().orElse(Instant.EPOCH),
            "<reason>",
            "<what it waits for>",
            Optional.of(Side.SOURCE),
            "<who>",
            "<all systems are stable, or issues and how they were resolved>",
            "<evidence>");
    List<Preview> previews = new ArrayList<>();
    for (NoticeKind kind : NoticeKind.values()) {
      Map<String, Preview> byWords = new LinkedHashMap<>();
      for (Channel channel : Deliveries.channels(plan, kind)) {
        Notice notice = write(plan, channel, kind, "preview", unknown);
        String words = notice.subject() + "\n" + notice.text();
        List<String> names = new ArrayList<>();
        if (byWords.containsKey(words)) {
          names.addAll(byWords.get(words).channels());
        }
        names.add(channel.name());
        byWords.put(
            words,
            new Preview(
                kind,
                Optional.ofNullable(times.get(kind)),
                List.copyOf(names),
                notice.subject(),
                notice.text()));
      }
      previews.addAll(byWords.values());
    }
    return previews;
  }

  private static Map<String, String> variables(Plan plan, News news) {
    Facts facts = plan.notices().facts();
    ZoneId zone = ZoneId.of(plan.window().zone());
    Map<String, String> variables = new HashMap<>();
    variables.put("cutover", plan.id().value());
    variables.put("what", what(plan));
    variables.put("impact", facts.impact());
    variables.put("contact", facts.contact());
    variables.put("statusPage", facts.statusPage());
    variables.put("bridge", facts.bridge());
    variables.put("room", facts.room());
    variables.put("primary", facts.primary());
    variables.put("secondary", facts.secondary());
    variables.put("escalation", facts.escalation());
    variables.put("zone", zone.getId());
    variables.put(
        "date",
        plan.window()
            .opensAt()
            .map(at -> DATE.format(at.atZone(zone)))
            .orElse("a date to be announced"));
    variables.put(
        "opens",
        plan.window().opensAt().map(at -> moment(at, zone)).orElse("a time to be announced"));
    variables.put(
        "closes", plan.window().closesAt().map(at -> moment(at, zone)).orElse("no fixed end"));
    variables.put("window", window(plan.window(), zone));
    variables.put("outage", length(plan.bounds().maxWriteOutage()));
    variables.put("now", moment(news.at(), zone));
    variables.put("reason", news.reason().isBlank() ? "no reason was given" : news.reason());
    variables.put("waitingFor", news.waitingFor().isBlank() ? "its steps" : news.waitingFor());
    variables.put(
        "serving",
        news.serving().map(side -> side.name().toLowerCase(Locale.ROOT)).orElse("neither side"));
    variables.put("actor", news.actor());
    variables.put("summary", news.summary());
    variables.put("evidence", news.evidence());
    variables.put("rollCall", String.join(", ", plan.notices().rollCall()));
    return variables;
  }

  private static String what(Plan plan) {
    String what = plan.notices().facts().what();
    return what.isBlank() ? plan.id().value() : what;
  }

  private static String details(Plan plan, boolean isPublic) {
    Facts facts = plan.notices().facts();
    ZoneId zone = ZoneId.of(plan.window().zone());
    Stream<String> known =
        Stream.of(
            line("What", what(plan)),
            plan.window().opensAt().isPresent() ? line("When", window(plan.window(), zone)) : "",
            line("Expected impact", facts.impact()),
            line("Contact", facts.contact()),
            line("Status page", facts.statusPage()));
    Stream<String> inside =
        isPublic
            ? Stream.of()
            : Stream.of(
                line("Bridge", facts.bridge()),
                line("Channel", facts.room()),
                line("On call", onCall(facts)));
    return Stream.concat(known, inside)
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining("\n"));
  }

  private static String onCall(Facts facts) {
    return Stream.of(
            named("primary", facts.primary()),
            named("secondary", facts.secondary()),
            named("escalation", facts.escalation()))
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining(", "));
  }

  private static String named(String role, String person) {
    return person.isBlank() ? "" : "%s (%s)".formatted(person, role);
  }

  private static String line(String name, String value) {
    return value.isBlank() ? "" : name + ": " + value;
  }

  /** {@code Monday 1 December 2036, 02:00 to 04:00 Europe/Amsterdam}; two dates where it needs. */
  private static String window(Window window, ZoneId zone) {
    if (window.opensAt().isEmpty()) {
      return "a time to be announced";
    }
    ZonedDateTime opens = window.opensAt().get().atZone(zone);
    if (window.closesAt().isEmpty()) {
      return "from " + moment(window.opensAt().get(), zone);
    }
    ZonedDateTime closes = window.closesAt().get().atZone(zone);
    String end =
        closes.toLocalDate().equals(opens.toLocalDate())
            ? TIME.format(closes)
            : "%s, %s".formatted(DATE.format(closes), TIME.format(closes));
    return "%s, %s to %s %s".formatted(DATE.format(opens), TIME.format(opens), end, zone.getId());
  }

  private static String moment(Instant at, ZoneId zone) {
    ZonedDateTime local = at.atZone(zone);
    return "%s, %s %s".formatted(DATE.format(local), TIME.format(local), zone.getId());
  }

  private static String length(Duration duration) {
    return duration.toSeconds() < 120
        ? duration.toSeconds() + " seconds"
        : duration.plusSeconds(59).toMinutes() + " minutes";
  }

  private static String cut(String text, int max) {
    return text.length() <= max ? text : text.substring(0, max - 3) + "...";
  }
}
