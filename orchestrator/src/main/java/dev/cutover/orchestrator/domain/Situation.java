package dev.cutover.orchestrator.domain;

import java.time.Duration;

/**
 * What a plan is to be made for: answers to the questions of the runbook pattern's decisions.
 *
 * @param services how many services move, 1 or more
 * @param downtimeAllowed whether a maintenance window may refuse all writes
 * @param performanceKnown whether the target has proven what it can take
 * @param looselyCoupled whether each service also works while others are still on the other side
 * @param data where the target's data comes from
 * @param writesMeanwhile whether the target takes users' writes while there is a way back
 * @param sourceTakesWritesBack whether the source's schema can take the target's writes
 * @param balancer what stands before both sides, so that traffic moves there and names stay
 * @param provider who serves the names; of no matter where there is a balancer
 * @param proxied whether clients get addresses of the provider's edge instead of the source's
 * @param weights whether the traffic switch can share traffic out; a DNS zone with updates can't
 * @param ttl of the names as they are now; of no matter where there is a balancer
 */
public record Situation(
    int services,
    boolean downtimeAllowed,
    boolean performanceKnown,
    boolean looselyCoupled,
    DataLayer data,
    boolean writesMeanwhile,
    boolean sourceTakesWritesBack,
    Balancer balancer,
    Provider provider,
    boolean proxied,
    boolean weights,
    Duration ttl) {

  /** Who serves the names. */
  public enum Provider {
    CLOUDFLARE,
    ROUTE53,
    /** BIND, Knot, PowerDNS and others that take updates by RFC 2136. */
    SELF_HOSTED,
    /** OpenStack Designate. */
    DESIGNATE,
    /** One that takes changes by an API of its own only. */
    OTHER
  }

  /** What shares requests out between both sides. */
  public enum Balancer {
    NONE,
    HAPROXY,
    /** Target groups of an Application or Network Load Balancer. */
    AWS,
    /** Pools of a load balancer of Cloudflare. */
    CLOUDFLARE
  }

  /** Whether databases are copied from one side to the other. */
  boolean copies() {
    return data == DataLayer.REPLICATED;
  }
}
