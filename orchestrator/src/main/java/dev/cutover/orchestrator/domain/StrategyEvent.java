package dev.cutover.orchestrator.domain;

import dev.cutover.orchestrator.domain.SagaState.Observing;
import java.time.Instant;

/** Events of traffic that moves share by share. */
public sealed interface StrategyEvent extends SagaEvent.Area {
  /** The target is judged with the share of that stage. */
  record SoakBegan(int stage, Instant since, Instant until) implements StrategyEvent {}

  /** Applies one. Pure. */
  static Cutover evolve(Cutover cutover, StrategyEvent event) {
    return switch (event) {
      case SoakBegan e ->
          cutover
              .with(new Observing(e.stage(), e.since(), e.until()))
              .with(cutover.world().with(cutover.world().share().counted()));
    };
  }
}
