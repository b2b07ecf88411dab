package dev.cutover.orchestrator.domain;

import static dev.cutover.orchestrator.domain.Action.*;

import dev.cutover.contract.Side;
import dev.cutover.orchestrator.domain.RollbackPolicy.Way;
import dev.cutover.orchestrator.domain.Stage.Gate;
import dev.cutover.orchestrator.domain.Stage.Kind;
import dev.cutover.orchestrator.domain.Stage.Work;
import dev.cutover.orchestrator.domain.Step.OnFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The stages that runbooks are put together from, in the order in which they are called. Parts that
 * the plan leaves out leave their steps out, and a stage without steps is none.
 */
final class Stages {
  private static final int PREPARATION_ATTEMPTS = 3;
  private static final int SWITCH_ATTEMPTS = 3;

  private final Plan plan;
  private final Plan.Bounds bounds;
  private final boolean data;
  private final boolean traffic;
  private final boolean watch;
  private final List<Stage> stages = new ArrayList<>();
  private int retryFrom;

  Stages(Plan plan) {
    this.plan = plan;
    this.bounds = plan.bounds();
    this.data = plan.data().isPresent();
    this.traffic = plan.trafficSwitch().isPresent();
    this.watch = plan.watch().isPresent();
  }

  Runbook runbook() {
    return new Runbook(stages, retryFrom);
  }

  /** Everything that another go need not do again. */
  Stages prepare() {
    Duration learning = bounds.preparationStep().plus(bounds.baseline());
    work(
        "prepare",
        prepared(traffic, CAPTURE_RECORDS),
        prepared(data, PREPARE_REPLICATION),
        step(watch, LEARN_BASELINE, learning, OnFailure.HOLD));
    work("lower TTL", prepared(traffic, LOWER_TTL));
    boolean ours = !plan.autonomy().observes(); // by hand everything looks like somebody else's
    work(
        "watch the freeze",
        prepared(traffic && ours, WATCH_RECORDS),
        prepared(data && ours, WATCH_SCHEMA));
    work("copy", step(data, START_FORWARD_SYNC, bounds.copy(), OnFailure.HOLD));
    retryFrom = stages.size();
    return this;
  }

  /** Proves that the target could take over. */
  Stages validate() {
    work(
        "validate",
        step(data, COMPARE_DATA, bounds.copy(), OnFailure.HOLD),
        prepared(!plan.readingChecks().isEmpty(), CHECK_TARGET));
    return this;
  }

  Stages armTheWayBack() {
    work(
        "arm the way back",
        prepared(traffic, STAGE_SWITCH),
        prepared(data && plan.rollback().way() != Way.FIX_FORWARD, START_REVERSE_SYNC),
        prepared(data && !plan.autonomy().observes(), RENDER_SQL));
    work("write it down", prepared((data || traffic) && !plan.autonomy().observes(), WRITE_BUNDLE));
    return this;
  }

  /** Waits for old answers to die out and for people; then proves the streams. */
  Stages go() {
    gate(traffic, "old TTL expired", Kind.OLD_TTL_EXPIRED);
    gate(plan.rollback().signaturesNeeded() > 0, plan.rollback().gate(), Kind.SIGNED);
    gate(true, "go", Kind.GO);
    work(
        "prove both streams",
        prepared(data, ALIGN_TARGET_SEQUENCES),
        prepared(data && plan.rollback().way() != Way.FIX_FORWARD, PROVE_ROUND_TRIP));
    return this;
  }

  /**
   * What changed since the last comparison, while both streams run: inside the outage there is only
   * what changes from here on.
   */
  Stages compareChanged() {
    work("compare what changed", step(data, COMPARE_CHANGED, bounds.copy(), OnFailure.HOLD));
    return this;
  }

  Stages fence() {
    work("fence and drain", switching(data, FENCE_SOURCE));
    return this;
  }

  /** What can have changed since the last full comparison. */
  Stages validateFinal() {
    work("final validation", switching(data, VALIDATE_FINAL));
    return this;
  }

  /** All data, while nobody can write. */
  Stages validateInFull() {
    Duration most = bounds.goBackAfter();
    Duration deadline = bounds.copy().compareTo(most) < 0 ? bounds.copy() : most;
    work("full validation", step(data, VALIDATE_FULL, deadline, OnFailure.GO_BACK));
    return this;
  }

  Stages shift() {
    work("shift", switching(traffic, SHIFT_TRAFFIC));
    return this;
  }

