package dev.cutover.orchestrator.domain;

import java.time.Duration;

/**
 * What must be proven or signed before go.
 *
 * @param reviewEvery how often readiness is looked at again until the switch
 */
public record ReadinessPolicy(Duration reviewEvery) {
  /** What a plan that says nothing means. */
  public static final ReadinessPolicy DEFAULT = new ReadinessPolicy(Duration.ofMinutes(5));
}
