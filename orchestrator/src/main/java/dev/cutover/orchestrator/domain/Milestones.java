package dev.cutover.orchestrator.domain;

import dev.cutover.contract.ReadinessStatus.Fact;
import dev.cutover.contract.ReadinessStatus.Milestone;
import dev.cutover.contract.ReadinessStatus.Standing;
import dev.cutover.contract.Side;
import dev.cutover.orchestrator.domain.ReadinessEvent.DecommissionDue;
import dev.cutover.orchestrator.domain.ReadinessEvent.MilestoneReached;
import dev.cutover.orchestrator.domain.ReadinessEvent.PointOfNoReturnPassed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What comes after the switch: a look at it after a day and after three, the point of no return,
 * and when the source may go. Pure. Each comes once, whatever the clock does.
 */
final class Milestones {
  private Milestones() {}

  /** When the next is due; empty while the target does not serve, and when all were. */
  static Optional<Instant> next(Cutover cutover) {
    if (cutover.plan().isEmpty()
        || cutover.requiredPlan().rehearsal().marked()
        || isGoingBack(cutover)) {
      return Optional.empty();
    }
    return Schedule.switchedAt(cutover)
        .flatMap(
            switched ->
                nextMilestone(cutover)
                    .map(switched::plus)
                    .or(
                        () ->
                            cutover.readiness().aftermath().decommissionDueAt().isEmpty()
                                ? Optional.of(
                                    switched.plus(
                                        Schedule.decommissionAfter(cutover.requiredPlan())))
                                : Optional.empty()));
  }

  private static boolean isGoingBack(Cutover cutover) {
    return cutover.state() instanceof SagaState.RollingBack
        || cutover.state() instanceof SagaState.Prepared;
  }

  private static Optional<Duration> nextMilestone(Cutover cutover) {
    List<Duration> milestones = cutover.requiredPlan().readiness().milestones();
    int reached = cutover.readiness().aftermath().milestones().size();
    return reached < milestones.size() ? Optional.of(milestones.get(reached)) : Optional.empty();
  }

  /** Declares what is due by now. */
  static void on(Draft draft) {
    while (next(draft.cutover()).filter(at -> !draft.now().isBefore(at)).isPresent()) {
      Optional<Duration> milestone = nextMilestone(draft.cutover());
      if (milestone.isPresent()) {
        draft.add(new MilestoneReached(look(draft, Schedule.milestone(milestone.get()))));
      } else {
        draft.add(new DecommissionDue(draft.now()));
        Rechecks.askForBackup(draft);
      }
    }
  }

  private static Milestone look(Draft draft, String name) {
    Cutover cutover = draft.cutover();
    List<Fact> facts = new ArrayList<>();
    cutover
        .world()
        .health()
        .ifPresent(
            health ->
                facts.add(
                    new Fact(
                        "target",
                        switch (health.verdict()) {
                          case HEALTHY -> Standing.GOOD;
                          case BREACHED -> Standing.BAD;
                          case INCONCLUSIVE, BLIND -> Standing.UNKNOWN;
                        },
                        "%s at %s %s"
                            .formatted(
                                health.verdict().name().toLowerCase(java.util.Locale.ROOT),
                                health.at(),
                                health.detail()))));
    facts.addAll(
        checked(cutover, "writing checks", Action.CHECK_TARGET_WRITES)
            .or(() -> checked(cutover, "comparison", Action.VALIDATE_FINAL))
            .stream()
            .toList());
    if (!cutover.pastPointOfNoReturn()) {
      facts.addAll(WayBack.status(cutover, draft.now()).facts());
    }
    if (cutover.state() instanceof SagaState.Held held) {
      facts.add(new Fact("cutover", Standing.BAD, "held: " + held.reason()));
    }
    boolean stable = facts.stream().noneMatch(fact -> fact.standing() == Standing.BAD);
    return new Milestone(name, draft.now(), stable, facts);
  }

  private static Optional<Fact> checked(Cutover cutover, String name, Action action) {
    return cutover
        .ledger()
        .step(action)
        .map(
            record ->
                new Fact(
                    name,
                    record.status() == StepRecord.Status.DONE ? Standing.GOOD : Standing.BAD,
                    record.detail()));
  }

  /** The way back was given up: says so, once. */
  static void declare(Draft draft) {
    Cutover cutover = draft.cutover();
    boolean given =
        cutover.pastPointOfNoReturn()
            || (cutover.state() instanceof SagaState.Finished(SagaState.Outcome outcome)
                && outcome == SagaState.Outcome.COMPLETED);
    boolean onTarget = cutover.world().serving().filter(Side.TARGET::equals).isPresent();
    if (given && onTarget && cutover.readiness().aftermath().pointOfNoReturnAt().isEmpty()) {
      draft.add(
          new PointOfNoReturnPassed(
              "the way back is given up: from here on faults are mended forward", draft.now()));
    }
  }
}
