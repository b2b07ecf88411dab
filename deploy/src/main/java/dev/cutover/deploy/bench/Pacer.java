package dev.cutover.deploy.bench;

import java.util.concurrent.TimeUnit;

/** Lets so many go by in a second, evenly. Safe for use by many threads. */
final class Pacer {
  /** Whoever was held up may catch up by so many at once, and no more. */
  private static final int BURST = 5;

  private long intervalNanos;
  private long next = System.nanoTime();

  Pacer(int perSecond) {
    this.intervalNanos = 1_000_000_000L / perSecond;
  }

  /** Changes the pace for all that follow. */
  synchronized void perSecond(int perSecond) {
    intervalNanos = 1_000_000_000L / perSecond;
  }

  void await() throws InterruptedException {
    long wait = slot() - System.nanoTime();
    if (wait > 0) {
      TimeUnit.NANOSECONDS.sleep(wait);
    }
  }

  private synchronized long slot() {
    next = Math.max(next + intervalNanos, System.nanoTime() - BURST * intervalNanos);
    return next;
  }
}
