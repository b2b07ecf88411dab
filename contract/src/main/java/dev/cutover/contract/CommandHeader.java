package dev.cutover.contract;

import java.time.Instant;

/**
 * What every command carries beside its own content.
 *
 * @param step which attempt at which step this is: the idempotency key
 * @param epoch sequence in the journal of the decision that sent it; totally ordered within a
 *     cutover. The world refuses by epoch, never by clock
 * @param deadline bounds the trying; a command that arrives later is refused with an answer
 */
public record CommandHeader(StepRef step, long epoch, Instant deadline) {
  public CommandHeader {
    Arguments.require(epoch >= 0, "Expected an epoch of 0 or more, but got " + epoch);
  }

  /**
   * What systems outside tell repetitions by: the same for every attempt at one decision, another
   * one when the step is decided upon again.
   */
  public String idempotencyKey() {
    return "%s/%s/%d".formatted(step.cutover(), step.step(), epoch);
  }
}
