package dev.cutover.monitor.domain;

import dev.cutover.contract.RollbackRequest;
import java.time.Instant;

/**
 * A request whose signature fits and that could be read.
 *
 * @param sender who signed it
 * @param requestId the sender's id of it
 * @param issuedAt by the sender's clock
 * @param place where it lies
 */
public record SignedRequest(
    Sender sender, String requestId, Instant issuedAt, RollbackRequest request, Place place) {
  /** Where a record lies in the topic of requests. */
  public record Place(int partition, long offset) {}

  /** Names the decision: the same request always has the same one. */
  public String decisionId() {
    return DecisionId.request(request.cutover(), sender.name(), requestId);
  }
}
