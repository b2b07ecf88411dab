package dev.cutover.dns;

import dev.cutover.contract.FailureKind;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.ServerVerdict;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.Propagation;
import dev.cutover.dns.domain.PropagationJudge;
import dev.cutover.dns.domain.PropagationJudge.Question;
import dev.cutover.dns.domain.PropagationJudge.Seen;
import dev.cutover.dns.domain.Spread;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Asks servers again and again until they serve what is wanted.
 *
 * <p>Authorities first, and no resolver before all of them have converged: a resolver asked for a
 * name that is not there yet keeps its absence (trap 13).
 */
final class PropagationWatch {
  private static final Duration POLL = Duration.ofMillis(100);

  /** The provider's own word is asked for no more often: requests to it are counted. */
  private static final Duration SPREAD_POLL = Duration.ofSeconds(2);

  /** The time that is left for its last answer. */
  private static final Duration SPREAD_ANSWER = Duration.ofMillis(500);

  private final TrafficSwitch trafficSwitch;
  private final ServerPoll poll;
  private final InstantSource clock;
  private final Pace pace;

  PropagationWatch(TrafficSwitch trafficSwitch, ServerPoll poll, InstantSource clock, Pace pace) {
    this.trafficSwitch = trafficSwitch;
    this.poll = poll;
    this.clock = clock;
    this.pace = pace;
  }

  /**
   * @param lastAuthorityAt when the last authority was first seen to have converged: all waits for
   *     caches count from here, because a lagging authority hands out the old sets with a full TTL
   *     (traps 10, 11)
   * @param aliasTtlSeconds how long caches keep what was answered before for an alias, as seen; 0
   *     where it was none
   */
  record Converged(Instant lastAuthorityAt, List<ServerVerdict> servers, int aliasTtlSeconds) {
    /** From when on no honest cache has what was before, where records had that TTL. */
    Instant overAt(int ttlSeconds) {
      return lastAuthorityAt
          .plusSeconds(Math.max(ttlSeconds, aliasTtlSeconds))
          .plus(PropagationJudge.ROUNDING);
    }
  }

  /**
   * Waits until every authority serves exactly the wanted sets and, where the provider has a word
   * of its own on it ({@link Spread}), until it says that all of its servers do.
   *
   * @param looks hears what was found at each look
   * @throws SwitchFailure TIMED_OUT, or CONFLICT if an authority serves values of neither side; the
   *     reason names each server and what it serves
   */
  Converged awaitAuthorities(
      Question question, SwitchSpec spec, Duration within, Consumer<Propagation> looks)
      throws SwitchFailure, InterruptedException {
    long endNanos = pace.nanoTime() + within.toNanos();
    Map<ServerAddress, Instant> convergedAt = new HashMap<>();
    while (true) {
      ServerPoll.Look look =
          poll.look(spec, question.keys(), spec.authorities(), true, question.wanted(), endNanos);
      int aliasTtlSeconds = look.aliases().ttlSecondsMax(question.other());
      Instant now = clock.instant();
      Propagation found = PropagationJudge.judge(question, look.seen(), Optional.empty(), now);
      looks.accept(found);
      for (ServerVerdict verdict : found.servers()) {
        if (verdict.answer() == ServerVerdict.Answer.WANTED) {
          convergedAt.putIfAbsent(verdict.server(), now);
        } else {
          convergedAt.remove(verdict.server());
        }
      }
      boolean over = pace.nanoTime() >= endNanos;
      switch (found) {
        case Propagation.Propagated(List<ServerVerdict> servers) -> {
          List<ServerVerdict> stamped = stamped(servers, convergedAt);
          return awaitSpread(question, spec, within, endNanos)
              .map(said -> converged(stamped, convergedAt, clock.instant(), said, aliasTtlSeconds))
              .orElseGet(() -> new Converged(latest(convergedAt, now), stamped, aliasTtlSeconds));
        }
        case Propagation.NotYet(String reason, List<ServerVerdict> _) when over ->
            throw new SwitchFailure(
                FailureKind.TIMED_OUT,
                "Expected every authority to serve the wanted records within %d ms, but %s"
                    .formatted(within.toMillis(), reason),
                true);
        case Propagation.Diverged(String reason, List<ServerVerdict> _) when over ->
            throw new SwitchFailure(
                FailureKind.CONFLICT,
                "Expected the records of one side at every authority, but somebody else writes: %s"
                    .formatted(reason),
                false);
        case Propagation.NotYet _, Propagation.Diverged _ -> pace.sleep(POLL);
      }
    }
  }

