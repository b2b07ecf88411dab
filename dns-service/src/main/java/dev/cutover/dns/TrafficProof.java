package dev.cutover.dns;

import dev.cutover.contract.DnsReply.TrafficVerified;
import dev.cutover.contract.Event;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.PropagationJudge.Question;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Proves that one side is served: at every authority, then at resolvers. Changes nothing. */
record TrafficProof(
    PropagationWatch authorities,
    ResolverWatch resolvers,
    AuthorityCensus census,
    InstantSource clock,
    Pace pace) {
  /**
   * Waits for it.
   *
   * @param reports takes how far it has come, again and again
   * @throws SwitchFailure who does not serve it, or which class of resolvers has no quorum
   */
  TrafficVerified verify(
      StepRef step, SwitchSpec spec, Side side, Duration within, Consumer<Event> reports)
      throws SwitchFailure, InterruptedException {
    long endNanos = pace.nanoTime() + within.toNanos();
    int ttlSeconds = spec.loweredTtlSeconds();
    PropagationTold told = new PropagationTold(step, clock, reports);
    Question question = new Question(spec.served(side), spec.served(side.other()), ttlSeconds);
    PropagationWatch.Converged converged =
        authorities.awaitServed(
            census.withAddresses(spec), side, question, within, told::authorities);
    ResolverWatch.Followed followed =
        resolvers.await(
            question.keptFor(converged.aliasTtlSeconds()),
            spec,
            converged.lastAuthorityAt(),
            Duration.ofNanos(endNanos - pace.nanoTime()),
            found -> told.resolvers(found, converged.overAt(ttlSeconds)));
    return new TrafficVerified(
        step,
        side,
        converged.lastAuthorityAt(),
        Math.max(ttlSeconds, converged.aliasTtlSeconds()),
        Stream.concat(converged.servers().stream(), followed.servers().stream()).toList(),
        Optional.of(followed.quorums().counts()).filter(counts -> !counts.isEmpty()));
  }
}
