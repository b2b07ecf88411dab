package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.UNREACHABLE;

import dev.cutover.dns.domain.RateBudget;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.Pace;
import java.time.Duration;

/**
 * When the next request of an order may be sent: within the order's time, and within what its
 * account may send. Waits for the budget, not for answers that were refused.
 */
final class CallTurn {
  private static final Duration CALL_MIN = Duration.ofMillis(100);

  private final String provider;
  private final RateBudget budget;
  private final Urgency urgency;
  private final Pace pace;
  private final Duration within;
  private final long endNanos;

  /**
   * @param provider its name, for people
   */
  CallTurn(String provider, RateBudget budget, Urgency urgency, Pace pace, Duration within) {
    this.provider = provider;
    this.budget = budget;
    this.urgency = urgency;
    this.pace = pace;
    this.within = within;
    this.endNanos = pace.nanoTime() + within.toNanos();
  }

  /** Waits for the next request's turn; says how long its answer may take. */
  Duration await() throws SwitchFailure {
    while (true) {
      Duration left = left();
      if (left.compareTo(CALL_MIN) < 0) {
        throw unreachable(
            "Expected to be done with %s within %d ms, but the time of the order is over"
                .formatted(provider, within.toMillis()));
      }
      Duration wait = budget.take(urgency, pace.nanoTime());
      if (wait.isZero()) {
        return left;
      }
      if (wait.compareTo(left) >= 0) {
        throw unreachable(
            "Expected a request to %s within the budget of this service, but it is used up for %d ms more; what is left is kept for reverts"
                .formatted(provider, wait.toMillis()));
      }
      try {
        pace.sleep(wait);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw unreachable(
            "Expected to wait for the budget of %s, but the order was ended".formatted(provider));
      }
    }
  }

  /** The order's time that is left; may be negative. */
  Duration left() {
    return Duration.ofNanos(endNanos - pace.nanoTime());
  }

  private static SwitchFailure unreachable(String reason) {
    return new SwitchFailure(UNREACHABLE, reason, true);
  }
}
