package dev.cutover.orchestrator.domain;

import dev.cutover.orchestrator.domain.Advice.Approach;
import dev.cutover.orchestrator.domain.Advice.Proposal;
import dev.cutover.orchestrator.domain.Advice.TrafficWay;
import dev.cutover.orchestrator.domain.Advice.WayBackChoice;
import java.util.List;

/**
 * What was chosen, each with its reason: as advised, or otherwise.
 *
 * @param situation that it was chosen in
 */
public record Chosen(
    Situation situation,
    Proposal<Approach> strategy,
    Proposal<WayBackChoice> rollback,
    Proposal<TrafficWay> traffic) {
  /** As the plan keeps them. */
  public List<PlanDecision> decisions() {
    return List.of(
        new PlanDecision(
            "cutover strategy", StrategyView.word(strategy.choice()), strategy.reason()),
        new PlanDecision(
            "rollback window and data",
            "%s, %s"
                .formatted(
                    StrategyView.word(rollback.choice().way()),
                    Durations.written(rollback.choice().window())),
            rollback.reason()),
        new PlanDecision(
            "DNS provider and propagation",
            "%s, %s".formatted(StrategyView.word(moved()), StrategyView.word(traffic.choice())),
            traffic.reason()));
  }

  /** Where traffic moves. */
  private Enum<?> moved() {
    return situation.balancer() == Situation.Balancer.NONE
        ? situation.provider()
        : situation.balancer();
  }

  /** A choice that is not the proposed one keeps both reasons. */
  public static <T> Proposal<T> otherwise(Proposal<T> proposed, T choice, String why) {
    return proposed.choice().equals(choice)
        ? proposed
        : new Proposal<>(choice, "%s (advised otherwise: %s)".formatted(why, proposed.reason()));
  }
}
