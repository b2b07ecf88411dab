package dev.cutover.orchestrator.domain;

import dev.cutover.contract.RehearsalResult;
import java.time.Duration;
import java.time.Instant;

/** What was tried beforehand, and what is measured for the forecast. */
public sealed interface RehearsalEvent extends SagaEvent.Area {
  /**
   * A drill of the fence was ordered; its answer has the figures.
   *
   * @param max how long writes may be refused
   */
  record DrillOrdered(String requestId, String actor, Duration max)
      implements RehearsalEvent, SagaEvent.Answer {}

  /**
   * How the forward stream does: on a change that matters, and rarely.
   *
   * @param pace as in {@link Foresight.Stream}
   */
  record ForwardStreamNoted(boolean running, long lagMs, double pace, Instant at)
      implements RehearsalEvent {}

  /** A rehearsal of this cutover ended. */
  record RehearsalCredited(String requestId, String actor, RehearsalResult result, Instant at)
      implements RehearsalEvent, SagaEvent.Answer {}

  /** The state after an event of this area. Pure. */
  static Cutover apply(Cutover cutover, RehearsalEvent event) {
    Readiness readiness = cutover.readiness();
    Foresight foresight = readiness.foresight();
    return cutover.with(
        readiness.with(
            switch (event) {
              case DrillOrdered e -> foresight.withDrillMax(e.max());
              case ForwardStreamNoted e ->
                  foresight.with(new Foresight.Stream(e.running(), e.lagMs(), e.pace(), e.at()));
              case RehearsalCredited e -> foresight.with(e.result());
            }));
  }
}
