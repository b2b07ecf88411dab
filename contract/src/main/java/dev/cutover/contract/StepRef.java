package dev.cutover.contract;

/**
 * Identity of one attempt at one step: the idempotency key of a command and of its answer.
 *
 * @param cutover the cutover that the step belongs to
 * @param step name of the step in the runbook, such as {@code fence-source}; never blank
 * @param attempt counts from 1; a later attempt at the same step makes earlier ones void
 */
public record StepRef(CutoverId cutover, String step, int attempt) {
  public StepRef {
    Arguments.require(!step.isBlank(), "Expected the name of a step, but it is blank");
    Arguments.require(attempt >= 1, "Expected an attempt of 1 or more, but got " + attempt);
  }

  @Override
  public String toString() {
    return cutover + "/" + step + "/" + attempt;
  }
}
