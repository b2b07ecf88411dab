package dev.cutover.orchestrator.domain;

import dev.cutover.orchestrator.domain.Stage.Work;
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
  public Runbook {
    stages = List.copyOf(stages);
  }

  /** Compiles a plan. Parts that the plan leaves out leave their steps out. */
  public static Runbook of(Plan plan) {
    return TeamSteps.into(
        switch (plan.strategy()) {
          case Strategy.BlueGreen _ -> BlueGreenRunbook.of(plan);
          case Strategy.BigBang _ -> BigBangRunbook.of(plan);
          case Strategy.Canary canary -> CanaryRunbook.of(plan, canary);
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
}
