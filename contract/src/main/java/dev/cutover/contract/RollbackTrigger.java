package dev.cutover.contract;

import java.time.Instant;
import java.util.List;

/**
 * The rollback criteria are met. One for each decision; the same decision has the same id, so that
 * nothing rolls back twice.
 *
 * @param decisionId hash of cutover, epoch and kind of decision
 * @param epoch epoch of the watch that saw it; void when another is current
 * @param breachedAt when the first sample of the breach was taken
 * @param decidedAt when the test fired
 * @param expiresAt past this the trigger holds instead of rolling back; by the receiver's clock
 * @param sentence the reason, in words that a person understands at once
 * @param reasons never empty
 */
public record RollbackTrigger(
    CutoverId cutover,
    String decisionId,
    long epoch,
    Instant breachedAt,
    Instant decidedAt,
    Instant expiresAt,
    String sentence,
    List<BreachReason> reasons)
    implements Report {
  public RollbackTrigger {
    reasons = List.copyOf(reasons);
    Arguments.require(
        !reasons.isEmpty(), "Expected at least one reason for a rollback, but got none");
  }

  /**
   * One breach with its evidence.
   *
   * @param signal such as {@code error-rate}, {@code latency}, {@code critical:checkout}
   * @param query where the numbers come from
   * @param requests n that the decision rests on
   * @param failures how many of them were errors or too slow
   * @param observed the rate
   * @param limit what was allowed
   * @param baseline what the source showed
   * @param statistic the test's statistic
   * @param threshold the value at which it fires
   * @param worseThanSourceProbability p-value of the comparison with the source; -1 when not made
   */
  public record BreachReason(
      String signal,
      String query,
      long requests,
      long failures,
      double observed,
      double limit,
      double baseline,
      double statistic,
      double threshold,
      double worseThanSourceProbability) {}
}
