package dev.cutover.sync.adapter;

import dev.cutover.contract.CopyTerms;
import dev.cutover.sync.domain.ByteBudget;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a copy back as the plan asks for: by bytes a second, and while the source has much to do.
 * What can't be read counts as much. Safe for several threads.
 */
final class CopyThrottle implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(CopyThrottle.class);
  private static final long LOOK_MS = 500;
  private static final String ACTIVE =
      "SELECT count(*) FROM pg_stat_activity WHERE COALESCE(state, 'hidden') NOT LIKE 'idle%'"
          + " AND COALESCE(backend_type, 'client backend') = 'client backend'"
          + " AND COALESCE(application_name, '') NOT LIKE 'cutover-%'";

  private final Optional<ByteBudget> budget;
  private final CountDownLatch closing = new CountDownLatch(1);
  private boolean isWaiting;
  private boolean isClosed;

  CopyThrottle(CopyTerms terms, CopyPlaces.ConnectionSource source) {
    budget = terms.maxBytesPerSecond().map(ByteBudget::new);
    isWaiting = terms.maxSourceSessions().isPresent(); // until the first look
    terms
        .maxSourceSessions()
        .ifPresent(max -> Thread.ofVirtual().name("copy-lookout").start(() -> look(source, max)));
  }

  /** Takes so many bytes, and waits as long as that asks for. */
  void take(long bytes) throws InterruptedException {
    long waitNanos;
    synchronized (this) {
      while (isWaiting && !isClosed) {
        wait();
      }
      waitNanos = budget.map(found -> found.take(bytes, System.nanoTime())).orElse(0L);
    }
    if (waitNanos > 0) {
      TimeUnit.NANOSECONDS.sleep(waitNanos);
    }
  }

  /** True while the source has too much to do. */
  synchronized boolean isWaiting() {
    return isWaiting && !isClosed;
  }

  private void look(CopyPlaces.ConnectionSource source, int max) {
    while (!closed()) {
      try (Connection connection = source.open()) {
        while (!closed()) {
          String active = PostgresSql.query(connection, ACTIVE).orElse("");
          decide(active.isEmpty() || Integer.parseInt(active) > max);
          pause();
        }
      } catch (SQLException e) {
        LOGGER.atWarn().setCause(e).log("load of the source not read");
        decide(true);
        pause();
      }
    }
  }

  private synchronized void decide(boolean waits) {
    isWaiting = waits;
    notifyAll();
  }

  private void pause() {
    try {
      var _ = closing.await(LOOK_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
    }
  }

  private synchronized boolean closed() {
    return isClosed;
  }

  @Override
  public void close() {
    synchronized (this) {
      isClosed = true;
      notifyAll();
    }
    closing.countDown();
  }
}