  /** Shares of the traffic, one after the other. */
  Stages shift(Strategy.Canary canary) {
    boolean first = true;
    for (Strategy.Weight weight : canary.weights()) {
      work(
          "shift %d %%".formatted(weight.percent()),
          Optional.of(
              new Step(
                  weight.stepName(),
                  SHIFT_TRAFFIC,
                  bounds.switchStep(),
                  SWITCH_ATTEMPTS,
                  OnFailure.GO_BACK)));
      if (first) {
        startWatch();
        first = false;
      }
      if (weight.percent() < 100) {
        work(
            "verify %d %%".formatted(weight.percent()),
            Optional.of(
                new Step(
                    weight.proofName(),
                    VERIFY_SPLIT,
                    bounds.proof(),
                    SWITCH_ATTEMPTS,
                    OnFailure.HOLD)));
        stages.add(
            new Stage.Soak(
                "soak %d %%".formatted(weight.percent()),
                weight.percent(),
                weight.soak(),
                weight.requests()));
      }
    }
    return this;
  }

  Stages open() {
    work("open", switching(data, OPEN_TARGET));
    return this;
  }

  Stages verify() {
    work("verify", step(traffic, VERIFY_SHIFT, bounds.proof(), OnFailure.HOLD), watching());
    verifyViews();
    gate(traffic, "TTL expired", Kind.SWITCH_TTL_EXPIRED);
    return this;
  }

  /** Proves each view from where its people are. */
  Stages verifyViews() {
    List<Step> proofs = Views.proofs(plan, Side.TARGET, OnFailure.HOLD);
    if (!proofs.isEmpty()) {
      stages.add(new Work("verify views", proofs));
    }
    return this;
  }

  /** Proves traffic and the target before anybody writes there. */
  Stages verifyBeforeOpening() {
    work("verify", step(traffic, VERIFY_SHIFT, bounds.proof(), OnFailure.GO_BACK));
    gate(traffic, "TTL expired", Kind.SWITCH_TTL_EXPIRED);
    work(
        "reading checks",
        plan.readingChecks().isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Step(
                    "check-target-before-open",
                    CHECK_TARGET,
                    bounds.proof(),
                    SWITCH_ATTEMPTS,
                    OnFailure.GO_BACK)));
    return this;
  }

  Stages verifyAll() {
    work("verify", step(traffic, VERIFY_SHIFT, bounds.proof(), OnFailure.HOLD));
    gate(traffic, "TTL expired", Kind.SWITCH_TTL_EXPIRED);
    return this;
  }

  Stages startWatch() {
    work("watch", watching());
    return this;
  }

  /** Judges the target until it is accepted. */
  Stages observe() {
    work(
        "writing checks",
        step(
            !plan.writingChecks().isEmpty(),
            CHECK_TARGET_WRITES,
            bounds.proof(),
            OnFailure.GO_BACK));
    gate(true, "observed", Kind.OBSERVED);
    return this;
  }

  /** The way back stays for as long as the plan says; then it is given up. */
  Stages end() {
    gate(plan.rollback().keepsAWayBack(), "rollback window", Kind.ROLLBACK_WINDOW);
    work(
        "give up the way back",
        step(watch, STOP_WATCHING, bounds.preparationStep(), OnFailure.REPORT),
        prepared(data, DROP_REPLICATION));
    work("clean up", prepared(traffic, RESTORE_TTL));
    return this;
  }

  private Optional<Step> watching() {
    return step(watch, WATCH_HEALTH, bounds.switchStep(), OnFailure.HOLD);
  }

  private Optional<Step> prepared(boolean wanted, Action action) {
    return step(wanted, action, bounds.preparationStep(), OnFailure.HOLD);
  }

  private Optional<Step> switching(boolean wanted, Action action) {
    return step(wanted, action, bounds.switchStep(), OnFailure.GO_BACK);
  }

  private static Optional<Step> step(
      boolean wanted, Action action, Duration deadline, OnFailure onFailure) {
    int attempts = onFailure == OnFailure.GO_BACK ? SWITCH_ATTEMPTS : PREPARATION_ATTEMPTS;
    return wanted ? Optional.of(Step.of(action, deadline, attempts, onFailure)) : Optional.empty();
  }

  private void gate(boolean wanted, String name, Kind kind) {
    if (wanted) {
      stages.add(new Gate(name, kind));
    }
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  private void work(String name, Optional<Step>... steps) {
    List<Step> present = Arrays.stream(steps).flatMap(Optional::stream).toList();
    if (!present.isEmpty()) {
      stages.add(new Work(name, present));
    }
  }
}
