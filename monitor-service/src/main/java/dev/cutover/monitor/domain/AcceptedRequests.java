package dev.cutover.monitor.domain;

import dev.cutover.contract.RollbackRequested;
import dev.cutover.monitor.domain.SignedRequest.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/**
 * What was accepted during the last day, so that it is accepted once; what is older is refused by
 * its age. Not safe for several threads.
 */
public final class AcceptedRequests {
  /** The longest age that can be configured is far below. */
  private static final Duration KEPT = Duration.ofDays(1);

  private static final Duration PERIOD = Duration.ofMinutes(1);

  /** A page of alerts is a few requests; more is a fault, and must not fill the topic. */
  private static final int OF_ONE_CUTOVER_MAX = 5;

  private static final int OF_ONE_SENDER_MAX = 60;

  private final Map<String, Place> places = new HashMap<>();
  private final Queue<RollbackRequested> inOrder = new ArrayDeque<>();

  /** Notes one; does nothing when it is known. */
  public void add(RollbackRequested accepted) {
    if (places.putIfAbsent(
            accepted.decisionId(), new Place(accepted.partition(), accepted.offset()))
        == null) {
      inOrder.add(accepted);
    }
  }

  /** Where it lay when it was accepted; empty when it was not. */
  public Optional<Place> placeOf(String decisionId) {
    return Optional.ofNullable(places.get(decisionId));
  }

  /** Whether this sender has asked as often as it may for now. */
  boolean isFull(SignedRequest request, Instant now) {
    int ofSender = 0;
    int ofCutover = 0;
    for (RollbackRequested accepted : inOrder) {
      if (accepted.sender().equals(request.sender().name())
          && accepted.acceptedAt().isAfter(now.minus(PERIOD))) {
        ofSender++;
        ofCutover += accepted.cutover().equals(request.request().cutover()) ? 1 : 0;
      }
    }
    return ofSender >= OF_ONE_SENDER_MAX || ofCutover >= OF_ONE_CUTOVER_MAX;
  }

  /** Forgets what is refused by its age anyway. */
  public void forget(Instant now) {
    RollbackRequested oldest = inOrder.peek();
    while (oldest != null && oldest.acceptedAt().isBefore(now.minus(KEPT))) {
      places.remove(inOrder.remove().decisionId());
      oldest = inOrder.peek();
    }
  }
}
