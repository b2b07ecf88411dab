package dev.cutover.sync.domain;

/**
 * Spreads bytes over time so that never more than so many a second are taken, all askers together.
 * Pure but for its own sum; not safe for several threads.
 */
public final class ByteBudget {
  private static final double NANOS_PER_SECOND = 1e9;

  private final long bytesPerSecond;
  private long freeAtNanos;
  private boolean isStarted;

  /**
   * @param bytesPerSecond 1 or more
   */
  public ByteBudget(long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
  }

  /**
   * Takes bytes.
   *
   * @param nowNanos of a monotonic clock
   * @return how long to wait before the next are taken, in nanoseconds; time that nobody used is
   *     not made up for
   */
  public long take(long bytes, long nowNanos) {
    if (!isStarted || freeAtNanos - nowNanos < 0) {
      freeAtNanos = nowNanos;
      isStarted = true;
    }
    freeAtNanos += (long) (bytes * NANOS_PER_SECOND / bytesPerSecond);
    return freeAtNanos - nowNanos;
  }
}
