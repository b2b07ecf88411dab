package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Side;
import dev.cutover.orchestrator.domain.SagaEvent.*;
import dev.cutover.orchestrator.domain.SagaState.*;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The way back, and other ways out. Pure. */
final class Back {
  private Back() {}

  /** Goes back to the source, by the shortest way that undoes all that was sent. */
  static void begin(Draft draft, Cause cause, String reason) {
    if (draft.cutover().requiredPlan().autonomy().observes()) {
      advise(draft, cause, reason);
    } else {
      follow(draft, Routes.back(draft.cutover(), cause, reason));
    }
  }

  /** It only observes: it says what it would do. Who asked has done it by hand, or will. */
  static void advise(Draft draft, Cause cause, String reason) {
    List<String> steps =
        draft.ledger().steps().sequencedValues().reversed().stream()
            .flatMap(record -> record.step().action().undoneBy().stream())
            .map(Action::stepName)
            .toList();
    draft.add(new TeamEvent.WayBackAdvised(cause, reason, steps, draft.now()));
    switch (cause) {
      case TRIGGER -> {}
      case REQUEST -> {
        if (draft.serving().filter(Side.TARGET::equals).isPresent()) {
          draft.add(new OutageEnded(Side.SOURCE, draft.now()));
        }
        draft.add(new ReturnedToPrepared(reason, true));
      }
      case STEP_FAILED, WRITE_OUTAGE_BOUND, LEASE_EXPIRED, ABANDONED ->
          draft.add(new CutoverHeld(reason));
    }
  }

  /** Goes back because nobody could write for as long as the plan allows. */
  static void beginForBound(Draft draft) {
    begin(
        draft,
        Cause.WRITE_OUTAGE_BOUND,
        "Expected the target to take writes early enough to go back within %s, but it doesn't yet"
            .formatted(draft.cutover().requiredPlan().bounds().maxWriteOutage()));
  }

  /** Follows a route; one without stages has arrived already. */
  static void follow(Draft draft, Route route) {
    Optional<Instant> deadline =
        route.then() == Destination.PREPARED && !route.stages().isEmpty()
            ? Optional.of(
                draft.now().plus(draft.cutover().requiredPlan().bounds().maxRollbackOutage()))
            : Optional.empty();
    draft.add(new RollbackStarted(route, draft.now(), deadline));
    enter(draft, 0);
  }

  private static void enter(Draft draft, int stage) {
    if (!(draft.cutover().state() instanceof RollingBack back)) {
      return;
    }
    Route route = back.route();
    if (stage >= route.stages().size()) {
      arrive(draft, route);
      return;
    }
    if (stage > 0) {
      draft.add(new RouteStageEntered(stage));
    }
    for (RouteStep step : route.stages().get(stage)) {
      switch (step.undo()) {
        case Undo.Reversible(var command) -> draft.send(step.step(), command);
        case Undo.Nothing() -> draft.send(step.step());
      }
    }
  }

  private static void arrive(Draft draft, Route route) {
    switch (route.then()) {
      case PREPARED -> {
        boolean rolledBack = !route.stages().isEmpty();
        draft.add(new ReturnedToPrepared(route.reason(), rolledBack));
      }
      case ABANDONED -> draft.add(new CutoverFinished(Outcome.ABANDONED));
      case HELD_ON_TARGET -> draft.add(new CutoverHeld(route.reason()));
    }
  }

  /** A step of the way back was carried out. */
  static void onDone(Draft draft, Action action) {
    boolean trafficOnly = draft.cutover().requiredPlan().data().isEmpty();
    boolean sourceServes = draft.serving().filter(Side.SOURCE::equals).isPresent();
    if (action == Action.FENCE_TARGET && !sourceServes) { // unless the lease was faster
      Optional<Instant> bound = draft.cutover().world().outageDeadline();
      draft.add(new OutageBegan(draft.now(), bound.orElse(draft.now())));
    }
    if (action == Action.OPEN_SOURCE || (trafficOnly && action == Action.REVERT_TRAFFIC)) {
      draft.add(new OutageEnded(Side.SOURCE, draft.now()));
    }
    if (action == Action.OPEN_TARGET) {
      draft.add(new OutageEnded(Side.TARGET, draft.now()));
    }
    advance(draft);
  }

  /** Enters the next stage of the route if all steps of this one are done. */
  static void advance(Draft draft) {
    if (draft.cutover().state() instanceof RollingBack(Route route, int stage, boolean _)) {
      List<RouteStep> steps = route.stages().get(stage);
      if (steps.stream().allMatch(step -> Forward.complete(draft.ledger(), step.step()))) {
        enter(draft, stage + 1);
      }
    }
  }

  /**
   * The bound on a time without a writable side was reached on the way back. If the target was
   * fenced and its stream is not drained, it takes writes again; otherwise the only way is on, and
   * people are paged.
   */
  static void onBound(Draft draft, RollingBack back) {
    boolean undrained =
        draft.ledger().done(Action.FENCE_TARGET) && !draft.ledger().done(Action.DRAIN_REVERSE);
    String reason =
        "Expected the source to take writes again within %s, but %s"
            .formatted(
                draft.cutover().requiredPlan().bounds().maxRollbackOutage(),
                undrained
                    ? "the reverse stream was not drained: the target takes writes again"
                    : "steps of the way back are not done");
    if (undrained && back.route().then() == Destination.PREPARED) {
      follow(draft, Routes.reopenTarget(draft.cutover(), reason));
    } else if (!back.outage()) {
      draft.add(new OutagePaged(reason));
    }
  }
}
