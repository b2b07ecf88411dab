package dev.cutover.orchestrator.domain;

import dev.cutover.contract.PeopleStatus.Question;
import dev.cutover.contract.Request.Decide;
import dev.cutover.contract.RollbackChoice;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.orchestrator.domain.PeopleEvent.RollbackAsked;
import dev.cutover.orchestrator.domain.PeopleEvent.RollbackDecided;
import dev.cutover.orchestrator.domain.PeopleEvent.RollbackDefaulted;
import dev.cutover.orchestrator.domain.SagaEvent.CutoverHeld;
import dev.cutover.orchestrator.domain.SagaState.Observing;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether to roll back, where the plan wants people to decide. Pure. They have a time limit, and a
 * default applies at its end. In a write outage nobody is asked: there is no time.
 */
final class RollbackQuestion {
  private RollbackQuestion() {}

  /** Whether a trigger asks people instead of rolling back. */
  static boolean asks(Cutover cutover) {
    return cutover.requiredPlan().governance().decision().asks()
        && cutover.world().serving().isPresent();
  }

  static void ask(Draft draft, RollbackTrigger trigger) {
    RollbackDecision decision = draft.cutover().requiredPlan().governance().decision();
    draft.add(
        new RollbackAsked(
            new Question(
                trigger.decisionId(),
                trigger.sentence(),
                draft.now(),
                draft.now().plus(decision.within()),
                decision.byDefault(),
                decision.makers())));
  }

  static void decide(Draft draft, Decide request) {
    Optional<Question> open = draft.cutover().people().question();
    if (open.isEmpty()) {
      Requests.refuse(
          draft,
          request,
          "Expected an open question whether to roll back, but there is none: the cutover is "
              + draft.cutover().state().label());
    } else if (!open.get().askedOf().contains(request.actor())) {
      Requests.refuse(
          draft,
          request,
          "Expected one of %s to decide, but %s asked"
              .formatted(open.get().askedOf(), request.actor()));
    } else {
      draft.add(
          new RollbackDecided(
              request.requestId(),
              request.actor(),
              request.choice(),
              request.reason(),
              open.get(),
              draft.now()));
      switch (request.choice()) {
        case ROLL_BACK ->
            Back.begin(
                draft,
                Cause.TRIGGER,
                "%s %s decided: %s"
                    .formatted(open.get().sentence(), request.actor(), request.reason()));
        case STAY -> stay(draft);
      }
    }
  }

  /** When nobody may answer any more. */
  static Optional<Instant> next(Cutover cutover) {
    return cutover.people().question().map(Question::until);
  }

  static void onDeadline(Draft draft) {
    Optional<Question> due =
        draft.cutover().people().question().filter(q -> !draft.now().isBefore(q.until()));
    if (due.isEmpty()) {
      return;
    }
    RollbackChoice choice = due.get().byDefault();
    draft.add(new RollbackDefaulted(choice, due.get(), draft.now()));
    switch (choice) {
      case ROLL_BACK -> {
        String sentence = due.get().sentence() + " Nobody decided in time.";
        Optional<String> ailment = draft.cutover().world().wayBack();
        if (ailment.isPresent()) {
          draft.add(new CutoverHeld(sentence + " The way back is broken: " + ailment.get()));
        } else {
          Back.begin(draft, Cause.TRIGGER, sentence);
        }
      }
      case STAY -> stay(draft);
    }
  }

  /** The target is judged anew: a watch decides once in its life. */
  private static void stay(Draft draft) {
    Watching.anew(draft);
    if (draft.cutover().state() instanceof Observing(int stage, Instant _, Instant _)) {
      Forward.enter(draft, stage);
    }
  }
}
