package dev.cutover.orchestrator.outbound;

import dev.cutover.contract.FailureKind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** What is left of an order's time. */
record Deadline(Instant at, InstantSource clock) {
  /** No exchange takes longer, however far the deadline is. */
  private static final Duration EXCHANGE_MAX = Duration.ofSeconds(60);

  /** The bound of one exchange; refused when nothing is left. */
  Duration left() throws Refused {
    Duration left = Duration.between(clock.instant(), at);
    if (!left.isPositive()) {
      throw new Refused(
          FailureKind.TIMED_OUT, true, "Expected time to send it, but the deadline has passed");
    }
    return left.compareTo(EXCHANGE_MAX) < 0 ? left : EXCHANGE_MAX;
  }
}
