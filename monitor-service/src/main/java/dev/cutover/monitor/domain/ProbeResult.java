package dev.cutover.monitor.domain;

import dev.cutover.contract.Side;
import java.time.Duration;
import java.time.Instant;

/**
 * How one walk of a journey ended.
 *
 * @param vantage from where it was walked, such as {@code pinned}
 * @param beganAt when its first step was asked for
 * @param at when it ended
 */
public record ProbeResult(
    String journey, Side side, String vantage, Instant beganAt, Instant at, Outcome outcome) {
  /** Passed or not; nothing between. */
  public sealed interface Outcome {
    /** Every step answered as expected. */
    record Passed(Duration took) implements Outcome {}

    /**
     * A step did not.
     *
     * @param reason which step, what was expected, what was seen
     */
    record Failed(String reason) implements Outcome {}
  }

  public boolean isPassed() {
    return outcome instanceof Outcome.Passed;
  }
}
