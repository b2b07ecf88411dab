package dev.cutover.orchestrator.domain;

import dev.cutover.contract.DnsReply.TrafficReverted;
import dev.cutover.contract.DnsReply.TrafficVerified;
import dev.cutover.contract.DnsReply.ViewVerified;
import dev.cutover.contract.Reply;
import dev.cutover.contract.Side;
import java.time.Instant;
import java.util.Optional;

/**
 * Until when resolvers may still send somebody to the target after traffic was taken back. So long
 * the target has to refuse writes: they would be acknowledged, and nobody would bring them home.
 */
final class StaleTraffic {
  private StaleTraffic() {}

  /** What the answer to a step says of it. */
  static World noted(Cutover cutover, Reply reply, Instant at) {
    return until(cutover, reply, at).map(cutover.world()::withStaleUntil).orElse(cutover.world());
  }

  private static Optional<Instant> until(Cutover cutover, Reply reply, Instant at) {
    Plan plan = cutover.requiredPlan();
    int loweredTtlSeconds = plan.trafficSwitch().map(s -> s.loweredTtlSeconds()).orElse(0);
    if (reply instanceof TrafficReverted) {
      return Optional.of(until(plan, at, loweredTtlSeconds));
    }
    if (reply instanceof TrafficVerified proof && proof.side() == Side.SOURCE) {
      return Optional.of(
          until(plan, proof.lastAuthorityAt(), Math.max(proof.ttlSeconds(), loweredTtlSeconds)));
    }
    if (reply instanceof ViewVerified proof && proof.side() == Side.SOURCE) {
      return Optional.of(
          until(plan, proof.lastAuthorityAt(), Math.max(proof.ttlSeconds(), loweredTtlSeconds)));
    }
    return Optional.empty();
  }

  private static Instant until(Plan plan, Instant from, int ttlSeconds) {
    return from.plusSeconds(ttlSeconds).plus(plan.bounds().ttlSlack());
  }
}
