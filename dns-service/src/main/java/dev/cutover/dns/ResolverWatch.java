package dev.cutover.dns;

import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.ServerVerdict;
import dev.cutover.contract.SwitchProof.ResolverClass;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.ClassQuorums;
import dev.cutover.dns.domain.ClassQuorums.Heard;
import dev.cutover.dns.domain.DnsQueries;
import dev.cutover.dns.domain.Propagation;
import dev.cutover.dns.domain.PropagationJudge;
import dev.cutover.dns.domain.PropagationJudge.Question;
import dev.cutover.dns.domain.PropagationJudge.Seen;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks at resolvers, again and again, once every authority has converged. */
final class ResolverWatch {
  private static final Duration POLL = Duration.ofMillis(100);

  /** Resolvers of classes may be everybody's, and take minutes: asked less often. */
  private static final Duration CLASS_POLL = Duration.ofMillis(500);

  private final ServerPoll poll;
  private final DnsQueries queries;
  private final InstantSource clock;
  private final Pace pace;

  ResolverWatch(ServerPoll poll, DnsQueries queries, InstantSource clock, Pace pace) {
    this.poll = poll;
    this.queries = queries;
    this.clock = clock;
    this.pace = pace;
  }

  /**
   * What resolvers were seen to answer at last.
   *
   * @param servers those that were asked
   */
  record Followed(List<ServerVerdict> servers, ClassQuorums quorums) {}

  /**
   * Looks until all serve the wanted sets, but no longer than an honest one may lag. One that lags
   * is told, never a failure.
   *
   * @param looks hears what was found at each look
   */
  List<ServerVerdict> observe(
      Question question,
      SwitchSpec spec,
      List<ServerAddress> resolvers,
      Instant lastAuthorityAt,
      Duration within,
      Consumer<Propagation> looks)
      throws InterruptedException {
    return look(question, spec, resolvers, List.of(), lastAuthorityAt, within, looks).servers();
  }

  /**
   * The same, and for each class of the plan until it has its quorum.
   *
   * @throws SwitchFailure TIMED_OUT or INCONCLUSIVE, which class lacks what
   */
  Followed await(
      Question question,
      SwitchSpec spec,
      Instant lastAuthorityAt,
      Duration within,
      Consumer<Propagation> looks)
      throws SwitchFailure, InterruptedException {
    Followed followed =
        look(
            question,
            spec,
            spec.resolvers(),
            spec.resolverClasses(),
            lastAuthorityAt,
            within,
            looks);
    Optional<SwitchFailure> shortfall = followed.quorums().shortfall(within.toMillis());
    if (shortfall.isPresent()) {
      throw shortfall.get();
    }
    return followed;
  }

  private Followed look(
      Question question,
      SwitchSpec spec,
      List<ServerAddress> reported,
      List<ResolverClass> classes,
      Instant lastAuthorityAt,
      Duration within,
      Consumer<Propagation> looks)
      throws InterruptedException {
    Set<ServerAddress> untested =
        classes.stream()
            .flatMap(of -> of.servers().stream())
            .filter(server -> !queries.reaches(server))
            .collect(Collectors.toSet());
    List<ServerAddress> asked =
        Stream.concat(reported.stream(), classes.stream().flatMap(of -> of.servers().stream()))
            .distinct()
            .filter(server -> !untested.contains(server))
            .toList();
    if (asked.isEmpty()) {
      return new Followed(List.of(), ClassQuorums.count(classes, List.of(), untested));
    }
    Instant honestUntil =
        lastAuthorityAt.plusSeconds(question.ttlSecondsMax()).plus(PropagationJudge.ROUNDING);
    Duration pause = classes.isEmpty() ? POLL : CLASS_POLL;
    long endNanos = pace.nanoTime() + within.toNanos();
    while (true) {
      boolean last = pace.nanoTime() + pause.toNanos() >= endNanos;
      List<Seen> seen =
          poll.look(spec, question.keys(), asked, false, question.wanted(), endNanos).seen();
      Instant now = clock.instant();
      Optional<Instant> since = Optional.of(lastAuthorityAt);
      Propagation found = PropagationJudge.judge(question, seen, since, now);
      looks.accept(found);
      List<Heard> heard =
          seen.stream()
              .map(one -> PropagationJudge.judge(question, List.of(one), since, now))
              .map(
                  one -> new Heard(one.servers().getFirst(), one instanceof Propagation.Propagated))
              .toList();
      ClassQuorums quorums = ClassQuorums.count(classes, heard, untested);
      boolean settled = found instanceof Propagation.Propagated || now.isAfter(honestUntil);
      if (last || (settled && quorums.met())) {
        return new Followed(found.servers(), quorums);
      }
      pace.sleep(pause);
    }
  }
}
