package dev.cutover.deploy.bench;

import java.util.Arrays;

/** Collects durations and tells their quantiles. Safe for use by many threads. */
final class Latencies {
  private long[] nanos = new long[1024];
  private int count;

  synchronized void add(long durationNanos) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, count * 2);
    }
    nanos[count++] = durationNanos;
  }

  synchronized int count() {
    return count;
  }

  /** The duration that so many of all do not exceed, in milliseconds; -1 when there is none. */
  synchronized double quantileMs(double share) {
    if (count == 0) {
      return -1;
    }
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return sorted[(int) Math.min(count - 1L, (long) Math.ceil(share * count) - 1)] / 1e6;
  }

  /** Forgets all: what follows is what counts. */
  synchronized void clear() {
    count = 0;
  }
}
