package dev.cutover.deploy;

import dev.cutover.contract.CutoverId;
import dev.cutover.orchestrator.adapter.PlanDraft;
import dev.cutover.orchestrator.domain.Advice;
import dev.cutover.orchestrator.domain.Advice.Approach;
import dev.cutover.orchestrator.domain.Advice.Proposal;
import dev.cutover.orchestrator.domain.Advice.TrafficWay;
import dev.cutover.orchestrator.domain.Advice.WayBackChoice;
import dev.cutover.orchestrator.domain.Chosen;
import dev.cutover.orchestrator.domain.RollbackPolicy.Way;
import dev.cutover.orchestrator.domain.Situation;
import dev.cutover.orchestrator.domain.StrategyView;
import java.io.IOException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Asks what the runbook pattern's decisions rest on, proposes, and lets people choose. */
final class PlanInterview {
  /** Every key of a file of answers. */
  static final Set<String> KEYS =
      new TreeSet<>(
          Set.of(
              "cutover",
              "approvers",
              "zone",
              "opens",
              "services",
              "downtimeAllowed",
              "performanceKnown",
              "coupling",
              "data",
              "schemaCompatible",
              "writesDuringWindow",
              "balancer",
              "weights",
              "provider",
              "proxied",
              "ttl",
              "strategy",
              "strategyReason",
              "rollback",
              "rollbackWindow",
              "rollbackReason",
              "dns",
              "dnsReason"));

  private static final Duration WINDOW_MAX = Duration.ofDays(31);

  /** Programmes have a longer name than their members. */
  private static final int NAME_MAX = 50;

  private final Answers answers;
  private final ZonedDateTime now;

  /**
   * @param now in the zone that is proposed for the window
   */
  PlanInterview(Answers answers, ZonedDateTime now) {
    this.answers = answers;
    this.now = now;
  }

  /**
   * Asks everything; empty when answers of a file are faulty.
   *
   * @throws IOException when whoever answers is gone
   */
  Optional<PlanDraft> draft() throws IOException {
    answers.say("About the cutover");
    String cutover =
        answers.to(
            new Question(
                "cutover",
                "Its name",
                "1 to %d characters a-z, 0-9 and -".formatted(NAME_MAX),
                Optional.empty(),
                text -> text.length() <= NAME_MAX && !new CutoverId(text).value().isEmpty()));
    String approvers =
        answers.to(
            new Question(
                "approvers",
                "Who may say go",
                "two or more different names, separated by commas",
                Optional.empty(),
                text -> names(text).size() >= 2));
    String zone =
        answers.to(
            new Question(
                "zone",
                "In which time zone",
                "such as Europe/Amsterdam",
                Optional.of(now.getZone().getId()),
                text -> !ZoneId.of(text).getId().isEmpty()));
    String opens =
        answers.to(
            new Question(
                "opens",
                "When does the window open",
                "a local time to come that exists once, such as 2026-12-01T04:00",
                Optional.of(now.toLocalDate().plusDays(14).atTime(LocalTime.of(4, 0)).toString()),
                text -> comes(LocalDateTime.parse(text), ZoneId.of(zone))));
    Optional<Situation> situation = new SituationInterview(answers).situation();
    if (situation.isEmpty()) {
      return Optional.empty();
    }
    Optional<Chosen> chosen = chosen(situation.get());
    return chosen.map(
        choice ->
            new PlanDraft(
                new CutoverId(cutover),
                names(approvers),
                ZoneId.of(zone),
                LocalDateTime.parse(opens),
                choice));
  }

  private Optional<Chosen> chosen(Situation at) throws IOException {
    Advice advice = Advice.of(at);
    answers.say("\nAdvised");
    Proposal<Approach> strategy =
        choice(
            "strategy",
            advice.strategy(),
            Arrays.asList(Approach.values()),
            approach -> Advice.faults(at, approach));
    Proposal<WayBackChoice> proposed = Advice.rollback(at, strategy.choice());
    Proposal<Way> way =
        choice(
            "rollback",
            new Proposal<>(proposed.choice().way(), proposed.reason()),
            Arrays.asList(Way.values()),
            candidate -> Advice.faults(at, strategy.choice(), candidate));
    Duration usual = way.choice() == Way.FIX_FORWARD ? Duration.ZERO : proposed.choice().window();
    String window =
        way.choice() == Way.FIX_FORWARD
            ? "0s"
            : answers.to(
                new Question(
                    "rollbackWindow",
                    "How long after acceptance is there a way back",
                    "a duration of 0s to 31d",
                    Optional.of((usual.isZero() ? Duration.ofDays(1) : usual).toHours() + "h"),
                    text ->
                        SituationInterview.within(
                            SituationInterview.span(text), Duration.ZERO, WINDOW_MAX)));
    Proposal<TrafficWay> traffic =
        choice(
            "dns",
            advice.traffic(),
            Arrays.asList(TrafficWay.values()),
            candidate -> Advice.faults(at, strategy.choice(), candidate));
    if (!answers.faults().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Chosen(
            at,
            strategy,
            new Proposal<>(
                new WayBackChoice(way.choice(), SituationInterview.span(window)), way.reason()),
            traffic));
  }

  /** Proposes, and asks for a reason when something else is chosen. */
  private <T extends Enum<T>> Proposal<T> choice(
      String key, Proposal<T> proposed, List<T> all, Function<T, Optional<String>> faults)
      throws IOException {
    String advised = StrategyView.word(proposed.choice());
    answers.say("  %s: %s, since %s".formatted(key, advised, proposed.reason()));
    all.forEach(
        other ->
            faults
                .apply(other)
                .ifPresent(
                    why -> answers.say("    not %s: %s".formatted(StrategyView.word(other), why))));
    List<T> possible = all.stream().filter(other -> faults.apply(other).isEmpty()).toList();
    String word =
        answers.to(
            Question.oneOf(key, "Which " + key, possible.stream().map(StrategyView::word).toList())
                .or(advised));
    T choice =
        possible.stream()
            .filter(candidate -> StrategyView.word(candidate).equals(word))
            .findFirst()
            .orElse(proposed.choice());
    if (choice == proposed.choice()) {
      return proposed;
    }
    String reason =
        answers.to(
            new Question(
                key + "Reason",
                "Why",
                "the reason for another choice than the advised one",
                Optional.empty(),
                text -> !text.isBlank()));
    return Chosen.otherwise(proposed, choice, reason);
  }

  private boolean comes(LocalDateTime local, ZoneId zone) {
    return zone.getRules().getValidOffsets(local).size() == 1
        && local.atZone(zone).isAfter(now.plusHours(1));
  }

  /** Different names, in order; none when one of them is no name. */
  private static List<String> names(String text) {
    List<String> names = Arrays.stream(text.split(",")).map(String::strip).toList();
    boolean valid =
        names.stream().allMatch(name -> name.matches("[A-Za-z0-9][A-Za-z0-9._@-]{0,59}"));
    long different =
        names.stream().map(name -> name.toLowerCase(java.util.Locale.ROOT)).distinct().count();
    return valid && different == names.size() ? names : List.of();
  }
}
