package dev.cutover.orchestrator.domain;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import dev.cutover.orchestrator.domain.SagaState.*;
import dev.cutover.orchestrator.domain.Stage.Work;
import dev.cutover.orchestrator.domain.Step.OnFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** A cutover as if its journal had told what was found in the world. Pure. */
final class Belief {
  /** What a person may have taken back by hand: a new way back does it again. */
  private static final Set<Action> BACK =
      EnumSet.of(
          Action.FENCE_TARGET,
          Action.REVERT_TRAFFIC,
          Action.DRAIN_REVERSE,
          Action.EXPORT_DELTA,
          Action.APPLY_DELTA,
          Action.COUNT_LOSS,
          Action.ALIGN_SOURCE_SEQUENCES,
          Action.OPEN_SOURCE,
          Action.VERIFY_REVERT,
          Action.VERIFY_REVERTED_VIEW,
          Action.CHECK_SOURCE);

  private Belief() {}

  /** Believes the world: who serves, which epochs are there, and what would have to be undone. */
  static Cutover of(Cutover cutover, Adoption found, Instant at) {
    if (found.outcome() == Adoption.Outcome.UNCLEAR) {
      return cutover.with(
          cutover
              .world()
              .with(found.byHand() ? ByHand.NOTHING.withMark(found.words()) : ByHand.NOTHING));
    }
    boolean sourceFenced =
        found.outcome() == Adoption.Outcome.TARGET_SERVES
            || found.outcome() == Adoption.Outcome.NO_SIDE_SERVES;
    boolean targetOpened =
        found.outcome() == Adoption.Outcome.TARGET_SERVES || (sourceFenced && found.targetOpened());
    boolean data = cutover.requiredPlan().data().isPresent();
    Cutover next = cutover.with(epochs(cutover, found));
    for (Action action : BACK) {
      next = without(next, action);
    }
    next = believed(next, Action.FENCE_SOURCE, data && sourceFenced, found.sourceEpoch(), at);
    next = believed(next, Action.SHIFT_TRAFFIC, found.trafficAtTarget(), found.markEpoch(), at);
    next = believed(next, Action.OPEN_TARGET, data && targetOpened, found.targetEpoch(), at);
    World world =
        next.world()
            .withServing(serving(found), Optional.empty())
            .with(next.world().share().at(found.trafficAtTarget() ? 100 : 0))
            .with(ByHand.NOTHING);
    return found.outcome() == Adoption.Outcome.TARGET_SERVES
        ? next.with(world).with(onTarget(next))
        : next.with(world);
  }

  private static Optional<Side> serving(Adoption found) {
    return switch (found.outcome()) {
      case SOURCE_SERVES, TRAFFIC_ASTRAY -> Optional.of(Side.SOURCE);
      case TARGET_SERVES -> Optional.of(Side.TARGET);
      case NO_SIDE_SERVES, UNCLEAR -> Optional.empty();
    };
  }

  /** Whatever is ordered from here on has a higher epoch than anything that is there. */
  private static Ledger epochs(Cutover cutover, Adoption found) {
    Ledger ledger = cutover.ledger();
    long highest = Math.max(found.sourceEpoch(), Math.max(found.targetEpoch(), found.markEpoch()));
    long missing = Math.max(0, highest - cutover.nextEpoch() + 2);
    return ledger.found(
        found.targetEpoch(), found.markEpoch(), ledger.epochBase() + missing + missing % 2);
  }

  private static Cutover without(Cutover cutover, Action action) {
    Ledger ledger = cutover.ledger();
    for (StepRecord record : ledger.steps().values()) {
      if (record.step().action() == action) {
        ledger = ledger.without(record.step().name());
      }
    }
    return cutover.with(ledger);
  }

  /** The step is done, as far as going back is concerned; or it is not. */
  private static Cutover believed(
      Cutover cutover, Action action, boolean done, long epoch, Instant at) {
    Cutover before = without(cutover, action);
    if (!done) {
      return before;
    }
    Step step = step(cutover.requiredRunbook(), action);
    CommandHeader header =
        new CommandHeader(
            new StepRef(cutover.id(), step.name(), cutover.ledger().nextAttempt(step.name())),
            epoch,
            at);
    return before.with(
        before
            .ledger()
            .with(
                StepRecord.found(
                    step,
                    Commands.of(step, before, header),
                    Commands.undo(step, before, header),
                    at)));
  }

  private static Step step(Runbook runbook, Action action) {
    return runbook.stages().reversed().stream()
        .filter(Work.class::isInstance)
        .flatMap(stage -> ((Work) stage).steps().stream())
        .filter(step -> step.action() == action)
        .findFirst()
        .orElseGet(() -> Step.of(action, Duration.ZERO, 1, OnFailure.HOLD));
  }

  /** Where it goes on if people stay on the target: behind the opening, or further on. */
  private static SagaState onTarget(Cutover cutover) {
    Action last =
        cutover.requiredPlan().data().isPresent() ? Action.OPEN_TARGET : Action.SHIFT_TRAFFIC;
    int opened = lastIndex(cutover.requiredRunbook(), last);
    SagaState state =
        cutover.state() instanceof Held(String _, SagaState resumes) ? resumes : cutover.state();
    return switch (state) {
      case Running(int stage) when stage > opened -> state;
      case Waiting(int stage, Instant _, Instant _) when stage > opened -> state;
      case Observing(int stage, Instant _, Instant _) when stage > opened -> state;
      case Planned _,
          Running _,
          Waiting _,
          Observing _,
          RollingBack _,
          Prepared _,
          Held _,
          Finished _ ->
          new Running(opened);
    };
  }

  private static int lastIndex(Runbook runbook, Action action) {
    for (int index = runbook.stages().size() - 1; index > 0; index--) {
      if (runbook.stages().get(index) instanceof Work work
          && work.steps().stream().anyMatch(step -> step.action() == action)) {
        return index;
      }
    }
    return 0;
  }
}
