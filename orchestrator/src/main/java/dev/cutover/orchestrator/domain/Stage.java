package dev.cutover.orchestrator.domain;

import java.time.Duration;
import java.util.List;

/** A part of a runbook; the next begins when it is complete. */
public sealed interface Stage {
  /** For people. */
  String name();

  /** Steps that are done side by side. */
  record Work(String name, List<Step> steps) implements Stage {
    public Work {
      steps = List.copyOf(steps);
    }
  }

  /** A wait for time, for people, or for evidence. */
  record Gate(String name, Kind kind) implements Stage {}

  /**
   * The target is judged with a share of the traffic.
   *
   * @param percent the share
   * @param span how long it must be healthy
   * @param requests how many requests it must have taken meanwhile
   */
  record Soak(String name, int percent, Duration span, long requests) implements Stage {}

  /** What a gate waits for. */
  enum Kind {
    /** The old TTL has expired everywhere, counted from the last authority. */
    OLD_TTL_EXPIRED,
    /** Those whom the plan names sign that there may be no way back without loss. */
    SIGNED,
    /** Two different people say go, inside the window. */
    GO,
    /** The TTL in force at the switch has expired everywhere. */
    SWITCH_TTL_EXPIRED,
    /** The target was healthy for the observation time. */
    OBSERVED,
    /** The time is over in which the target may still be left. */
    ROLLBACK_WINDOW
  }
}
