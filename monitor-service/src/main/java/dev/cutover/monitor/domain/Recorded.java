package dev.cutover.monitor.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.HealthBaseline;
import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.contract.Side;
import dev.cutover.contract.WatchSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A line of a watch's recording. In their order they are all that a verdict depends on, so whoever
 * judges them again comes to the same ({@link Replay}).
 */
public sealed interface Recorded {
  /** The first line: what is watched, and by which limits. */
  record Began(
      CutoverId cutover,
      long epoch,
      WatchSpec spec,
      HealthBaseline baseline,
      Duration triggerLifetime,
      Instant at)
      implements Recorded {}

  /** A look at a side's metrics. */
  record Measured(Side side, Reading reading, Instant at) implements Recorded {}

  /** The end of a walk of a journey. */
  record Walked(ProbeResult result) implements Recorded {}

  /**
   * What was made of everything before it.
   *
   * @param detail one sentence
   * @param decision where this is the tick that decided
   */
  record Judged(
      Instant at, HealthVerdict verdict, String detail, Optional<RollbackTrigger> decision)
      implements Recorded {}
}
