package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Side;
import dev.cutover.contract.SyncCommand.OpenSource;
import dev.cutover.contract.SyncCommand.OpenSourceAlone;
import dev.cutover.orchestrator.domain.SagaState.Destination;
import dev.cutover.orchestrator.domain.SagaState.Route;
import dev.cutover.orchestrator.domain.SagaState.RouteStep;
import dev.cutover.orchestrator.domain.Step.OnFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Computes ways back. Pure. A step is undone if its order was sent, answered or not; no undo before
 * the undos of the steps that depend on it.
 */
final class Routes {
  private Routes() {}

  /**
   * From wherever it is to the source serving; to people, where they look at the target's writes
   * first. Without stages when nothing of the switch was sent.
   */
  static Route back(Cutover cutover, Cause cause, String reason) {
    Ledger ledger = cutover.ledger();
    Plan plan = cutover.requiredPlan();
    Duration each = plan.bounds().switchStep();
    Duration most = plan.bounds().maxRollbackOutage();
    // A lease opens the source only while the target was never opened, and raises the target's
    // epoch so that it never will be: there is nothing to fence and nothing to drain.
    boolean sourceIsOpen = cause == Cause.LEASE_EXPIRED && !ledger.done(Action.OPEN_TARGET);
    boolean opened = ledger.sent(Action.OPEN_TARGET) && !sourceIsOpen;
    List<List<RouteStep>> stages = new ArrayList<>();
    stage(
        stages,
        undo(opened, ledger, Action.OPEN_TARGET, Action.FENCE_TARGET, each),
        undo(
            ledger.sentAndNotUndone(Action.SHIFT_TRAFFIC, Action.REVERT_TRAFFIC),
            ledger,
            Action.SHIFT_TRAFFIC,
            Action.REVERT_TRAFFIC,
            each));
    beside(stages, TeamSteps.undoneFirst(cutover));
    if (opened) {
      switch (plan.rollback().way()) {
        case REVERSE_SYNC, FIX_FORWARD -> stage(stages, must(Action.DRAIN_REVERSE, most));
        case MANUAL_REVIEW -> {
          stage(stages, must(Action.EXPORT_DELTA, most));
          return new Route(cause, reason, stages, Destination.DELTA_REVIEW);
        }
        case ACCEPT_LOSS -> {} // counted when the source serves
      }
      stage(stages, must(Action.ALIGN_SOURCE_SEQUENCES, each));
    }
    serveAgain(stages, cutover, !sourceIsOpen);
    return new Route(cause, reason, stages, Destination.PREPARED);
  }

  /** Two people approved the delta: the source gets it, still fenced, and then serves. */
  static Route applyDelta(Cutover cutover, String reason) {
    Plan.Bounds bounds = cutover.requiredPlan().bounds();
    List<List<RouteStep>> stages = new ArrayList<>();
    stage(stages, must(Action.APPLY_DELTA, bounds.maxRollbackOutage()));
    stage(stages, must(Action.ALIGN_SOURCE_SEQUENCES, bounds.switchStep()));
    serveAgain(stages, cutover, true);
    return new Route(Cause.REQUEST, reason, stages, Destination.PREPARED);
  }

  /**
   * The source serves without the target's writes: they are exported if that can be done quickly,
   * and counted in any case, which also ends their stream.
   */
  static Route thaw(Cutover cutover, String reason) {
    Duration each = cutover.requiredPlan().bounds().switchStep();
    boolean exported = cutover.ledger().done(Action.EXPORT_DELTA);
    List<List<RouteStep>> stages = new ArrayList<>();
    stage(stages, fresh(!exported, Action.EXPORT_DELTA, each, 2, OnFailure.REPORT));
    stage(stages, must(Action.COUNT_LOSS, each));
    stage(stages, must(Action.ALIGN_SOURCE_SEQUENCES, each));
    serveAgain(stages, cutover, true);
    return new Route(Cause.WRITE_OUTAGE_BOUND, reason, stages, Destination.PREPARED);
  }

