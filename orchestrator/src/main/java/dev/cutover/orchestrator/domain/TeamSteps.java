package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Command;
import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.OutboundCommand.AskParticipant;
import dev.cutover.contract.OutboundCommand.CallHttp;
import dev.cutover.contract.PersonCommand.DoByHand;
import dev.cutover.contract.ValidatorCommand.RunChecks;
import dev.cutover.orchestrator.domain.SagaState.RouteStep;
import dev.cutover.orchestrator.domain.TeamStep.Place;
import dev.cutover.orchestrator.domain.TeamStep.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The team's own steps: their places in a runbook, their orders and what takes them back. Pure. */
final class TeamSteps {
  private TeamSteps() {}

  /** The runbook with the plan's team steps in their places, each a stage of its own. */
  static Runbook into(Runbook runbook, Plan plan) {
    List<Stage> stages = new ArrayList<>(runbook.stages());
    int retryFrom = runbook.retryFrom();
    for (Place place : Place.values()) {
      List<Stage> own =
          plan.teamSteps().stream()
              .filter(step -> step.place() == place)
              .<Stage>map(step -> new Stage.Work(step.name(), List.of(step.step())))
              .toList();
      int index = index(stages, place);
      stages.addAll(index, own);
      if (index < retryFrom) {
        retryFrom += own.size();
      }
    }
    return new Runbook(stages, retryFrom);
  }

  private static int index(List<Stage> stages, Place place) {
    int fence = first(stages, Action.FENCE_SOURCE);
    int shift = first(stages, Action.SHIFT_TRAFFIC);
    int shifted = 1 + last(stages, Action.SHIFT_TRAFFIC);
    int opened = 1 + last(stages, Action.OPEN_TARGET);
    int switching = fence >= 0 ? fence : shift;
    int compared = first(stages, Action.COMPARE_CHANGED); // as late as can be: last of all
    int beforeSwitching = compared >= 0 ? compared : switching >= 0 ? switching : afterGo(stages);
    return switch (place) {
      case BEFORE_FREEZE -> 0;
      case BEFORE_FENCE -> beforeSwitching;
      case AFTER_FENCE -> fence >= 0 ? afterTeam(stages, fence + 1) : beforeSwitching;
      case BEFORE_SWITCH -> shift >= 0 ? shift : Math.max(opened - 1, beforeSwitching);
      case AFTER_SWITCH -> shifted > 0 ? shifted : Math.max(opened, beforeSwitching);
      case AFTER_OPENING -> afterTeam(stages, Math.max(Math.max(opened, shifted), beforeSwitching));
      case AFTER_ACCEPTANCE -> {
        for (int index = stages.size() - 1; index >= 0; index--) {
          if (stages.get(index) instanceof Stage.Gate(String _, Stage.Kind kind)
              && kind == Stage.Kind.OBSERVED) {
            yield index + 1;
          }
        }
        yield stages.size();
      }
    };
  }

  /** Behind team steps that are there already: a place after another begins where that ends. */
  private static int afterTeam(List<Stage> stages, int from) {
    int index = from;
    while (index < stages.size()
        && stages.get(index) instanceof Stage.Work(String _, List<Step> steps)
        && steps.stream().allMatch(step -> step.name().startsWith("team-"))) {
      index++;
    }
    return index;
  }

  private static int afterGo(List<Stage> stages) {
    for (int index = 0; index < stages.size(); index++) {
      if (stages.get(index) instanceof Stage.Gate(String _, Stage.Kind kind)
          && kind == Stage.Kind.GO) {
        return index + 1;
      }
    }
    return 0;
  }

  private static int first(List<Stage> stages, Action action) {
    for (int index = 0; index < stages.size(); index++) {
      if (orders(stages.get(index), action)) {
        return index;
      }
    }
    return -1;
  }

  private static int last(List<Stage> stages, Action action) {
    for (int index = stages.size() - 1; index >= 0; index--) {
      if (orders(stages.get(index), action)) {
        return index;
      }
    }
    return -1;
  }

