package dev.cutover.deploy.bench;

import java.sql.SQLException;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what databases and processes say. */
final class Waiting {
  private static final Duration PAUSE = Duration.ofMillis(2);

  /** Between questions that cost whoever is asked something. */
  private static final Duration POLITE_PAUSE = Duration.ofMillis(50);

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
      until(what, within, PAUSE, condition::getAsBoolean);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As {@link #untilTrue}, but asks rarely: whoever is measured should not be busy answering. */
  static void untilReady(String what, Duration within, BooleanSupplier ready)
      throws InterruptedException {
    try {
      until(what, within, POLITE_PAUSE, ready::getAsBoolean);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Asks until it is so. */
  static void until(String what, Duration within, Condition condition)
      throws SQLException, InterruptedException {
    until(what, within, PAUSE, condition);
  }

  private static void until(String what, Duration within, Duration pause, Condition condition)
      throws SQLException, InterruptedException {
    long untilNanos = System.nanoTime() + within.toNanos();
    while (!condition.isMet()) {
      if (System.nanoTime() - untilNanos > 0) {
        throw new IllegalStateException(
            "Expected %s within %s, but it did not happen".formatted(what, within));
      }
      Thread.sleep(pause);
    }
  }
}
