package dev.cutover.sync.adapter;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The thread that watches a stream of somebody else's until it is closed. What it watches goes on
 * without it.
 */
final class StreamWatch implements AutoCloseable {
  private static final Duration ENDS_WITHIN = Duration.ofSeconds(10);

  private final CountDownLatch closed = new CountDownLatch(1);
  private final StreamGauge gauge;
  private final Thread thread;

  /**
   * Begins.
   *
   * @param gauge says that it stopped once it is closed
   * @param watching goes on until {@link #isClosed}
   */
  StreamWatch(String stream, StreamGauge gauge, Runnable watching) {
    this.gauge = gauge;
    this.thread = Thread.ofVirtual().name("watch-" + stream).unstarted(watching);
  }

  void start() {
    thread.start();
  }

  boolean isClosed() {
    return closed.getCount() == 0;
  }

  /** Waits so long; whether it was closed meanwhile, or interrupted. */
  boolean isClosedAfter(Duration span) {
    try {
      return closed.await(span.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  /** It stands: nothing is watched any more, and the gauge says why. */
  void fail(String reason) {
    gauge.fail(reason);
    closed.countDown();
  }

  @Override
  public void close() {
    closed.countDown();
    gauge.fail("stopped");
    try {
      thread.join(ENDS_WITHIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
