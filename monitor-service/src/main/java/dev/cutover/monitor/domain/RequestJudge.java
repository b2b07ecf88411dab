package dev.cutover.monitor.domain;

import dev.cutover.contract.RollbackRequestRefused.Why;
import dev.cutover.contract.RollbackRequested;
import dev.cutover.monitor.domain.SignedRequest.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Says whether an outsider's request, signed and readable, becomes a trigger. Pure. */
public final class RequestJudge {
  /** How far ahead of ours a sender's clock may be. */
  public static final Duration AHEAD_MAX = Duration.ofMinutes(1);

  private RequestJudge() {}

  /** What becomes of a request. */
  public sealed interface Outcome {
    /** It is passed on, once. */
    record Accepted(RollbackRequested trigger) implements Outcome {}

    /** Nothing comes of it, and that is said. */
    record Refused(Why why, String reason) implements Outcome {}

    /** The very same record was accepted before and is read again: nothing comes of it. */
    record ReadAgain() implements Outcome {}
  }

  /**
   * Judges by the receiver's clock.
   *
   * @param ageMax an older request is refused
   * @param lifetime how long the trigger may roll back
   */
  public static Outcome judge(
      SignedRequest request,
      AcceptedRequests accepted,
      Duration ageMax,
      Duration lifetime,
      Instant now) {
    Optional<String> forbidden =
        request.sender().forbids(request.request().cutover(), request.request().kind());
    if (forbidden.isPresent()) {
      return new Outcome.Refused(Why.FORBIDDEN, forbidden.get());
    }
    Optional<Place> before = accepted.placeOf(request.decisionId());
    if (before.filter(request.place()::equals).isPresent()) {
      return new Outcome.ReadAgain();
    }
    Instant issuedAt = request.issuedAt();
    if (issuedAt.isBefore(now.minus(ageMax)) || issuedAt.isAfter(now.plus(AHEAD_MAX))) {
      return new Outcome.Refused(
          Why.EXPIRED,
          "Expected a request issued within the last %s, but it says %s and it is %s: issue it anew, and compare the clocks"
              .formatted(ageMax, issuedAt, now));
    }
    if (before.isPresent()) {
      return new Outcome.Refused(
          Why.REPLAYED,
          "Expected a request not seen before, but '%s' of '%s' was accepted: give each request an id of its own"
              .formatted(request.requestId(), request.sender().name()));
    }
    if (accepted.isFull(request, now)) {
      return new Outcome.Refused(
          Why.TOO_MANY,
          "Expected a few requests a minute, but '%s' has sent more: those before count"
              .formatted(request.sender().name()));
    }
    return new Outcome.Accepted(trigger(request, lifetime, now));
  }

  private static RollbackRequested trigger(SignedRequest request, Duration lifetime, Instant now) {
    return new RollbackRequested(
        request.request().cutover(),
        request.decisionId(),
        request.sender().name(),
        request.requestId(),
        request.request().kind(),
        request.issuedAt(),
        now,
        now.plus(lifetime),
        request.place().partition(),
        request.place().offset(),
        request.request().sentence(),
        request.request().evidence());
  }
}
