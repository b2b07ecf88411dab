package dev.cutover.dns;

import dev.cutover.contract.Checked;
import dev.cutover.contract.DnsReply.SplitCount;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.AliasAnswers;
import dev.cutover.dns.domain.DnsQueries;
import dev.cutover.dns.domain.DnsQueries.Answered;
import dev.cutover.dns.domain.DnsQueries.Unanswered;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.SplitJudge;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/**
 * Counts what authorities answer while traffic is shared out by weight, again and again until the
 * counts don't speak against the weights: 10 % of the answers, not of the users, since a resolver's
 * one answer may serve many (trap 29).
 *
 * <p>A balancer tells its weights themselves. The sessions that its servers take meanwhile are
 * counted as evidence, where it counts them, and judge nothing: there may be none, and cookies or
 * tables keep some where they are. An edge tells nothing but whom it lets serve: requests through
 * it are counted.
 */
final class SplitWatch {
  private static final Duration ANSWER_MAX = Duration.ofSeconds(1);
  private static final Duration ANSWER_MIN = Duration.ofMillis(100);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** How long sessions of a balancer are counted, and how often it is asked for them. */
  private static final Duration SESSIONS_MAX = Duration.ofSeconds(5);

  private static final Duration SESSIONS_POLL = Duration.ofMillis(250);

  private final DnsQueries queries;
  private final AliasLook aliases;
  private final EdgeCount edges;
  private final InstantSource clock;
  private final Pace pace;

  SplitWatch(DnsQueries queries, InstantSource clock, Pace pace) {
    this.queries = queries;
    this.aliases = new AliasLook(queries, pace);
    this.edges = new EdgeCount(new EdgeLook(queries, pace), pace);
    this.clock = clock;
    this.pace = pace;
  }

  /**
   * Counts that don't speak against the weights.
   *
   * @param countedAt when the last of them began: traffic is shared out so from then on at least
   */
  record Counted(Instant countedAt, List<SplitCount> counts) {}

  /** What one server answered to one question, or why that is no evidence. */
  record Count(SplitCount count, Optional<String> fault) {}

  /**
   * Waits until every authority shares out every set so.
   *
   * @throws SwitchFailure TIMED_OUT; the reason says what each was counted to answer
   */
  Counted await(SwitchSpec spec, int weightPercent, Duration within)
      throws SwitchFailure, InterruptedException {
    long endNanos = pace.nanoTime() + within.toNanos();
    while (true) {
      Instant beganAt = clock.instant();
      boolean behindEdge = spec.provider().probe().isPresent();
      List<Count> counts =
          behindEdge
              ? edges.count(spec, weightPercent, endNanos)
              : count(spec, weightPercent, endNanos);
      List<String> faults = counts.stream().flatMap(count -> count.fault().stream()).toList();
      if (faults.isEmpty()) {
        return new Counted(beganAt, counts.stream().map(Count::count).toList());
      }
      if (pace.nanoTime() + PAUSE.toNanos() >= endNanos) {
        throw new SwitchFailure(
            FailureKind.TIMED_OUT,
            "Expected %s to share out %d %% of the traffic to the target within %d ms, but %s"
                .formatted(
                    behindEdge ? "the edge" : "every authority",
                    weightPercent,
                    within.toMillis(),
                    String.join("; ", faults)),
            true);
      }
      pace.sleep(PAUSE);
    }
  }

