package dev.cutover.sync.adapter;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Finds a capture whose connection is dead though nothing ended it: the server has given up on it
 * ({@code wal_sender_timeout}) and let the slot go, and the capture, which never waits for an
 * answer, has not heard of that. One thread.
 */
final class CaptureSigns {
  private static final String READER =
      "SELECT active_pid::text FROM pg_replication_slots WHERE slot_name = ?";

  private final String slot;
  private final Duration patience;
  private final LongSupplier engines;
  private final Runnable renew;
  private long engine = -1;
  private boolean wasRead;
  private long readNanos;

  /**
   * @param patience for how long the slot of an engine that has read it may have no reader
   * @param engines which engine it is that runs
   * @param renew has that engine replaced; returns at once
   */
  CaptureSigns(String slot, Duration patience, LongSupplier engines, Runnable renew) {
    this.slot = slot;
    this.patience = patience;
    this.engines = engines;
    this.renew = renew;
  }

  void look(Connection captured) throws SQLException {
    long running = engines.getAsLong();
    boolean isRead = PostgresSql.query(captured, READER, slot).isPresent();
    if (running != engine || isRead) {
      wasRead = isRead;
      engine = running;
      readNanos = System.nanoTime();
    } else if (wasRead && System.nanoTime() - readNanos > patience.toNanos()) {
      wasRead = false;
      renew.run();
    }
  }
}
