package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Request.Amend;
import dev.cutover.contract.WatchSpec;
import dev.cutover.orchestrator.domain.PeopleEvent.PlanAmended;
import dev.cutover.orchestrator.domain.SagaState.Finished;
import dev.cutover.orchestrator.domain.SagaState.Held;
import dev.cutover.orchestrator.domain.SagaState.Observing;
import dev.cutover.orchestrator.domain.SagaState.Planned;
import dev.cutover.orchestrator.domain.SagaState.Prepared;
import dev.cutover.orchestrator.domain.SagaState.RollingBack;
import dev.cutover.orchestrator.domain.SagaState.Running;
import dev.cutover.orchestrator.domain.SagaState.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Changes of a frozen plan, before the fence. Pure. */
final class Amendments {
  private Amendments() {}

  /**
   * Puts a changed plan in the place of the frozen one, or says why not.
   *
   * @param keys what was changed
   */
  static void on(Draft draft, Amend request, Plan plan, List<String> keys) {
    if (Requests.answeredOrUnknown(draft, request)) {
      return;
    }
    Runbook runbook = Runbook.of(plan);
    List<String> refusals = refusals(draft.cutover(), request.actor(), plan, runbook, keys);
    if (!refusals.isEmpty()) {
      Requests.refuse(draft, request, String.join("\n", refusals));
      return;
    }
    boolean anew = provesAnew(draft.cutover());
    draft.add(
        new PlanAmended(
            request.requestId(),
            request.actor(),
            request.reason(),
            plan,
            runbook,
            request.plan(),
            keys));
    if (anew && draft.cutover().state() instanceof Running(int stage)) {
      Forward.enter(draft, stage);
    }
  }

  static void refuse(Draft draft, Amend request, List<String> faults) {
    if (!Requests.answeredOrUnknown(draft, request)) {
      Requests.refuse(draft, request, String.join("\n", faults));
    }
  }

  /** Whether something was proven already that another plan would have to prove again. */
  static boolean provesAnew(Cutover cutover) {
    return !(cutover.state() instanceof Prepared)
        && position(cutover.state())
            .filter(stage -> stage >= cutover.requiredRunbook().retryFrom())
            .isPresent();
  }

  /** All reasons why that plan can't take the frozen one's place; none when it can. */
  private static List<String> refusals(
      Cutover cutover, String actor, Plan next, Runbook runbook, List<String> keys) {
    List<String> refusals = new ArrayList<>();
    boolean prepared = cutover.state() instanceof Prepared;
    if (!prepared && position(cutover.state()).isEmpty()) {
      refusals.add("Expected a cutover before its switch, but it is " + cutover.state().label());
      return refusals;
    }
    if (Requests.switching(cutover)) {
      refusals.add("Expected a change before the fence, but the switch has begun: roll back first");
      return refusals;
    }
    if (keys.isEmpty()) {
      refusals.add("Expected a plan that says something else, but it says the same");
    }
    fixed(refusals, cutover, next);
    stages(refusals, cutover, runbook);
    HashSet<String> others = new HashSet<>(next.governance().approvers());
    others.removeAll(cutover.people().authorship().authors());
    others.remove(actor);
    if (others.isEmpty()) {
      refusals.add(
          "Expected an approver who neither started the cutover nor changed its plan, but with %s every one of %s did: let another person change it, or name more approvers"
              .formatted(actor, next.governance().approvers()));
    }
    return refusals;
  }

  /** What is under way already can't be another. */
  private static void fixed(List<String> refusals, Cutover cutover, Plan next) {
    Plan plan = cutover.requiredPlan();
    Ledger ledger = cutover.ledger();
    fixed(refusals, "cutover", plan.id(), next.id(), "it is another cutover");
    fixed(refusals, "strategy", plan.strategy(), next.strategy(), "its steps are under way");
    fixed(
        refusals,
        "rehearsal",
        plan.rehearsal().marked(),
        next.rehearsal().marked(),
        "events carry it already");
    fixed(
        refusals,
        "rehearses",
        plan.rehearsal().rehearses(),
        next.rehearsal().rehearses(),
        "it stands for that plan");
    fixed(refusals, "programme", plan.programme(), next.programme(), "it belongs to it already");
    if (ledger.sent(Action.PREPARE_REPLICATION)) {
      fixed(refusals, "data", plan.data(), next.data(), "the databases are prepared and stream");
    }
    if (ledger.sent(Action.CAPTURE_RECORDS)) {
      fixed(
          refusals,
          "traffic",
          plan.trafficSwitch(),
          next.trafficSwitch(),
          "the records of its names are captured");
    }
    if (ledger.sent(Action.LEARN_BASELINE)) {
      fixed(
          refusals,
          "watch.source",
          plan.watch().map(WatchSpec::source),
          next.watch().map(WatchSpec::source),
          "the baseline was learnt from it");
      fixed(
          refusals,
          "watch.target",
          plan.watch().map(WatchSpec::target),
          next.watch().map(WatchSpec::target),
          "the baseline was learnt beside it");
    }
  }

  private static void fixed(
      List<String> refusals, String key, Object before, Object after, String why) {
    if (!Objects.equals(before, after)) {
      refusals.add(
          "Expected '%s' unchanged, because %s: abandon this cutover and start another to change it"
              .formatted(key, why));
    }
  }

  /** Stages that were entered must be the same steps; later ones may be others. */
  private static void stages(List<String> refusals, Cutover cutover, Runbook next) {
    Runbook runbook = cutover.requiredRunbook();
    boolean anew = provesAnew(cutover) || cutover.state() instanceof Prepared;
    int entered = anew ? runbook.retryFrom() : position(cutover.state()).orElse(0) + 1;
    boolean same =
        (anew ? next.retryFrom() == runbook.retryFrom() : next.retryFrom() >= entered)
            && next.stages().size() >= entered;
    for (int index = 0; same && index < entered; index++) {
      same = content(runbook.stages().get(index)).equals(content(next.stages().get(index)));
    }
    if (!same) {
      refusals.add(
          "Expected the steps up to '%s' unchanged, because they are done or under way"
              .formatted(runbook.stages().get(Math.max(entered - 1, 0)).name()));
    }
  }

  private static List<String> content(Stage stage) {
    return switch (stage) {
      case Stage.Work work -> work.steps().stream().map(Step::name).sorted().toList();
      case Stage.Gate gate -> List.of("gate " + gate.name());
      case Stage.Soak soak -> List.of("soak " + soak.percent());
    };
  }

  /** Index of the stage on the way forward; empty when it is not on it. */
  private static Optional<Integer> position(SagaState state) {
    return switch (state) {
      case Running(int stage) -> Optional.of(stage);
      case Waiting(int stage, Instant _, Instant _) -> Optional.of(stage);
      case Held(String _, SagaState resumes) -> position(resumes);
      case Observing _, Planned _, RollingBack _, Prepared _, Finished _ -> Optional.empty();
    };
  }
}
