package dev.cutover.orchestrator.outbound;

import dev.cutover.runtime.Backoff;
import dev.cutover.runtime.LogKeys;
import dev.cutover.runtime.MessageLoop;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the outbound loop turning on a thread of its own, beside the saga's. When it fails it is
 * made anew, ever more slowly; the saga goes on meanwhile.
 */
public final class OutboundLoop implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(OutboundLoop.class);
  private static final Duration ROUND = Duration.ofMillis(100);
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(15);
  private static final Backoff AGAIN =
      new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30), Integer.MAX_VALUE);

  private final Supplier<MessageLoop> loops;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable MessageLoop turning;

  private OutboundLoop(Supplier<MessageLoop> loops) {
    this.loops = loops;
    this.thread = Thread.ofPlatform().name("outbound-loop").unstarted(this::run);
  }

  /** Starts it; {@code loops} makes each loop anew. */
  public static OutboundLoop start(Supplier<MessageLoop> loops) {
    OutboundLoop outbound = new OutboundLoop(loops);
    outbound.thread.start();
    return outbound;
  }

  private boolean stopped() {
    return stopping.getCount() == 0;
  }

  private void run() {
    int failures = 0;
    while (!stopped()) {
      long startedNanos = System.nanoTime();
      try {
        turn(loops.get());
      } catch (RuntimeException e) {
        LOGGER
            .atError()
            .addKeyValue(LogKeys.SERVICE, "outbound")
            .setCause(e)
            .log("outbound loop failed; it is made anew");
        boolean ranWell = System.nanoTime() - startedNanos > AGAIN.max().toNanos();
        failures = ranWell ? 1 : failures + 1;
        pause(AGAIN.delay(failures, ThreadLocalRandom.current()));
      }
    }
  }

  private void turn(MessageLoop loop) {
    turning = loop;
    try {
      loop.open();
      while (!stopped()) {
        loop.round(ROUND);
      }
    } finally {
      turning = null;
      loop.close();
    }
  }

  private void pause(Duration span) {
    try {
      var _ = stopping.await(span.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether partitions were assigned to it. */
  public boolean assigned() {
    MessageLoop loop = turning;
    return loop != null && loop.assigned();
  }

  @Override
  public void close() {
    stopping.countDown();
    MessageLoop loop = turning;
    if (loop != null) {
      loop.wake();
    }
    try {
      if (!thread.join(STOP_TIMEOUT)) {
        LOGGER.atWarn().addKeyValue(LogKeys.SERVICE, "outbound").log("loop did not end in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
