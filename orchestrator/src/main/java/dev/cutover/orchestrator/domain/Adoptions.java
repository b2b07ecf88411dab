package dev.cutover.orchestrator.domain;

import dev.cutover.contract.DnsReply.SwitchRead;
import dev.cutover.contract.Failure;
import dev.cutover.contract.Request.Adopt;
import dev.cutover.contract.Side;
import dev.cutover.contract.SyncReply.DatabasesRead;
import dev.cutover.orchestrator.domain.SagaEvent.*;
import dev.cutover.orchestrator.domain.SagaState.*;
import dev.cutover.orchestrator.domain.Step.OnFailure;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * People take over, and hand back: a service that meets their mark stops the cutover; what they
 * left is read from the world and gone on from. Pure.
 */
final class Adoptions {
  private static final Set<Action> READINGS =
      EnumSet.of(Action.ADOPT_DATABASES, Action.ADOPT_SWITCH);

  private Adoptions() {}

  static boolean isReading(Action action) {
    return READINGS.contains(action);
  }

  /** Stops, and reads the world. */
  static void ask(Draft draft, Adopt request) {
    Plan plan = draft.cutover().requiredPlan();
    boolean over = draft.cutover().state() instanceof Finished;
    if (over || plan.autonomy().observes() || wanted(plan).isEmpty()) {
      Requests.refuse(
          draft,
          request,
          over
              ? "Expected a cutover that is not over, but it is finished: start another one"
              : "Expected databases or a switch that this cutover may change, but it has none");
      return;
    }
    draft.add(
        new ByHandEvent.AdoptionAsked(
            request.requestId(), request.actor(), request.reason(), draft.now()));
    for (Action action : wanted(plan)) {
      draft.send(Step.of(action, plan.bounds().preparationStep(), 2, OnFailure.REPORT));
    }
  }

  private static List<Action> wanted(Plan plan) {
    List<Action> readings = new ArrayList<>();
    if (plan.data().isPresent()) {
      readings.add(Action.ADOPT_DATABASES);
    }
    if (plan.trafficSwitch().isPresent()) {
      readings.add(Action.ADOPT_SWITCH);
    }
    return readings;
  }

  /** A service met a person's mark: never tried again, and nothing is taken back by itself. */
  static void onMark(Draft draft, StepRecord record, Failure failure) {
    String reason = record.step().name() + ": " + failure.reason();
    draft.add(
        new AttemptFailed(
            record.command().header().step(), failure, draft.now(), Optional.empty()));
    draft.add(new ByHandEvent.ManualMarkMet(record.step().name(), reason, draft.now()));
    switch (draft.cutover().state()) {
      case Running _, Waiting _, Observing _, RollingBack _ -> draft.add(new CutoverHeld(reason));
      case Planned _, Prepared _, Held _, Finished _ -> {}
    }
  }

  /** Goes on once everything was read, or can't be. */
  static void advance(Draft draft) {
    List<Action> wanted = draft.cutover().plan().map(Adoptions::wanted).orElse(List.of());
    Ledger ledger = draft.ledger();
    boolean reading =
        wanted.stream()
            .anyMatch(action -> ledger.step(action).filter(StepRecord::outstanding).isPresent());
    if (reading || draft.cutover().world().byHand().adoption().isEmpty()) {
      return;
    }
    boolean rolledBack = ledger.sent(Action.SHIFT_TRAFFIC) || ledger.sent(Action.OPEN_TARGET);
    Adoption found = found(draft.cutover(), wanted);
    draft.add(new ByHandEvent.WorldAdopted(found, draft.now()));
    String words = "adopted: " + found.words();
    switch (found.outcome()) {
      case UNCLEAR ->
          draft.add(
              new CutoverHeld(
                  "%s. The journal says that %s serves. %s"
                      .formatted(
                          words,
                          serving(draft.cutover()),
                          found.byHand()
                              ? "A person is still in charge: lift the marks, and adopt again"
                              : "Look at both sides, make one of them serve, and adopt again")));
      case SOURCE_SERVES, TRAFFIC_ASTRAY -> onSource(draft, found, words, rolledBack);
      case TARGET_SERVES ->
          draft.add(
              new CutoverHeld(words + ". The target serves: resume to stay there, or roll back"));
      case NO_SIDE_SERVES -> Back.begin(draft, Cause.REQUEST, words);
    }
    tellStanding(draft, found);
  }

  /** Takes back what is left, such as steps of the team: then it can be tried again. */
  private static void onSource(Draft draft, Adoption found, String words, boolean rolledBack) {
    if (!found.streams()) {
      draft.add(
          new CutoverHeld(words + ". What carries the changes is gone: abandon, and begin anew"));
      return;
    }
    Route route = Routes.back(draft.cutover(), Cause.REQUEST, words);
    if (route.stages().isEmpty()) {
      draft.add(new ReturnedToPrepared(words, rolledBack));
    } else {
      Back.follow(draft, route);
    }
  }

  private static Adoption found(Cutover cutover, List<Action> wanted) {
    List<String> unread =
        wanted.stream()
            .filter(action -> !cutover.ledger().done(action))
            .map(
                action ->
                    "%s: %s"
                        .formatted(
                            action.stepName(),
                            cutover.ledger().step(action).map(StepRecord::detail).orElse("void")))
            .toList();
    return unread.isEmpty()
        ? Adoption.of(
            cutover.id(),
            cutover.ledger().reply(Action.ADOPT_DATABASES, DatabasesRead.class),
            cutover.ledger().reply(Action.ADOPT_SWITCH, SwitchRead.class))
        : Adoption.unclear("not everything could be read: " + String.join("; ", unread));
  }

  private static String serving(Cutover cutover) {
    return cutover.world().serving().map(side -> "the " + Freeze.word(side)).orElse("no side");
  }

  /** A journal that did not see the preparation can't go on behind the opening. */
  static Optional<String> unresumable(Cutover cutover) {
    boolean serves = cutover.world().serving().filter(Side.TARGET::equals).isPresent();
    return serves && Forward.retryFrom(cutover) < cutover.requiredRunbook().retryFrom()
        ? Optional.of(
            "Expected a journal that saw the preparation, but this one began anew while the target"
                + " serves: roll back, or leave it there and clean up by hand")
        : Optional.empty();
  }

  /** Services may have been refused, or stopped, while a person was in charge. */
  private static void tellStanding(Draft draft, Adoption found) {
    if (found.outcome() != Adoption.Outcome.UNCLEAR) {
      Ledger ledger = draft.ledger();
      ledger.steps().values().stream()
          .filter(record -> Reports.stands(ledger, record))
          .forEach(draft::resend);
    }
  }

  /** A hold on top of whatever went on. */
  static SagaState stopped(SagaState state, String reason) {
    return switch (state) {
      case Running _, Waiting _, Observing _, RollingBack _ -> new Held(reason, state);
      case Held(String _, SagaState resumes) -> new Held(reason, resumes);
      case Planned _, Prepared _, Finished _ -> state;
    };
  }
}
