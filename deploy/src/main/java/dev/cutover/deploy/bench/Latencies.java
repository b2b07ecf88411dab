package dev.cutover.deploy.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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

  /** As many parts as that, in the order in which they came: for medians and spread. */
  synchronized List<Latencies> parts(int number) {
    List<Latencies> parts = new ArrayList<>();
    for (int part = 0; part < number; part++) {
      Latencies next = new Latencies();
      int from = (int) ((long) count * part / number);
      int to = (int) ((long) count * (part + 1) / number);
      for (int n = from; n < to; n++) {
        next.add(nanos[n]);
      }
      parts.add(next);
    }
    return parts;
  }

  /** Forgets all: what follows is what counts. */
  synchronized void clear() {
    count = 0;
  }
}
