package dev.cutover.orchestrator.domain;

import java.time.Duration;

/**
 * One step of a runbook. Steps are data: what to order, how long it may take, how often it is tried
 * and where its failure goes.
 *
 * @param name unique in its cutover: the action's, or one of its own where an action comes more
 *     than once
 * @param deadline bounds one attempt
 * @param attemptsMax how often it is tried, 1 or more; only the orchestrator retries
 * @param onFailure where it goes when all attempts have failed
 */
public record Step(
    String name, Action action, Duration deadline, int attemptsMax, OnFailure onFailure) {
  /** The one step of that action, named after it. */
  public static Step of(Action action, Duration deadline, int attemptsMax, OnFailure onFailure) {
    return new Step(action.stepName(), action, deadline, attemptsMax, onFailure);
  }

  /** Where a step's failure goes. */
  public enum OnFailure {
    /** Stop and ask a person; only where exactly one side serves. */
    HOLD,
    /** Go back to the side that served last, at once. */
    GO_BACK,
    /** Try on for ever, paged as an outage: neither side serves and there is no other way. */
    PERSIST,
    /** Say so and go on: what it would have shown is known otherwise. */
    REPORT
  }
}
