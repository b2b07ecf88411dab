package dev.cutover.deploy.bench;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what databases and processes say. */
final class Waiting {
  private static final long PAUSE_MS = 2;

  private Waiting() {}

  /** Asks a database. */
  @FunctionalInterface
  interface Condition {
    boolean isMet() throws SQLException;
  }

  /** Asks until it is so, where asking can't fail. */
  static void untilTrue(String what, Duration within, BooleanSupplier condition)
      throws InterruptedException {
    try {
      until(what, within, condition::getAsBoolean);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Asks until it is so. */
  static void until(String what, Duration within, Condition condition)
      throws SQLException, InterruptedException {
    long untilNanos = System.nanoTime() + within.toNanos();
    while (!condition.isMet()) {
      if (System.nanoTime() - untilNanos > 0) {
        throw new IllegalStateException(
            "Expected %s within %s, but it did not happen".formatted(what, within));
      }
      TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
    }
  }
}
