package dev.cutover.runtime;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Spaces attempts: doubled after each, never above a bound, with full jitter over its upper half.
 *
 * @param first delay after the first attempt; positive
 * @param max longest delay; at least {@code first}
 * @param attemptsMax attempts allowed in all, at least 1
 */
public record Backoff(Duration first, Duration max, int attemptsMax) {
  public Backoff {
    if (!first.isPositive() || max.compareTo(first) < 0 || attemptsMax < 1) {
      throw new IllegalArgumentException(
          "Expected 0 < first <= max and attemptsMax >= 1, but got first=%s max=%s attemptsMax=%d"
              .formatted(first, max, attemptsMax));
    }
  }

  /** Returns whether an attempt may follow {@code attempt}, counted from 1. */
  public boolean allowsAfter(int attempt) {
    return attempt < attemptsMax;
  }

  /**
   * Returns the delay after {@code attempt}, counted from 1: between half of the step and the step.
   */
  public Duration delay(int attempt, RandomGenerator random) {
    int doublings = Math.clamp(attempt - 1L, 0, 30);
    long stepMs = Math.min(first.toMillis() << doublings, max.toMillis());
    return Duration.ofMillis(stepMs / 2 + random.nextLong(stepMs - stepMs / 2 + 1));
  }
}
