package dev.cutover.dns;

import dev.cutover.contract.FailureKind;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.ServerVerdict;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.DnsQueries;
import dev.cutover.dns.domain.Propagation;
import dev.cutover.dns.domain.PropagationJudge;
import dev.cutover.dns.domain.PropagationJudge.Question;
import dev.cutover.dns.domain.Spread;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.TrafficSwitch;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Asks authorities again and again until they serve what is wanted. No resolver before all of them
 * have converged: one that is asked for a name that is not there yet keeps its absence (trap 13).
 */
final class PropagationWatch {
  private static final Duration POLL = Duration.ofMillis(100);

  /** The provider's own word is asked for no more often: requests to it are counted. */
  private static final Duration SPREAD_POLL = Duration.ofSeconds(2);

  /** The time that is left for its last answer. */
  private static final Duration SPREAD_ANSWER = Duration.ofMillis(500);

  /** An edge is the customers', too. */
  private static final Duration EDGE_POLL = Duration.ofSeconds(1);

  private final Spreading spreading;
  private final ServerPoll poll;
  private final EdgeLook edges;
  private final InstantSource clock;
  private final Pace pace;
  private final FailureKind unseen;

  /** Who knows how far a change has come at a provider: {@link TrafficSwitch#spread}. */
  interface Spreading {
    Spread spread(SwitchSpec spec, Duration within) throws SwitchFailure;
  }

  PropagationWatch(
      TrafficSwitch trafficSwitch, DnsQueries queries, InstantSource clock, Pace pace) {
    this(trafficSwitch::spread, queries, clock, pace, FailureKind.TIMED_OUT);
  }

  /**
   * The same of somebody who does not change anything.
   *
   * @param unseen what it is when no authority that lacks was seen to answer with authority
   */
  PropagationWatch(
      Spreading spreading, DnsQueries queries, InstantSource clock, Pace pace, FailureKind unseen) {
    this.spreading = spreading;
    this.unseen = unseen;
    this.poll = new ServerPoll(queries, pace);
    this.edges = new EdgeLook(queries, pace);
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
    /** The provider's word counts as that of one authority more, the last one. */
    private Converged with(ServerVerdict said, Instant saidAt) {
      return new Converged(
          saidAt.isAfter(lastAuthorityAt) ? saidAt : lastAuthorityAt,
          Stream.concat(servers.stream(), Stream.of(said)).toList(),
          aliasTtlSeconds);
    }

    /** From when on no honest cache has what was before, where records had that TTL. */
    Instant overAt(int ttlSeconds) {
      return lastAuthorityAt
          .plusSeconds(Math.max(ttlSeconds, aliasTtlSeconds))
          .plus(PropagationJudge.ROUNDING);
    }
  }

  /**
   * Waits until all of the traffic goes to that side, as the edge says that stands in front of
   * both; where there is none, as the authorities do.
   */
  Converged awaitServed(
      SwitchSpec spec, Side side, Question question, Duration within, Consumer<Propagation> looks)
      throws SwitchFailure, InterruptedException {
    return spec.provider().probe().isPresent()
        ? awaitEdge(spec, side, within, looks)
        : awaitAuthorities(question, spec, within, looks);
  }

  /**
   * Waits until every authority serves exactly the wanted sets and, where the provider has a word
   * of its own on it ({@link Spread}), until it says that all of its servers do.
   *
   * @param looks hears what was found at each look
   * @throws SwitchFailure TIMED_OUT, or CONFLICT if an authority serves values of neither side; the
   *     reason names each server and what it serves
   */
  private Converged awaitAuthorities(
      Question question, SwitchSpec spec, Duration within, Consumer<Propagation> looks)
      throws SwitchFailure, InterruptedException {
    long endNanos = pace.nanoTime() + within.toNanos();
    Converged converged =
        await(
            () -> {
              ServerPoll.Look look =
                  poll.look(
                      spec, question.keys(), spec.authorities(), true, question.wanted(), endNanos);
              return new Found(
                  PropagationJudge.judge(question, look.seen(), Optional.empty(), clock.instant()),
                  look.aliases().ttlSecondsMax(question.other()));
            },
            "every authority to serve the wanted records",
            POLL,
            within,
            looks);
    return awaitSpread(question, spec, within, endNanos)
        .map(said -> converged.with(said, clock.instant()))
        .orElse(converged);
  }

