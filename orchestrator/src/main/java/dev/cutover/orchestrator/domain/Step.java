package dev.cutover.orchestrator.domain;

import java.time.Duration;

/**
 * One step of a runbook. Steps are data: what to order, how long it may take, how often it is tried
 * and where its failure goes.
 *
 * @param deadline bounds one attempt
 * @param attemptsMax how often it is tried, 1 or more; only the orchestrator retries
 * @param onFailure where it goes when all attempts have failed
 */
public record Step(Action action, Duration deadline, int attemptsMax, OnFailure onFailure) {
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
