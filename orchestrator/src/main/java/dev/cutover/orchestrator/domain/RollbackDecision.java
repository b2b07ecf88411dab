package dev.cutover.orchestrator.domain;

import dev.cutover.contract.RollbackChoice;
import java.time.Duration;
import java.util.List;

/**
 * Who decides on a rollback when its criteria are met.
 *
 * @param asks whether people are asked first; otherwise it goes back at once
 * @param makers who may decide; at least one when they are asked
 * @param within how long they have
 * @param byDefault what applies when nobody has decided by then
 */
public record RollbackDecision(
    boolean asks, List<String> makers, Duration within, RollbackChoice byDefault) {
  /** Nobody is asked. */
  public static final RollbackDecision AUTOMATIC =
      new RollbackDecision(false, List.of(), Duration.ofMinutes(5), RollbackChoice.ROLL_BACK);

  public RollbackDecision {
    makers = List.copyOf(makers);
  }
}
