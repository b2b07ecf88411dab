package dev.cutover.orchestrator.domain;

import static dev.cutover.orchestrator.domain.Action.*;

import dev.cutover.orchestrator.domain.Stage.Gate;
import dev.cutover.orchestrator.domain.Stage.Kind;
import dev.cutover.orchestrator.domain.Stage.Work;
import dev.cutover.orchestrator.domain.Step.OnFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The stages of a cutover, compiled from a plan. Pure: the same plan gives the same runbook.
 *
 * @param retryFrom index of the stage at which another go begins: data and TTL stay as prepared
 */
public record Runbook(List<Stage> stages, int retryFrom) {
  private static final int PREPARATION_ATTEMPTS = 3;
  private static final int SWITCH_ATTEMPTS = 3;

  public Runbook {
    stages = List.copyOf(stages);
  }

  /** Compiles a plan. Parts that the plan leaves out leave their steps out. */
  public static Runbook of(Plan plan) {
    return TeamSteps.into(
        switch (plan.strategy()) {
          case Strategy.BlueGreen _ -> blueGreen(plan);
        },
        plan);
  }

  /** Names of the steps that stay done between one go and the next. */
  Set<String> prepared() {
    return stages.subList(0, retryFrom).stream()
        .filter(Work.class::isInstance)
        .map(Work.class::cast)
        .flatMap(work -> work.steps().stream())
        .map(Step::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Runbook blueGreen(Plan plan) {
    Plan.Bounds bounds = plan.bounds();
    boolean data = plan.data().isPresent();
    boolean dns = plan.trafficSwitch().isPresent();
    boolean watch = plan.watch().isPresent();
    List<Stage> stages = new ArrayList<>();

    work(
        stages,
        "prepare",
        step(dns, CAPTURE_RECORDS, bounds.preparationStep(), OnFailure.HOLD),
        step(data, PREPARE_REPLICATION, bounds.preparationStep(), OnFailure.HOLD),
        step(
            watch,
            LEARN_BASELINE,
            bounds.preparationStep().plus(bounds.baseline()),
            OnFailure.HOLD));
    work(stages, "lower TTL", step(dns, LOWER_TTL, bounds.preparationStep(), OnFailure.HOLD));
    work(stages, "copy", step(data, START_FORWARD_SYNC, bounds.copy(), OnFailure.HOLD));
    int retryFrom = stages.size();
    work(
        stages,
        "validate",
        step(data, COMPARE_DATA, bounds.copy(), OnFailure.HOLD),
        step(
            !plan.readingChecks().isEmpty(),
            CHECK_TARGET,
            bounds.preparationStep(),
            OnFailure.HOLD));
    work(
        stages,
        "arm the way back",
        step(dns, STAGE_SWITCH, bounds.preparationStep(), OnFailure.HOLD),
        step(data, START_REVERSE_SYNC, bounds.preparationStep(), OnFailure.HOLD));
    if (dns) {
      stages.add(new Gate("old TTL expired", Kind.OLD_TTL_EXPIRED));
    }
    stages.add(new Gate("go", Kind.GO));
    work(
        stages,
        "prove both streams",
        step(data, ALIGN_TARGET_SEQUENCES, bounds.preparationStep(), OnFailure.HOLD),
        step(data, PROVE_ROUND_TRIP, bounds.preparationStep(), OnFailure.HOLD));
    work(
        stages,
        "fence and drain",
        step(data, FENCE_SOURCE, bounds.switchStep(), OnFailure.GO_BACK));
    work(
        stages,
        "final validation",
        step(data, VALIDATE_FINAL, bounds.switchStep(), OnFailure.GO_BACK));
    work(stages, "shift", step(dns, SHIFT_TRAFFIC, bounds.switchStep(), OnFailure.GO_BACK));
    work(stages, "open", step(data, OPEN_TARGET, bounds.switchStep(), OnFailure.GO_BACK));
    work(
        stages,
        "verify",
        step(dns, VERIFY_SHIFT, bounds.proof(), OnFailure.HOLD),
        step(watch, WATCH_HEALTH, bounds.switchStep(), OnFailure.HOLD));
    if (dns) {
      stages.add(new Gate("TTL expired", Kind.SWITCH_TTL_EXPIRED));
    }
    work(
        stages,
        "writing checks",
        step(
            !plan.writingChecks().isEmpty(),
            CHECK_TARGET_WRITES,
            bounds.proof(),
            OnFailure.GO_BACK));
    stages.add(new Gate("observed", Kind.OBSERVED));
    work(
        stages,
        "accept",
        step(watch, STOP_WATCHING, bounds.preparationStep(), OnFailure.REPORT),
        step(dns, RESTORE_TTL, bounds.preparationStep(), OnFailure.HOLD));
    work(
        stages, "clean up", step(data, DROP_REPLICATION, bounds.preparationStep(), OnFailure.HOLD));
    return new Runbook(stages, retryFrom);
  }

  /** Index of the stage that orders that action; empty when the plan leaves it out. */
  public Optional<Integer> indexOf(Action action) {
    for (int index = 0; index < stages.size(); index++) {
      if (stages.get(index) instanceof Work work
          && work.steps().stream().anyMatch(step -> step.action() == action)) {
        return Optional.of(index);
      }
    }
    return Optional.empty();
  }

  private static Optional<Step> step(
      boolean wanted, Action action, Duration deadline, OnFailure onFailure) {
    int attempts = onFailure == OnFailure.GO_BACK ? SWITCH_ATTEMPTS : PREPARATION_ATTEMPTS;
    return wanted ? Optional.of(Step.of(action, deadline, attempts, onFailure)) : Optional.empty();
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  private static void work(List<Stage> stages, String name, Optional<Step>... steps) {
    List<Step> present = Arrays.stream(steps).flatMap(Optional::stream).toList();
    if (!present.isEmpty()) {
      stages.add(new Work(name, present));
    }
  }
}
