package dev.cutover.orchestrator.domain;

import dev.cutover.contract.ReadinessStatus.Moment;
import dev.cutover.contract.Request.NameCause;
import dev.cutover.orchestrator.domain.NoticeEvent.CauseNamed;
import dev.cutover.orchestrator.domain.SagaState.Prepared;
import java.time.Instant;
import java.util.Optional;

/**
 * What a rollback came of, and when to try again. It is asked for and stops nothing: whoever knows
 * enough to say go again may do so. Pure.
 */
final class Inquiry {
  private Inquiry() {}

  static void name(Draft draft, NameCause request) {
    if (!asked(draft.cutover())) {
      Requests.refuse(
          draft,
          request,
          "Expected a cutover that was rolled back, but it is " + draft.cutover().state().label());
    } else if (request.retryAt().filter(at -> !at.isAfter(draft.now())).isPresent()) {
      Requests.refuse(
          draft,
          request,
          "Expected retryAt after %s, but it is %s"
              .formatted(draft.now(), request.retryAt().orElseThrow()));
    } else {
      draft.add(
          new CauseNamed(
              request.requestId(),
              request.actor(),
              request.cause(),
              request.retryAt(),
              draft.now()));
    }
  }

  static String waitingFor(Cutover cutover) {
    Optional<CauseNamed> cause = cutover.correspondence().cause();
    if (asked(cutover) && cause.isEmpty()) {
      return "a person to name the cause of the rollback, then to resume or abandon";
    }
    return "a person to resume or abandon"
        + cause
            .map(named -> "; %s named the cause: %s".formatted(named.actor(), named.cause()))
            .orElse("");
  }

  /** When to try again: as a person said, otherwise in the plan's next window. */
  static Optional<Moment> nextGo(Cutover cutover, Instant now) {
    if (!asked(cutover)) {
      return Optional.empty();
    }
    Optional<CauseNamed> planned =
        cutover.correspondence().cause().filter(named -> named.retryAt().isPresent());
    return planned
        .map(
            named ->
                new Moment(
                    "next go, as %s planned it".formatted(named.actor()),
                    named.retryAt().orElseThrow()))
        .or(
            () ->
                cutover
                    .requiredPlan()
                    .window()
                    .next(now)
                    .map(at -> new Moment("next go, were the window a week later", at)));
  }

  private static boolean asked(Cutover cutover) {
    return cutover.state() instanceof Prepared(String _, boolean rolledBack) && rolledBack;
  }
}
