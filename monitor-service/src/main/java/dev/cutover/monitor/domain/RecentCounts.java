package dev.cutover.monitor.domain;

import dev.cutover.monitor.domain.AttributionGate.Arm;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/** Counts of the last moments, summed. */
final class RecentCounts {
  private final Duration window;
  private final Deque<Entry> entries = new ArrayDeque<>();
  private long requests;
  private long bad;

  RecentCounts(Duration window) {
    this.window = window;
  }

  void add(Instant at, long n, long e) {
    entries.addLast(new Entry(at, n, e));
    requests += n;
    bad += e;
  }

  /** The sum of the window that ends now. */
  Arm arm(Instant now) {
    while (!entries.isEmpty() && !entries.getFirst().at().isAfter(now.minus(window))) {
      Entry old = entries.removeFirst();
      requests -= old.n();
      bad -= old.e();
    }
    return new Arm(requests, bad);
  }

  private record Entry(Instant at, long n, long e) {}
}
