package dev.cutover.orchestrator.domain;

/**
 * A decision that the team took when it wrote the plan.
 *
 * @param question such as {@code strategy}
 * @param choice what was chosen
 * @param reason why
 */
public record PlanDecision(String question, String choice, String reason) {}
