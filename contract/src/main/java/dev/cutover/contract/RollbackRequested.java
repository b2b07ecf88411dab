package dev.cutover.contract;

import java.time.Instant;
import java.util.List;

/**
 * An outsider's request to roll back was found in order: signed by a known sender that has the
 * right to it, young, and not seen before. It is a trigger like the monitor's own; only the
 * orchestrator knows whether there is something to roll back.
 *
 * @param decisionId hash of sender, request and cutover; the same request has the same one
 * @param sender whose key signed it, as configured
 * @param requestId the sender's {@code ce_id}
 * @param issuedAt by the sender's clock; a request from before the current attempt is not about it
 * @param acceptedAt by the clock of the intake
 * @param expiresAt past this it holds instead of rolling back; by the receiver's clock
 * @param partition where the request lies in the topic of requests
 * @param offset where it lies there
 * @param sentence the sender's reason
 * @param evidence where to read more; empty when there is none
 */
public record RollbackRequested(
    CutoverId cutover,
    String decisionId,
    String sender,
    String requestId,
    RollbackRequest.Kind kind,
    Instant issuedAt,
    Instant acceptedAt,
    Instant expiresAt,
    int partition,
    long offset,
    String sentence,
    String evidence)
    implements Report {
  /**
   * The same as a trigger of a watch: an outsider can't know the epoch.
   *
   * @param epoch of the watch that it is about
   */
  public RollbackTrigger trigger(long epoch) {
    return new RollbackTrigger(
        cutover,
        decisionId,
        epoch,
        issuedAt,
        acceptedAt,
        expiresAt,
        "%s asks for a rollback (%s): %s".formatted(sender, kind, sentence),
        List.of(
            new RollbackTrigger.BreachReason(
                "outside:" + sender, evidence, 0, 0, -1, -1, -1, -1, -1, -1)));
  }
}
