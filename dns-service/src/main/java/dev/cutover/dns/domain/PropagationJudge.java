package dev.cutover.dns.domain;

import dev.cutover.contract.Checked;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.ServerVerdict;
import dev.cutover.contract.ServerVerdict.Answer;
import dev.cutover.contract.Split;
import dev.cutover.dns.domain.DnsQueries.Answered;
import dev.cutover.dns.domain.DnsQueries.Unanswered;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Judges what servers were seen to answer. Equality decides, never presence: a set that holds the
 * wanted value among others is mixed (trap 30).
 */
public final class PropagationJudge {
  /** Caches round remaining TTLs: an answer of 4 s was still served at 5 s, with TTL 0 (3.6). */
  public static final Duration ROUNDING = Duration.ofSeconds(2);

  private PropagationJudge() {}

  /**
   * What is looked for.
   *
   * <p>Of health checks servers tell nothing: they are left out.
   *
   * @param wanted the sets of the side that shall serve
   * @param other the sets of the other side; equal to {@code wanted} where only the TTL changes
   * @param ttlSecondsMax highest TTL that an answer may carry
   */
  public record Question(List<RecordSet> wanted, List<RecordSet> other, int ttlSecondsMax) {
    public Question {
      wanted = wanted.stream().map(Checked::told).toList();
      other = other.stream().map(Checked::told).toList();
    }

    /** The same, where answers of aliases are kept so long; nobody can lower that. */
    public Question keptFor(int aliasTtlSeconds) {
      return new Question(wanted, other, Math.max(ttlSecondsMax, aliasTtlSeconds));
    }

    /** Each name and type that has to be asked for. */
    public Set<ZoneChange.SetKey> keys() {
      return Stream.concat(wanted.stream(), other.stream())
          .map(set -> new ZoneChange.SetKey(set.name(), set.type()))
          .collect(Collectors.toCollection(LinkedHashSet::new));
    }
  }

  /**
   * All answers of one server.
   *
   * @param answers one for each of {@link Question#keys}
   */
  public record Seen(ServerAddress server, boolean authority, List<DnsQueries.Answer> answers) {
    public Seen {
      answers = List.copyOf(answers);
    }
  }

  /**
   * Judges a round of answers. Pure.
   *
   * @param lastAuthorityAt when the last authority was seen to serve the wanted sets; empty before
   *     that. A cache that serves the other side later than this plus TTL is stale
   * @return {@code Diverged} if an authority serves values of neither side; {@code Propagated} if
   *     every server serves the wanted sets, a resolver with too high a TTL included; else {@code
   *     NotYet}
   */
  public static Propagation judge(
      Question question, List<Seen> seen, Optional<Instant> lastAuthorityAt, Instant now) {
    boolean expired =
        lastAuthorityAt
            .map(at -> at.plusSeconds(question.ttlSecondsMax()).plus(ROUNDING))
            .filter(now::isAfter)
            .isPresent();
    List<ServerVerdict> verdicts = new ArrayList<>();
    List<ServerVerdict> missing = new ArrayList<>();
    List<ServerVerdict> foreign = new ArrayList<>();
    for (Seen server : seen) {
      Judged judged = judge(question, server, expired);
      verdicts.add(judged.verdict());
      if (judged.foreign() && server.authority()) {
        foreign.add(judged.verdict());
      } else if (!judged.arrived()) {
        missing.add(judged.verdict());
      }
    }
    if (!foreign.isEmpty()) {
      return new Propagation.Diverged(describe(foreign), verdicts);
    }
    return missing.isEmpty()
        ? new Propagation.Propagated(verdicts)
        : new Propagation.NotYet(describe(missing), verdicts);
  }

  private record Judged(ServerVerdict verdict, boolean arrived, boolean foreign) {}