  private static boolean orders(Stage stage, Action action) {
    return stage instanceof Stage.Work(String _, List<Step> steps)
        && steps.stream().anyMatch(step -> step.action() == action);
  }

  /** The order of a team step. */
  static Command order(String name, Plan plan, CommandHeader header) {
    for (TeamStep team : plan.teamSteps()) {
      if (team.stepName().equals(name)) {
        return order(team, team.work(), false, header);
      }
    }
    throw new IllegalStateException("Expected a step of the team, but the plan has no " + name);
  }

  /** What takes that step back, as data. */
  static Undo undo(Step step, Plan plan, CommandHeader header) {
    return plan.teamSteps().stream()
        .filter(team -> team.stepName().equals(step.name()))
        .findFirst()
        .flatMap(team -> team.undo().map(work -> order(team, work, true, header)))
        .<Undo>map(Undo.Reversible::new)
        .orElseGet(Undo.Nothing::new);
  }

  private static Command order(TeamStep team, Work work, boolean undo, CommandHeader header) {
    return switch (work) {
      case Work.Http(var call) -> new CallHttp(header, team.name(), call, undo);
      case Work.Participant(var topic, var action, var parameters) ->
          new AskParticipant(header, team.name(), topic, action, parameters, undo);
      case Work.ByHand(var by, var instruction) -> new DoByHand(header, by, instruction, undo);
      case Work.Prove(var side, var check) -> new RunChecks(header, side, List.of(check));
    };
  }

  /** Takes back what stands on the target, while traffic is reverted: machines only. */
  static List<RouteStep> undoneFirst(Cutover cutover) {
    return undone(
        cutover,
        cutover.requiredPlan().bounds().switchStep(),
        team -> team.place().onTheTarget() && !byHand(team));
  }

  /** Takes back what was done between fence and switch, before the source opens: machines only. */
  static List<RouteStep> undoneBeforeOpening(Cutover cutover) {
    return undone(
        cutover,
        cutover.requiredPlan().bounds().switchStep(),
        team ->
            (team.place() == Place.AFTER_FENCE || team.place() == Place.BEFORE_SWITCH)
                && !byHand(team));
  }

  /**
   * Takes back what was done before the fence, once the source is open; and whatever a person has
   * to take back: nobody stays without a writable side because a person is slow.
   */
  static List<RouteStep> undoneLast(Cutover cutover) {
    List<RouteStep> steps =
        new ArrayList<>(
            undone(
                cutover,
                cutover.requiredPlan().bounds().preparationStep(),
                team -> team.place() == Place.BEFORE_FENCE && !byHand(team)));
    steps.addAll(
        undone(
            cutover,
            cutover.requiredPlan().bounds().approval(),
            team -> team.place() != Place.BEFORE_FREEZE && byHand(team)));
    return steps;
  }

  /** Takes back what was done before the freeze, when the cutover is given up. */
  static List<RouteStep> undoneWhenAbandoned(Cutover cutover) {
    return undone(
        cutover,
        cutover.requiredPlan().bounds().preparationStep(),
        team -> team.place() == Place.BEFORE_FREEZE);
  }

  private static boolean byHand(TeamStep team) {
    return team.undo().filter(Work.ByHand.class::isInstance).isPresent();
  }

  /** Later ones first; a step is taken back if its order was sent. */
  private static List<RouteStep> undone(
      Cutover cutover, Duration deadlineMax, Predicate<TeamStep> wanted) {
    List<RouteStep> steps = new ArrayList<>();
    for (TeamStep team : cutover.requiredPlan().teamSteps().reversed()) {
      Optional<StepRecord> record =
          cutover.ledger().step(team.stepName()).filter(StepRecord::wasSent);
      if (record.isPresent()
          && team.undo().isPresent()
          && wanted.test(team)
          && record.get().undo() instanceof Undo.Reversible undo) {
        steps.add(new RouteStep(team.undoStep(team.undo().get(), deadlineMax), undo));
      }
    }
    return steps;
  }
}