  private static Instant latest(Map<ServerAddress, Instant> convergedAt, Instant otherwise) {
    return convergedAt.values().stream().max(Instant::compareTo).orElse(otherwise);
  }

  /** The provider's word counts as that of one authority more, the last one. */
  private static Converged converged(
      List<ServerVerdict> servers,
      Map<ServerAddress, Instant> convergedAt,
      Instant saidAt,
      ServerVerdict said,
      int aliasTtlSeconds) {
    Instant last = latest(convergedAt, saidAt);
    return new Converged(
        saidAt.isAfter(last) ? saidAt : last,
        Stream.concat(servers.stream(), Stream.of(said)).toList(),
        aliasTtlSeconds);
  }

  /** Asks until the provider says that all of its servers have it; empty if it has no such word. */
  private Optional<ServerVerdict> awaitSpread(
      Question question, SwitchSpec spec, Duration within, long endNanos)
      throws SwitchFailure, InterruptedException {
    String evidence = "it was not asked";
    while (true) {
      Duration left = Duration.ofNanos(endNanos - pace.nanoTime());
      try {
        switch (trafficSwitch.spread(spec, left)) {
          case Spread.Untold() -> {
            return Optional.empty();
          }
          case Spread.Everywhere(String told) -> {
            return Optional.of(
                new ServerVerdict(
                    spec.provider().writtenAt(),
                    true,
                    ServerVerdict.Answer.WANTED,
                    question.ttlSecondsMax(),
                    "%s at %s".formatted(told, clock.instant())));
          }
          case Spread.UnderWay(String told) -> evidence = told;
        }
      } catch (SwitchFailure e) {
        if (!e.failure().retryable() || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        evidence = e.failure().reason();
      }
      Duration pause = Duration.ofNanos(endNanos - pace.nanoTime()).minus(SPREAD_ANSWER);
      if (!pause.isPositive()) {
        throw new SwitchFailure(
            FailureKind.TIMED_OUT,
            "Expected %s to say within %d ms that all of its servers have the change, but: %s. Every authority of the plan serves it; those that nobody asked may not"
                .formatted(spec.provider().writtenAt(), within.toMillis(), evidence),
            true);
      }
      pace.sleep(pause.compareTo(SPREAD_POLL) < 0 ? pause : SPREAD_POLL);
    }
  }

  /**
   * Looks at resolvers until all serve the wanted sets, but no longer than an honest one may lag,
   * and reports what each says. A resolver that lags is told, never a failure.
   *
   * @param looks hears what was found at each look
   */
  List<ServerVerdict> observeResolvers(
      Question question,
      SwitchSpec spec,
      Instant lastAuthorityAt,
      Duration within,
      Consumer<Propagation> looks)
      throws InterruptedException {
    if (spec.resolvers().isEmpty()) {
      return List.of();
    }
    Instant honestUntil =
        lastAuthorityAt.plusSeconds(question.ttlSecondsMax()).plus(PropagationJudge.ROUNDING);
    long endNanos = pace.nanoTime() + within.toNanos();
    while (true) {
      boolean last = pace.nanoTime() + POLL.toNanos() >= endNanos;
      List<Seen> seen =
          poll.look(spec, question.keys(), spec.resolvers(), false, question.wanted(), endNanos)
              .seen();
      Instant now = clock.instant();
      Propagation found = PropagationJudge.judge(question, seen, Optional.of(lastAuthorityAt), now);
      looks.accept(found);
      if (last || found instanceof Propagation.Propagated || now.isAfter(honestUntil)) {
        return found.servers();
      }
      pace.sleep(POLL);
    }
  }

  private static List<ServerVerdict> stamped(
      List<ServerVerdict> servers, Map<ServerAddress, Instant> convergedAt) {
    return servers.stream()
        .map(
            v ->
                new ServerVerdict(
                    v.server(),
                    v.authority(),
                    v.answer(),
                    v.ttlSeconds(),
                    "%s; converged at %s".formatted(v.detail(), convergedAt.get(v.server()))))
        .toList();
  }
}
