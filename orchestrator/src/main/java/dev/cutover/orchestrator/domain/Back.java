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
      return;
    }
    if (draft.cutover().fixesForward() && cause != Cause.LEASE_EXPIRED) {
      stay(draft, reason);
      return;
    }
    Optional<Route> shorter = Soaks.toLastGoodWeight(draft.cutover(), cause, reason);
    if (shorter.isPresent()) {
      follow(draft, shorter.get());
      return;
    }
    boolean loses =
        draft.cutover().requiredPlan().rollback().way() == RollbackPolicy.Way.ACCEPT_LOSS
            && draft.ledger().sent(Action.OPEN_TARGET);
    if (loses) {
      draft.add(
          new ReconciliationEvent.LossAccepted(
              "%s accepted it beforehand".formatted(draft.cutover().reconciliation().signedBy()),
              draft.now()));
    }
    follow(draft, Routes.back(draft.cutover(), cause, reason));
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

  /** There is no way back: people are paged, and whatever has to serve is made to. */
  private static void stay(Draft draft, String reason) {
    String forward = reason + ". The plan has no way back from here: fix forward.";
    if (draft.serving().isPresent()) {
      draft.add(new CutoverHeld(forward));
    } else {
      follow(draft, Routes.openTargetAfresh(draft.cutover(), forward));
      draft.add(new OutagePaged(forward));
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
        endsAtTheSource(route) && !route.stages().isEmpty()
            ? Optional.of(
                draft.now().plus(draft.cutover().requiredPlan().bounds().maxRollbackOutage()))
            : Optional.empty();
    draft.add(new RollbackStarted(route, draft.now(), deadline));
    enter(draft, 0);
  }

  private static boolean endsAtTheSource(Route route) {
    return route.then() == Destination.PREPARED || route.then() == Destination.DELTA_REVIEW;
  }

  /** Goes on with another route of the same way back: its bound stays. */
  static void continueWith(Draft draft, Route route) {
    draft.add(new RollbackStarted(route, draft.now(), draft.cutover().world().outageDeadline()));
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
      case DELTA_REVIEW -> Reviews.begin(draft);
      case LAST_GOOD_WEIGHT -> Soaks.arrive(draft, route.reason());
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
    boolean shared = draft.cutover().world().share().percent() < 100;
    if (trafficOnly && action == Action.SHIFT_TRAFFIC && shared && !sourceServes) {
      draft.add(new OutageEnded(Side.SOURCE, draft.now()));
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
   * fenced and the source has not got its writes, the plan's choice applies; otherwise the only way
   * is on, and people are paged.
   */
  static void onBound(Draft draft, RollingBack back) {
    Ledger ledger = draft.ledger();
    boolean behind =
        ledger.done(Action.FENCE_TARGET)
            && !ledger.done(Action.DRAIN_REVERSE)
            && !ledger.done(Action.APPLY_DELTA)
            && draft.cutover().reconciliation().loss().isEmpty()
            && endsAtTheSource(back.route());
    Plan plan = draft.cutover().requiredPlan();
    String late =
        "Expected the source to take writes again within %s, but "
            .formatted(plan.bounds().maxRollbackOutage());
    if (!behind) {
      if (!back.outage()) {
        draft.add(new OutagePaged(late + "steps of the way back are not done"));
      }
      return;
    }
    switch (plan.rollback().overrun()) {
      case REOPEN_TARGET ->
          follow(
              draft,
              Routes.reopenTarget(
                  draft.cutover(),
                  late + "it has not got the target's writes: the target takes writes again"));
      case THAW_SOURCE -> {
        String reason = late + "it has not got the target's writes: they are given up";
        draft.add(new ReconciliationEvent.LossAccepted(reason, draft.now()));
        follow(draft, Routes.thaw(draft.cutover(), reason));
      }
    }
  }
}