  private List<Count> count(SwitchSpec spec, int weightPercent, long endNanos)
      throws InterruptedException {
    AliasAnswers known = aliases.look(spec, endNanos);
    List<Future<Count>> counting = new ArrayList<>();
    for (ServerAddress server : spec.authorities()) {
      for (RecordSet held : spec.served(weightPercent)) {
        counting.add(pace.fork("dns-count", () -> count(server, held, spec, known, endNanos)));
      }
    }
    List<Count> counts = new ArrayList<>();
    try {
      for (Future<Count> counted : counting) {
        counts.add(counted.get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("Expected a count or a fault, but asking failed", e);
    } finally {
      counting.forEach(counted -> counted.cancel(true)); // no effect on those that have ended
    }
    return counts;
  }

  private Count count(
      ServerAddress server, RecordSet held, SwitchSpec spec, AliasAnswers known, long endNanos)
      throws InterruptedException {
    List<String> targets = RecordSets.valuesOf(spec.plain(Side.TARGET), held.name(), held.type());
    double part = SplitJudge.targetPart(held, targets);
    int needed = SplitJudge.answersNeeded(part);
    if (held.type() == RecordType.SERVER) {
      return told(server, held, targets, needed, endNanos);
    }
    List<String> shown = targets.stream().map(value -> Checked.of(value).value()).toList();
    int target = 0;
    for (int answers = 0; answers < needed; answers++) {
      DnsQueries.Answer answer =
          known.read(
              queries.ask(server, false, held.name(), held.type(), answerTime(endNanos)),
              List.of());
      Optional<String> fault = fault(answer, held);
      if (fault.isPresent()) {
        return new Count(
            new SplitCount(server, held.name(), held.type(), answers, target),
            Optional.of("%s: %s".formatted(server, fault.get())));
      }
      if (answer instanceof Answered(RecordSet set, boolean _, var _)
          && shown.containsAll(set.values())) {
        target++;
      }
    }
    SplitCount count = new SplitCount(server, held.name(), held.type(), needed, target);
    return new Count(
        count,
        SplitJudge.contradicts(needed, target, part)
            ? Optional.of(
                "%s answered %s %s with the target %d times in %d"
                    .formatted(server, held.name(), held.type(), target, needed))
            : Optional.empty());
  }

  private Duration answerTime(long endNanos) {
    long leftNanos = Math.max(endNanos - pace.nanoTime(), ANSWER_MIN.toNanos());
    return Duration.ofNanos(Math.min(leftNanos, ANSWER_MAX.toNanos()));
  }

  /** Compares the weights, then counts until there are enough sessions to see them by. */
  private Count told(
      ServerAddress server, RecordSet held, List<String> targets, int needed, long endNanos)
      throws InterruptedException {
    DnsQueries.Answer answer =
        queries.ask(server, false, held.name(), held.type(), answerTime(endNanos));
    Optional<String> fault = fault(answer, held).map(words -> "%s: %s".formatted(server, words));
    SplitCount count = new SplitCount(server, held.name(), held.type(), 0, 0);
    if (fault.isPresent()) {
      return new Count(count, fault);
    }
    Map<String, Long> before = queries.sessions(server, held.name(), answerTime(endNanos));
    if (before.isEmpty()) {
      return new Count(count, Optional.empty()); // nobody counts there
    }
    long untilNanos =
        Math.min(pace.nanoTime() + SESSIONS_MAX.toNanos(), endNanos - 2 * ANSWER_MAX.toNanos());
    while (count.answers() < needed && pace.nanoTime() < untilNanos) {
      pace.sleep(SESSIONS_POLL);
      count =
          taken(
              count, before, queries.sessions(server, held.name(), answerTime(endNanos)), targets);
    }
    return new Count(count, Optional.empty());
  }

  private static SplitCount taken(
      SplitCount none, Map<String, Long> before, Map<String, Long> after, List<String> targets) {
    long all = 0;
    long target = 0;
    for (Map.Entry<String, Long> server : after.entrySet()) {
      // A process that began anew in between counts from 0.
      long taken = Math.max(0, server.getValue() - before.getOrDefault(server.getKey(), 0L));
      all += taken;
      target += targets.contains(server.getKey()) ? taken : 0;
    }
    return new SplitCount(
        none.server(),
        none.name(),
        none.type(),
        (int) Math.min(all, Integer.MAX_VALUE),
        (int) Math.min(target, Integer.MAX_VALUE));
  }

  private static Optional<String> fault(DnsQueries.Answer answer, RecordSet held) {
    return switch (answer) {
      case Unanswered(String name, var type, String reason) ->
          Optional.of("%s %s: %s".formatted(name, type, reason));
      case Answered(RecordSet set, boolean authoritative, var _) -> {
        if (!authoritative) {
          yield Optional.of("%s %s: not authoritative".formatted(set.name(), set.type()));
        }
        yield RecordSets.mayAnswer(held, set)
            ? Optional.empty()
            : Optional.of(
                "it serves %s, not one of %s"
                    .formatted(RecordSets.describe(List.of(set)), held.values()));
      }
    };
  }
}
