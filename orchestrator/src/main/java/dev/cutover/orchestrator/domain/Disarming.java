package dev.cutover.orchestrator.domain;

import dev.cutover.contract.PeopleStatus.Disarmed;
import dev.cutover.contract.Request.Arm;
import dev.cutover.contract.Request.Disarm;
import dev.cutover.orchestrator.domain.PeopleEvent.RollbackArmed;
import dev.cutover.orchestrator.domain.PeopleEvent.RollbackDisarmed;
import dev.cutover.orchestrator.domain.PeopleEvent.RollbackRearmed;
import dev.cutover.orchestrator.domain.SagaState.Finished;
import dev.cutover.orchestrator.domain.SagaState.RollingBack;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Switching the rollback by itself off for some minutes, and on again. Pure. What would have rolled
 * back meanwhile holds and pages; at the end the target is judged anew, and goes back if it is
 * still bad.
 */
final class Disarming {
  private static final int MINUTES_MAX = 60;

  private Disarming() {}

  static void disarm(Draft draft, Disarm request) {
    Optional<String> refusal = refusal(draft.cutover(), request);
    if (refusal.isPresent()) {
      Requests.refuse(draft, request, refusal.get());
    } else {
      draft.add(
          new RollbackDisarmed(
              request.requestId(),
              request.actor(),
              request.reason(),
              draft.now(),
              draft.now().plus(Duration.ofMinutes(request.minutes()))));
    }
  }

  private static Optional<String> refusal(Cutover cutover, Disarm request) {
    if (request.minutes() < 1 || request.minutes() > MINUTES_MAX) {
      return Optional.of(
          "Expected 1 to %d minutes, but got %d".formatted(MINUTES_MAX, request.minutes()));
    }
    if (cutover.state() instanceof Finished || cutover.state() instanceof RollingBack) {
      return Optional.of(
          "Expected something that could roll back, but the cutover is " + cutover.state().label());
    }
    if (cutover.requiredPlan().watch().isEmpty()) {
      return Optional.of(
          "Expected a plan that rolls back by itself, but it watches nothing: nothing to disarm");
    }
    if (cutover.people().question().isPresent()) {
      return Optional.of("Expected no open question whether to roll back: decide it instead");
    }
    return cutover
        .people()
        .disarmed()
        .map(d -> "Expected it armed, but %s disarmed it until %s".formatted(d.by(), d.until()));
  }

  static void arm(Draft draft, Arm request) {
    Optional<Disarmed> disarmed = draft.cutover().people().disarmed();
    if (disarmed.isEmpty()) {
      Requests.refuse(draft, request, "Expected it disarmed, but it is armed");
      return;
    }
    draft.add(new RollbackArmed(request.requestId(), request.actor(), request.reason()));
    lookAgain(draft, disarmed.get());
  }

  /** When it is armed again by itself. */
  static Optional<Instant> next(Cutover cutover) {
    return cutover.people().disarmed().map(Disarmed::until);
  }

  static void onDeadline(Draft draft) {
    if (draft.cutover().state() instanceof Finished) {
      return; // nothing is left that could go back
    }
    Optional<Disarmed> over =
        draft.cutover().people().disarmed().filter(d -> !draft.now().isBefore(d.until()));
    if (over.isPresent()) {
      draft.add(new RollbackRearmed(draft.now()));
      lookAgain(draft, over.get());
    }
  }

  /** Why nothing rolls back by itself now; empty when it does. */
  static Optional<String> refusal(Cutover cutover) {
    return cutover
        .people()
        .disarmed()
        .map(d -> "%s disarmed it until %s: %s".formatted(d.by(), d.until(), d.reason()));
  }

  private static void lookAgain(Draft draft, Disarmed disarmed) {
    if (disarmed.missed().isPresent() && !Reports.ended(draft)) {
      Watching.anew(draft);
    }
  }
}
