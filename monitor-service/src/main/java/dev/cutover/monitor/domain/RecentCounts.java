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

  /** The sum of what came at that moment or after it; as far back as the window. */
  Arm since(Instant from) {
    Arm sum = new Arm(0, 0);
    for (Entry entry : entries.reversed()) {
      if (entry.at().isBefore(from)) {
        break;
      }
      sum = sum.plus(new Arm(entry.n(), entry.e()));
    }
    return sum;
  }

  private record Entry(Instant at, long n, long e) {}
}
