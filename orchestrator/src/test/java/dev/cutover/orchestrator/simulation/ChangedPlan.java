package dev.cutover.orchestrator.simulation;

import dev.cutover.contract.DataCheck;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.orchestrator.domain.*;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A plan that is as another one but for what a test changes. */
public final class ChangedPlan {
  public Optional<ReplicationSpec> data;
  public Optional<SwitchSpec> trafficSwitch;
  public List<DataCheck> dataChecks;
  public List<DataCheck> readingChecks;
  public Strategy strategy;
  public DataLayer dataLayer;
  public Governance governance;
  public Window window;
  public RollbackPolicy rollback;
  public ReadinessPolicy readiness;
  public Notices notices;
  public List<TeamStep> teamSteps;
  public Autonomy autonomy;
  public RehearsalTerms rehearsal;

  private ChangedPlan(Plan plan) {
    data = plan.data();
    trafficSwitch = plan.trafficSwitch();
    dataChecks = plan.dataChecks();
    readingChecks = plan.readingChecks();
    strategy = plan.strategy();
    dataLayer = plan.dataLayer();
    governance = plan.governance();
    window = plan.window();
    rollback = plan.rollback();
    readiness = plan.readiness();
    notices = plan.notices();
    teamSteps = plan.teamSteps();
    autonomy = plan.autonomy();
    rehearsal = plan.rehearsal();
  }

  /** That plan with these changes. */
  public static Plan of(Plan plan, Consumer<ChangedPlan> change) {
    ChangedPlan changed = new ChangedPlan(plan);
    change.accept(changed);
    return new Plan(
        plan.id(),
        changed.data,
        changed.trafficSwitch,
        plan.watch(),
        changed.dataChecks,
        changed.readingChecks,
        plan.writingChecks(),
        plan.sourceChecks(),
        changed.strategy,
        changed.dataLayer,
        changed.governance,
        changed.window,
        changed.rollback,
        changed.readiness,
        changed.notices,
        changed.teamSteps,
        changed.autonomy,
        plan.bounds(),
        changed.rehearsal,
        plan.programme(),
        plan.decisions());
  }
}