  /**
   * Waits until the edge in front of both sides lets only that one serve, whichever of its
   * addresses is asked: the authorities answer with these all the time.
   *
   * @param looks hears what was found at each look
   * @throws SwitchFailure TIMED_OUT; the reason names each address and who served there
   */
  private Converged awaitEdge(
      SwitchSpec spec, Side side, Duration within, Consumer<Propagation> looks)
      throws SwitchFailure, InterruptedException {
    long endNanos = pace.nanoTime() + within.toNanos();
    return await(
        () -> new Found(edges.look(spec, side, endNanos), 0),
        "the edge to let the %s alone serve".formatted(side.name().toLowerCase(Locale.ROOT)),
        EDGE_POLL,
        within,
        looks);
  }

  /** One look at all servers. */
  private interface Round {
    Found look() throws InterruptedException;
  }

  /** What it found, and how long caches keep what is answered for an alias. */
  private record Found(Propagation propagation, int aliasTtlSeconds) {}

  private Converged await(
      Round round, String wanted, Duration pause, Duration within, Consumer<Propagation> looks)
      throws SwitchFailure, InterruptedException {
    long endNanos = pace.nanoTime() + within.toNanos();
    Map<ServerAddress, Instant> convergedAt = new HashMap<>();
    while (true) {
      Found look = round.look();
      Propagation found = look.propagation();
      Instant now = clock.instant();
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
          return new Converged(
              latest(convergedAt, now), stamped(servers, convergedAt), look.aliasTtlSeconds());
        }
        case Propagation.NotYet(String reason, List<ServerVerdict> servers) when over -> {
          boolean silent = servers.stream().allMatch(PropagationWatch::isSilentOrRight);
          FailureKind kind = silent ? unseen : FailureKind.TIMED_OUT;
          throw new SwitchFailure(
              kind,
              "Expected %s within %d ms, but %s%s"
                  .formatted(
                      wanted,
                      within.toMillis(),
                      reason,
                      kind == FailureKind.INCONCLUSIVE
                          ? ". Nobody who lacks answers here with authority: they are down, or port 53 is closed or intercepted on the way. That is no evidence"
                          : ""),
              true);
        }
        case Propagation.Diverged(String reason, List<ServerVerdict> _) when over ->
            throw new SwitchFailure(
                FailureKind.CONFLICT,
                "Expected the records of one side at every authority, but somebody else writes: %s"
                    .formatted(reason),
                false);
        case Propagation.NotYet _, Propagation.Diverged _ -> pace.sleep(pause);
      }
    }
  }

  private static boolean isSilentOrRight(ServerVerdict verdict) {
    return verdict.answer() == ServerVerdict.Answer.WANTED
        || verdict.answer() == ServerVerdict.Answer.UNREACHABLE;
  }

  private static Instant latest(Map<ServerAddress, Instant> convergedAt, Instant otherwise) {
    return convergedAt.values().stream().max(Instant::compareTo).orElse(otherwise);
  }

  /** Asks until the provider says that all of its servers have it; empty if it has no such word. */
  private Optional<ServerVerdict> awaitSpread(
      Question question, SwitchSpec spec, Duration within, long endNanos)
      throws SwitchFailure, InterruptedException {
    String evidence = "it was not asked";
    while (true) {
      Duration left = Duration.ofNanos(endNanos - pace.nanoTime());
      try {
        switch (spreading.spread(spec, left)) {
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
