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
  private final double full;
  private double available;
  private long countedAtNanos;

  /**
   * A full budget: twice what a second brings, half of it kept for reverts.
   *
   * @param requestsPerSecond what the account allows this process, 1 or more
   */
  public RateBudget(int requestsPerSecond, long nowNanos) {
    this(requestsPerSecond, 2.0 * requestsPerSecond, nowNanos);
  }

  private RateBudget(double requestsPerSecond, double full, long nowNanos) {
    this.requestsPerSecond = requestsPerSecond;
    this.full = full;
    this.available = full;
    this.countedAtNanos = nowNanos;
  }

  /**
   * A full budget for a limit over a longer time: a quarter of it at once, the rest evenly; so
   * never more than the limit, wherever that time is thought to begin. Half of the quarter is kept
   * for reverts.
   *
   * @param requests in that time, 8 or more
   */
  public static RateBudget perSpan(int requests, Duration span, long nowNanos) {
    double atOnce = requests / 4.0;
    return new RateBudget((requests - atOnce) / span.toSeconds(), atOnce, nowNanos);
  }

  /** Takes one request. Zero if it may be sent now; else how long to wait before asking again. */
  public synchronized Duration take(Urgency urgency, long nowNanos) {
    double gained = (nowNanos - countedAtNanos) / NANOS_PER_SECOND * requestsPerSecond;
    available = Math.min(full, available + Math.max(0, gained));
    countedAtNanos = nowNanos;
    double kept =
        switch (urgency) {
          case ORDINARY -> full / 2;
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