  private static Judged judge(Question question, Seen seen, boolean expired) {
    Set<Answer> meanings = EnumSet.noneOf(Answer.class);
    List<String> details = new ArrayList<>();
    boolean valuesWanted = true;
    boolean foreign = false;
    int ttlSeconds = -1;
    for (DnsQueries.Answer answer : seen.answers()) {
      switch (answer) {
        case Unanswered(String name, RecordType type, String reason) -> {
          meanings.add(Answer.UNREACHABLE);
          valuesWanted = false;
          details.add("%s %s: %s".formatted(name, type, reason));
        }
        case Answered(RecordSet set, boolean authoritative, var _)
            when seen.authority() && !authoritative -> {
          meanings.add(Answer.UNREACHABLE);
          valuesWanted = false;
          details.add("%s %s: not authoritative".formatted(set.name(), set.type()));
        }
        case Answered(RecordSet set, boolean _, Optional<RecordSet> given) -> {
          List<String> wanted = RecordSets.valuesOf(question.wanted(), set.name(), set.type());
          List<String> other = RecordSets.valuesOf(question.other(), set.name(), set.type());
          valuesWanted &= isAnswer(set, wanted);
          foreign |= !set.values().isEmpty() && !isAnswer(set, wanted) && !isAnswer(set, other);
          meaning(question, seen, set, wanted, other, expired).ifPresent(meanings::add);
          RecordSet said = given.orElse(set);
          ttlSeconds =
              set.values().isEmpty() ? ttlSeconds : Math.max(ttlSeconds, said.ttlSeconds());
          details.add(
              "%s %s %s%s ttl %d"
                  .formatted(
                      set.name(),
                      set.type(),
                      set.values(),
                      given.map(addresses -> " by " + addresses.values()).orElse(""),
                      said.ttlSeconds()));
        }
      }
    }
    Answer overall = overall(meanings);
    ServerVerdict verdict =
        new ServerVerdict(
            seen.server(), seen.authority(), overall, ttlSeconds, String.join("; ", details));
    boolean arrived =
        overall == Answer.WANTED
            || (overall == Answer.CLAMPED && valuesWanted && !seen.authority());
    return new Judged(verdict, arrived, foreign);
  }

  /** Empty where both sides have the same values: such an answer proves nothing. */
  private static Optional<Answer> meaning(
      Question question,
      Seen seen,
      RecordSet set,
      List<String> wanted,
      List<String> other,
      boolean expired) {
    boolean ttlTooHigh = !set.values().isEmpty() && set.ttlSeconds() > question.ttlSecondsMax();
    if (isAnswer(set, wanted)) {
      if (ttlTooHigh) {
        return Optional.of(seen.authority() ? Answer.MIXED : Answer.CLAMPED);
      }
      if (!wanted.equals(other)) {
        return Optional.of(Answer.WANTED);
      }
      return seen.authority() && isTimedAsOther(question, set)
          ? Optional.of(Answer.OTHER_SIDE)
          : Optional.empty();
    }
    if (set.values().isEmpty()) {
      boolean otherSide = other.isEmpty() && seen.authority();
      return Optional.of(otherSide ? Answer.OTHER_SIDE : Answer.NEGATIVE);
    }
    if (!isAnswer(set, other)) {
      return Optional.of(Answer.MIXED);
    }
    if (seen.authority()) {
      return Optional.of(Answer.OTHER_SIDE);
    }
    if (ttlTooHigh) {
      return Optional.of(Answer.CLAMPED);
    }
    return Optional.of(expired ? Answer.STALE : Answer.OTHER_SIDE);
  }

  /** Where both sides differ in the TTL alone, an authority's TTL tells which it serves. */
  private static boolean isTimedAsOther(Question question, RecordSet set) {
    int wanted = ttlSeconds(question.wanted(), set);
    int other = ttlSeconds(question.other(), set);
    return wanted != other && set.ttlSeconds() == other;
  }

  private static int ttlSeconds(List<RecordSet> sets, RecordSet of) {
    return RecordSets.ttlSecondsMax(
        sets.stream().filter(s -> s.name().equals(of.name()) && s.type() == of.type()).toList());
  }

  /**
   * Whether a server that holds these values answers so: with all of them, or one of its shares.
   */
  private static boolean isAnswer(RecordSet answer, List<String> held) {
    RecordSet set = new RecordSet(answer.name(), answer.type(), 0, held);
    return answer.values().isEmpty()
        ? held.isEmpty()
        : Split.answers(set).contains(answer.values());
  }

  private static Answer overall(Set<Answer> meanings) {
    for (Answer worst :
        List.of(Answer.UNREACHABLE, Answer.MIXED, Answer.CLAMPED, Answer.STALE, Answer.NEGATIVE)) {
      if (meanings.contains(worst)) {
        return worst;
      }
    }
    if (meanings.contains(Answer.OTHER_SIDE)) {
      return meanings.contains(Answer.WANTED) ? Answer.MIXED : Answer.OTHER_SIDE;
    }
    return Answer.WANTED;
  }

  private static String describe(List<ServerVerdict> verdicts) {
    return verdicts.stream()
        .map(v -> "%s %s (%s)".formatted(v.server(), v.answer(), v.detail()))
        .collect(Collectors.joining(", "));
  }
}
