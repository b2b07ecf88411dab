package dev.cutover.orchestrator.domain;

import dev.cutover.contract.SwitchSpec;
import dev.cutover.orchestrator.domain.RollbackPolicy.Overrun;
import dev.cutover.orchestrator.domain.RollbackPolicy.Way;
import dev.cutover.orchestrator.domain.Stage.Kind;
import dev.cutover.orchestrator.domain.Strategy.BigBang;
import dev.cutover.orchestrator.domain.Strategy.Canary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What can't be safe in a plan whose parts are each well-formed, and what it gives up. Pure. */
public final class PlanRules {
  private final Plan plan;
  private final List<Finding> findings = new ArrayList<>();

  private PlanRules(Plan plan) {
    this.plan = plan;
  }

  /**
   * Something to be said about a plan.
   *
   * @param path of the key that it is about, such as {@code rollback.signedBy}
   * @param sentence what was expected and why
   */
  public record Finding(String path, String sentence) {}

  /** Why the plan must not be carried out; empty when it may. */
  public static List<Finding> faults(Plan plan) {
    PlanRules rules = new PlanRules(plan);
    rules.dataLayer();
    switch (plan.strategy()) {
      case Strategy.BlueGreen _ -> {}
      case BigBang _ -> rules.bigBang();
      case Canary canary -> rules.canary(canary);
    }
    rules.rollback();
    rules.spared();
    rules.findings.addAll(KeptRecords.faults(plan));
    rules.findings.addAll(SwitchProofs.faults(plan));
    rules.findings.addAll(Views.faults(plan));
    rules.findings.addAll(ObjectRules.faults(plan));
    return List.copyOf(rules.findings);
  }

  /** Promises that do not hold for this plan, and what is risky about it. */
  public static List<Finding> notes(Plan plan) {
    return notes(plan, Runbook.of(plan));
  }

  /** The same of a plan that is compiled already. */
  static List<Finding> notes(Plan plan, Runbook runbook) {
    PlanRules rules = new PlanRules(plan);
    rules.losses();
    rules.buffer(runbook);
    return List.copyOf(rules.findings);
  }

  private void dataLayer() {
    note(
        plan.data().isPresent() && plan.dataLayer() != DataLayer.REPLICATED,
        "dataLayer",
        "Expected dataLayer replicated, since 'data' copies and fences databases, but it is "
            + StrategyView.word(plan.dataLayer())
            + ": a layer that both sides use must not be fenced");
  }

  private void bigBang() {
    Optional<Duration> length = plan.window().length();
    note(
        length.isEmpty(),
        "window",
        "Expected a window that opens and closes for bigBang, whose outage people are told of, but"
            + " there is none");
    length
        .filter(most -> plan.bounds().maxWriteOutage().compareTo(most) > 0)
        .ifPresent(
            most ->
                note(
                    true,
                    "bounds.maxWriteOutage",
                    "Expected bounds.maxWriteOutage no longer than the window (%s), but it is %s"
                        .formatted(most, plan.bounds().maxWriteOutage())));
    note(
        plan.data().isEmpty(),
        "strategy",
        "Expected databases in 'data' to stop, compare and open for bigBang, but the plan has none:"
            + " use blueGreen");
  }

  private void canary(Canary canary) {
    boolean shares = canary.shares();
    plan.trafficSwitch()
        .filter(SwitchSpec::weighted)
        .flatMap(PlanRules::unshareable)
        .ifPresent(fault -> note(true, "traffic.names", fault));
    note(
        plan.trafficSwitch().isEmpty(),
        "strategy",
        "Expected names in 'traffic' to share out for canary, but the plan has none");
    note(
        plan.watch().isEmpty(),
        "strategy",
        "Expected 'watch' for canary, since each weight has to be judged, but the plan has none");
    note(
        shares && plan.data().isPresent(),
        "strategy",
        "Expected no one-way replication in 'data' while both sides take traffic, but there is one:"
            + " writes with a weight above zero would be refused on the fenced target, or missing"
            + " on the source");
    note(
        shares && plan.data().isEmpty() && plan.dataLayer() == DataLayer.REPLICATED,
        "dataLayer",
        "Expected dataLayer shared or partitioned for canary, but it is replicated: replication"
            + " that goes one way can't serve both sides");
    note(
        plan.rollback().way() != Way.REVERSE_SYNC,
        "rollback.policy",
        "Expected rollback.policy reverseSync for canary, which moves no data, but it is %s"
            .formatted(StrategyView.word(plan.rollback().way())));
  }

