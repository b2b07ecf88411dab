package dev.cutover.dns.domain;

import java.time.Duration;

/**
 * Requests that may be sent to an account which throttles (token bucket). A part is kept for
 * reverts: whoever has used up the rest by looking must not keep traffic from going back (trap 9).
 * Safe for several threads; time is given, never read.
 */
public final class RateBudget {
  /** What a request is for. */
  public enum Urgency {
    /** Waits until more is there than what is kept. */
    ORDINARY,
    /** Takes what is kept, too. */
    REVERT
  }

  private static final double NANOS_PER_SECOND = 1e9;

  private final double requestsPerSecond;
  private double available;
  private long countedAtNanos;

  /**
   * A full budget: twice what a second brings, half of it kept for reverts.
   *
   * @param requestsPerSecond what the account allows this process, 1 or more
   */
  public RateBudget(int requestsPerSecond, long nowNanos) {
    this.requestsPerSecond = requestsPerSecond;
    this.available = 2.0 * requestsPerSecond;
    this.countedAtNanos = nowNanos;
  }

  /** Takes one request. Zero if it may be sent now; else how long to wait before asking again. */
  public synchronized Duration take(Urgency urgency, long nowNanos) {
    double gained = (nowNanos - countedAtNanos) / NANOS_PER_SECOND * requestsPerSecond;
    available = Math.min(2.0 * requestsPerSecond, available + Math.max(0, gained));
    countedAtNanos = nowNanos;
    double kept =
        switch (urgency) {
          case ORDINARY -> requestsPerSecond;
          case REVERT -> 0;
        };
    double missing = kept + 1 - available;
    if (missing <= 0) {
      available--;
      return Duration.ZERO;
    }
    return Duration.ofNanos((long) Math.ceil(missing / requestsPerSecond * NANOS_PER_SECOND));
  }
}
