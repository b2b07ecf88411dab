package dev.cutover.orchestrator.domain;

import java.time.Instant;
import java.util.List;

/** Where a cutover is. Few states, any number of steps. */
public sealed interface SagaState {
  /** Nothing is known but the name. */
  record Planned() implements SagaState {}

  /** The steps of one stage are under way. */
  record Running(int stage) implements SagaState {}

  /**
   * At a gate.
   *
   * @param since when it came there
   * @param until when it opens (time) or when patience ends (people)
   */
  record Waiting(int stage, Instant since, Instant until) implements SagaState {}

  /**
   * The target serves and is being judged.
   *
   * @param since when the observation began
   * @param until when it ends, if the monitor then says healthy
   */
  record Observing(int stage, Instant since, Instant until) implements SagaState {}

  /**
   * On the way back, or on another way out.
   *
   * @param route stages still to do and done, decided when it began
   * @param stage index in the route
   * @param outage whether a step that must succeed has failed for so long that people were paged
   */
  record RollingBack(Route route, int stage, boolean outage) implements SagaState {}

  /** The source serves, streams run, the TTL is low: another go needs no new copy. */
  record Prepared(String reason, boolean rolledBack) implements SagaState {}

  /**
   * A person must decide.
   *
   * @param resumes the state to go on from
   */
  record Held(String reason, SagaState resumes) implements SagaState {}

  /** Nothing more will be done. */
  record Finished(Outcome outcome) implements SagaState {}

  /** Name for people and topics, such as {@code rolling back}. */
  default String label() {
    return switch (this) {
      case Planned _ -> "planned";
      case Running _ -> "running";
      case Waiting _ -> "waiting";
      case Observing _ -> "observing";
      case RollingBack _ -> "rolling back";
      case Prepared _ -> "prepared";
      case Held _ -> "held";
      case Finished _ -> "finished";
    };
  }

  /** How a cutover ends. */
  enum Outcome {
    COMPLETED,
    ABANDONED
  }

  /**
   * A way back, as data.
   *
   * @param stages in order; the steps of one are done side by side
   * @param then where it leads
   */
  record Route(Cause cause, String reason, List<List<RouteStep>> stages, Destination then) {
    public Route {
      stages = stages.stream().map(List::copyOf).toList();
    }
  }

  /**
   * One step of a way back.
   *
   * @param undo the journalled undo of a forward step; without one the order is made when it is
   *     sent
   */
  record RouteStep(Step step, Undo undo) {}

  /** Where a route leads. */
  enum Destination {
    PREPARED,
    ABANDONED,
    /** Two people look at the writes that the target took. */
    DELTA_REVIEW,
    /** The share of the traffic that was good before the breach. */
    LAST_GOOD_WEIGHT,
    /** The target was opened again because the source could not be brought up to date in time. */
    HELD_ON_TARGET
  }
}
