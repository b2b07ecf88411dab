package dev.cutover.contract;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How far a change of records has come while an order waits for its proof: said at each change of
 * what a server answers, and every five seconds.
 *
 * @param step the order that waits
 * @param observedAt when the servers were asked
 * @param authoritiesRight how many of them serve exactly what they should, TTL included
 * @param authorities how many were asked
 * @param resolversRight how many of them answer as they should
 * @param resolvers how many were asked: none before every authority is right, since a resolver that
 *     is asked too early keeps what it gets
 * @param overAt when no honest cache has the old records any more: the last authority, the TTL in
 *     force and the rounding of resolvers; empty until every authority is right
 * @param servers what each of those that were asked last answered
 */
public record PropagationObserved(
    StepRef step,
    Instant observedAt,
    int authoritiesRight,
    int authorities,
    int resolversRight,
    int resolvers,
    Optional<Instant> overAt,
    List<ServerVerdict> servers)
    implements Report {
  public PropagationObserved {
    servers = List.copyOf(servers);
  }

  @Override
  public CutoverId cutover() {
    return step.cutover();
  }
}
