package dev.cutover.deploy;

import dev.cutover.orchestrator.domain.DataLayer;
import dev.cutover.orchestrator.domain.Situation;
import dev.cutover.orchestrator.domain.StrategyView;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks the facts that the runbook pattern's decisions rest on. */
final class SituationInterview {
  private static final Pattern SPAN = Pattern.compile("([0-9]{1,6})(s|m|h|d)");

  private final Answers answers;

  SituationInterview(Answers answers) {
    this.answers = answers;
  }

  /** Asks; empty when answers of a file are faulty. */
  Optional<Situation> situation() throws IOException {
    answers.say("\nStrategy");
    String services =
        answers.to(
            new Question(
                "services",
                "How many services move",
                "1 to 10000",
                Optional.empty(),
                text -> text.matches("[1-9][0-9]{0,3}|10000")));
    boolean downtime =
        yes(Question.yesOrNo("downtimeAllowed", "May a maintenance window refuse all writes"));
    boolean known =
        yes(Question.yesOrNo("performanceKnown", "Has the target proven what it can take"));
    boolean loose =
        answers
            .to(
                Question.oneOf(
                    "coupling",
                    "Are the services coupled loosely (each works while others are on the other side)",
                    List.of("loose", "tight")))
            .equals("loose");
    String data =
        answers.to(
            Question.oneOf(
                "data",
                "Is the target's data replicated from the source, shared by both, or its own (partitioned)",
                words(DataLayer.values())));
    boolean copied = data.equals(StrategyView.word(DataLayer.REPLICATED));
    Situation.Balancer balancer =
        ofWord(
            Situation.Balancer.values(),
            answers.to(
                Question.oneOf(
                        "balancer",
                        "Does a load balancer stand before both sides, so that traffic moves there and"
                            + " names stay",
                        words(Situation.Balancer.values()))
                    .or("none")));
    boolean balanced = balancer != Situation.Balancer.NONE;
    boolean weights =
        balanced
            || (!known
                && !copied
                && yes(
                    Question.yesOrNo(
                            "weights",
                            "Can the traffic switch share traffic out by weight (a zone with RFC 2136"
                                + " updates can't)")
                        .or("no")));

    answers.say("\nWay back");
    boolean schema =
        yes(
            Question.yesOrNo(
                "schemaCompatible", "Can the source's schema take the target's writes back"));
    boolean writes =
        yes(
            Question.yesOrNo(
                "writesDuringWindow",
                "Does the target take users' writes while there is a way back"));

    Names names = balanced ? Names.STAY : names();
    if (!answers.faults().isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Situation(
            Integer.parseInt(services),
            downtime,
            known,
            loose,
            ofWord(DataLayer.values(), data),
            writes,
            schema,
            balancer,
            names.provider(),
            names.proxied(),
            weights,
            names.ttl()));
  }

  /** What is asked of names, where they move. */
  private record Names(Situation.Provider provider, boolean proxied, Duration ttl) {
    static final Names STAY = new Names(Situation.Provider.OTHER, false, Duration.ZERO);
  }

  private Names names() throws IOException {
    answers.say("\nNames");
    Situation.Provider provider =
        ofWord(
            Situation.Provider.values(),
            answers.to(
                Question.oneOf(
                    "provider",
                    "Who serves the names (selfHosted: BIND, Knot, PowerDNS)",
                    words(Situation.Provider.values()))));
    boolean proxied =
        provider == Situation.Provider.CLOUDFLARE
            && yes(Question.yesOrNo("proxied", "Are the records proxied"));
    String ttl =
        answers.to(
            new Question(
                "ttl",
                "Which TTL have they now",
                "a duration of 1s to 7d, such as 3600s or 1h",
                Optional.empty(),
                text -> within(span(text), Duration.ofSeconds(1), Duration.ofDays(7))));
    return new Names(provider, proxied, answers.faults().isEmpty() ? span(ttl) : Duration.ZERO);
  }

  private boolean yes(Question question) throws IOException {
    return answers.to(question).equals("yes");
  }

  private static List<String> words(Enum<?>... values) {
    return Arrays.stream(values).map(StrategyView::word).toList();
  }

  /** Any of them where the answer is faulty: nothing comes of the answers then. */
  private static <T extends Enum<T>> T ofWord(T[] values, String word) {
    return Arrays.stream(values)
        .filter(value -> StrategyView.word(value).equals(word))
        .findFirst()
        .orElse(values[0]);
  }

  /** A number and its unit, such as {@code 300s}. */
  static Duration span(String text) {
    Matcher matcher = SPAN.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("Expected a duration, but found " + text);
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }

  static boolean within(Duration span, Duration min, Duration max) {
    return span.compareTo(min) >= 0 && span.compareTo(max) <= 0;
  }
}