  private void rollback() {
    RollbackPolicy policy = plan.rollback();
    note(
        policy.signedBy().size() < policy.signaturesNeeded(),
        "rollback.signedBy",
        "Expected at least %d people in rollback.signedBy for %s, but found %d"
            .formatted(
                policy.signaturesNeeded(),
                StrategyView.word(policy.way()),
                policy.signedBy().size()));
    note(
        !plan.governance().approvers().containsAll(policy.signedBy()),
        "rollback.signedBy",
        "Expected rollback.signedBy among the approvers %s, but found %s"
            .formatted(plan.governance().approvers(), policy.signedBy()));
    boolean ofWrites = policy.way() == Way.MANUAL_REVIEW || policy.way() == Way.ACCEPT_LOSS;
    note(
        ofWrites && plan.data().isEmpty(),
        "rollback.policy",
        "Expected databases in 'data' for %s, but the plan has none: there are no writes to look at"
            .formatted(StrategyView.word(policy.way())));
  }

  private void spared() {
    List<String> touched = Touched.ofProduction(plan);
    note(
        !touched.isEmpty(),
        "rehearses",
        "Expected a rehearsal to touch nothing of production, but it would touch "
            + String.join(", ", touched));
  }

  private void losses() {
    note(
        plan.data().isEmpty(),
        "data",
        "no 'data': nothing is fenced, copied or drained; writes are not this plan's");
    note(
        plan.trafficSwitch().isEmpty(), "traffic", "no 'traffic': nobody moves or reverts traffic");
    plan.trafficSwitch().flatMap(ProviderNotes::unpromised).ifPresent(findings::add);
    findings.addAll(KeptRecords.notes(plan));
    findings.addAll(SwitchProofs.notes(plan));
    findings.addAll(Views.notes(plan));
    findings.addAll(ObjectRules.notes(plan));
    note(plan.watch().isEmpty(), "watch", "no 'watch': nothing rolls back by itself");
    note(
        plan.writingChecks().isEmpty(),
        "checks.writing",
        "no 'checks.writing': nobody tries to write on the target before it is accepted");
    note(
        plan.dataLayer() == DataLayer.SHARED,
        "dataLayer",
        "dataLayer shared: both sides may take writes at once");
    note(
        plan.dataLayer() == DataLayer.PARTITIONED,
        "dataLayer",
        "dataLayer partitioned: writes of one side are never on the other, whichever serves at"
            + " last");
    plan.trafficSwitch()
        .filter(_ -> plan.strategy() instanceof Canary canary && canary.shares())
        .ifPresent(traffic -> note(true, "strategy", "canary: " + ProviderNotes.shares(traffic)));
    RollbackPolicy policy = plan.rollback();
    note(
        policy.way() == Way.ACCEPT_LOSS,
        "rollback.policy",
        "rollback acceptLoss: writes that the target took are lost by a rollback, and counted");
    note(
        policy.way() == Way.FIX_FORWARD,
        "rollback.policy",
        "rollback fixForward: there is no way back once the target was told to open");
    note(
        policy.way() == Way.MANUAL_REVIEW,
        "rollback.policy",
        "rollback manualReview: nobody can write while people look at the target's writes");
    note(
        plan.data().isPresent() && policy.overrun() == Overrun.THAW_SOURCE,
        "rollback.overrun",
        "rollback.overrun thawSource: past maxRollbackOutage the target's last writes are lost, and"
            + " counted");
    note(
        !policy.keepsAWayBack() && policy.way() != Way.FIX_FORWARD,
        "rollback.window",
        "rollback.window 0s: accepting the target ends the way back at once");
  }

  /** The pattern's realistic window plus 50 percent. */
  private void buffer(Runbook runbook) {
    Duration path = criticalPath(runbook);
    Duration buffered = path.plus(path.dividedBy(2));
    plan.window()
        .length()
        .filter(length -> length.compareTo(buffered) < 0)
        .ifPresent(
            length ->
                note(
                    true,
                    "window",
                    "the window is %s long, but its steps may take %s by their deadlines, %s with"
                            .formatted(length, path, buffered)
                        + " half as much again as a buffer"));
  }

  /** Deadlines of one attempt at each step from go until the target is to be judged. */
  static Duration criticalPath(Runbook runbook) {
    Duration path = Duration.ZERO;
    boolean counts = false;
    for (Stage stage : runbook.stages()) {
      switch (stage) {
        case Stage.Gate(String _, Kind kind) -> {
          if (kind == Kind.OBSERVED) {
            return path;
          }
          counts = counts || kind == Kind.GO;
        }
        case Stage.Soak soak -> path = path.plus(soak.span());
        case Stage.Work work -> {
          if (counts) {
            path =
                path.plus(
                    work.steps().stream()
                        .map(Step::deadline)
                        .max(Duration::compareTo)
                        .orElse(Duration.ZERO));
          }
        }
      }
    }
    return path;
  }

  private void note(boolean when, String path, String sentence) {
    if (when) {
      findings.add(new Finding(path, sentence));
    }
  }

  private static Optional<String> unshareable(SwitchSpec traffic) {
    try {
      return traffic.at(50).isEmpty()
          ? Optional.of("Expected records to share out")
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