  /** Opens the source, and proves traffic and the source itself. */
  private static void serveAgain(
      List<List<RouteStep>> stages, Cutover cutover, boolean openSource) {
    Ledger ledger = cutover.ledger();
    Plan plan = cutover.requiredPlan();
    Duration each = plan.bounds().switchStep();
    Duration proof = plan.bounds().proof();
    boolean shifted = ledger.sent(Action.SHIFT_TRAFFIC);
    boolean opened = ledger.sent(Action.OPEN_TARGET);
    boolean counts = opened && plan.rollback().way() == RollbackPolicy.Way.ACCEPT_LOSS;
    inOrder(stages, TeamSteps.undoneBeforeOpening(cutover));
    stage(
        stages,
        undo(
            ledger.sent(Action.FENCE_SOURCE) && openSource,
            ledger,
            Action.FENCE_SOURCE,
            Action.OPEN_SOURCE,
            each));
    stage(
        stages,
        fresh(shifted, Action.VERIFY_REVERT, proof, 2, OnFailure.REPORT),
        fresh(counts && openSource, Action.COUNT_LOSS, proof, 3, OnFailure.REPORT),
        fresh(ledger.sent(Action.WATCH_HEALTH), Action.STOP_WATCHING, each, 2, OnFailure.REPORT));
    if (shifted) {
      beside(stages, views(plan, Side.SOURCE));
    }
    inOrder(stages, TeamSteps.undoneLast(cutover));
    boolean proven = (shifted || opened) && !plan.sourceChecks().isEmpty();
    stage(stages, fresh(proven, Action.CHECK_SOURCE, proof, 2, OnFailure.REPORT));
  }

  /**
   * The drain can't finish within its bound: the target takes writes again, and traffic with it.
   */
  static Route reopenTarget(Cutover cutover, String reason) {
    List<List<RouteStep>> stages = new ArrayList<>();
    serveOnTarget(stages, cutover.requiredPlan());
    return new Route(Cause.STEP_FAILED, reason, stages, Destination.HELD_ON_TARGET);
  }

  /**
   * There is no way back, and whether the target opened is not known: fenced once more, so that its
   * epoch is known, it opens.
   */
  static Route openTargetAfresh(Cutover cutover, String reason) {
    Plan plan = cutover.requiredPlan();
    List<List<RouteStep>> stages = new ArrayList<>();
    if (plan.data().isPresent()) {
      stage(stages, must(Action.FENCE_TARGET, plan.bounds().switchStep()));
    }
    serveOnTarget(stages, plan);
    return new Route(Cause.STEP_FAILED, reason, stages, Destination.HELD_ON_TARGET);
  }

  private static void serveOnTarget(List<List<RouteStep>> stages, Plan plan) {
    Duration each = plan.bounds().switchStep();
    boolean traffic = plan.trafficSwitch().isPresent();
    stage(
        stages, fresh(plan.data().isPresent(), Action.OPEN_TARGET, each, 1_000, OnFailure.PERSIST));
    stage(stages, fresh(traffic, Action.SHIFT_TRAFFIC, each, 1_000, OnFailure.PERSIST));
    stage(stages, fresh(traffic, Action.VERIFY_SHIFT, plan.bounds().proof(), 2, OnFailure.REPORT));
    beside(stages, views(plan, Side.TARGET));
  }

  /**
   * Two people declared the target dead: the source opens without it. Loss is bounded and listed.
   */
  static Route withoutTarget(Cutover cutover, String reason) {
    Plan plan = cutover.requiredPlan();
    Duration each = plan.bounds().switchStep();
    Ledger ledger = cutover.ledger();
    List<List<RouteStep>> stages = new ArrayList<>();
    stage(
        stages,
        undo(
            ledger.sentAndNotUndone(Action.SHIFT_TRAFFIC, Action.REVERT_TRAFFIC),
            ledger,
            Action.SHIFT_TRAFFIC,
            Action.REVERT_TRAFFIC,
            each));
    ledger
        .step(Action.FENCE_SOURCE)
        .map(StepRecord::undo)
        .filter(Undo.Reversible.class::isInstance)
        .map(undo -> ((Undo.Reversible) undo).command())
        .filter(OpenSource.class::isInstance)
        .map(OpenSource.class::cast)
        .ifPresent(
            open ->
                stages.add(
                    List.of(
                        new RouteStep(
                            Step.of(Action.OPEN_SOURCE, each, 1_000, OnFailure.PERSIST),
                            new Undo.Reversible(
                                new OpenSourceAlone(
                                    open.header(), open.spec(), open.expectedEpoch()))))));
    stage(stages, fresh(true, Action.VERIFY_REVERT, plan.bounds().proof(), 2, OnFailure.REPORT));
    beside(stages, views(plan, Side.SOURCE));
    return new Route(Cause.REQUEST, reason, stages, Destination.PREPARED);
  }

  /** Removes all that was prepared. */
  static Route abandon(Cutover cutover, String reason) {
    Ledger ledger = cutover.ledger();
    Duration each = cutover.requiredPlan().bounds().preparationStep();
    List<List<RouteStep>> stages = new ArrayList<>();
    stage(
        stages,
        undoBounded(ledger, Action.PREPARE_REPLICATION, Action.DROP_REPLICATION, each),
        undoBounded(ledger, Action.LOWER_TTL, Action.RESTORE_TTL, each));
    inOrder(stages, TeamSteps.undoneWhenAbandoned(cutover));
    return new Route(Cause.ABANDONED, reason, stages, Destination.ABANDONED);
  }

  /** Whatever a vantage point says, or does not, the way is gone on. */
  private static List<RouteStep> views(Plan plan, Side side) {
    return Views.proofs(plan, side, OnFailure.REPORT).stream()
        .map(step -> new RouteStep(step, new Undo.Nothing()))
        .toList();
  }

  /** Side by side with the stage before, or alone where there is none. */
  private static void beside(List<List<RouteStep>> stages, List<RouteStep> steps) {
    if (steps.isEmpty()) {
      return;
    }
    List<RouteStep> together = new ArrayList<>(stages.isEmpty() ? List.of() : stages.removeLast());
    together.addAll(steps);
    stages.add(together);
  }

  private static void inOrder(List<List<RouteStep>> stages, List<RouteStep> steps) {
    steps.forEach(step -> stages.add(List.of(step)));
  }

  /** An undo that must succeed: tried for ever, paged after a while. */
  private static Optional<RouteStep> undo(
      boolean wanted, Ledger ledger, Action done, Action undoing, Duration each) {
    return wanted
        ? journalled(ledger, done, Step.of(undoing, each, 1_000, OnFailure.PERSIST))
        : Optional.empty();
  }

  /** An order that must succeed: tried for ever, paged after a while. */
  private static Optional<RouteStep> must(Action action, Duration each) {
    return fresh(true, action, each, 1_000, OnFailure.PERSIST);
  }

  private static Optional<RouteStep> undoBounded(
      Ledger ledger, Action done, Action undoing, Duration each) {
    return journalled(ledger, done, Step.of(undoing, each, 3, OnFailure.REPORT));
  }

  private static Optional<RouteStep> journalled(Ledger ledger, Action done, Step step) {
    return ledger
        .step(done)
        .map(StepRecord::undo)
        .filter(Undo.Reversible.class::isInstance)
        .map(undo -> new RouteStep(step, undo));
  }

  private static Optional<RouteStep> fresh(
      boolean wanted, Action action, Duration each, int attemptsMax, OnFailure onFailure) {
    return wanted
        ? Optional.of(
            new RouteStep(Step.of(action, each, attemptsMax, onFailure), new Undo.Nothing()))
        : Optional.empty();
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  private static void stage(List<List<RouteStep>> stages, Optional<RouteStep>... steps) {
    List<RouteStep> present = Arrays.stream(steps).flatMap(Optional::stream).toList();
    if (!present.isEmpty()) {
      stages.add(present);
    }
  }
}
