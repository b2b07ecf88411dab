package dev.cutover.sync.adapter;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Disables the triggers of an opened side, each in a short transaction that shares the row. */
final class FenceRelaxation {
  private enum Relaxed {
    DONE,
    BUSY,
    VOID
  }

  private final PostgresSession fencer;
  private final long epoch;

  /**
   * @param fencer stays the caller's to close
   * @param epoch at which the side was opened
   */
  FenceRelaxation(PostgresSession fencer, long epoch) {
    this.fencer = fencer;
    this.epoch = epoch;
  }

  /** Returns how many are left; 0 when done or when the row has changed. */
  int run() throws SQLException {
    // A fence waits for this transaction's share of the row, so it must be short.
    fencer.execute("SET lock_timeout = '50ms'");
    fencer.succeeds("SET deadlock_timeout = '20ms'");
    int left = 0;
    List<String> statements = new ArrayList<>();
    if (FenceTriggers.ownsEventTrigger(fencer).orElse(false)) {
      statements.add("ALTER EVENT TRIGGER cutover_ddl DISABLE");
    }
    for (String table : fencer.texts(CutoverSql.TABLES_WITH_ENABLED_TRIGGER)) {
      statements.add(CutoverSql.DISABLE_TRIGGER.formatted(table));
    }
    for (String statement : statements) {
      switch (disable(statement)) {
        case DONE -> {}
        case BUSY -> left++;
        case VOID -> {
          return 0;
        }
      }
    }
    return left;
  }

  private Relaxed disable(String statement) throws SQLException {
    try {
      return fencer.inTransaction(
          () -> {
            if (fencer
                .one(
                    row -> 1,
                    "SELECT 1 FROM cutover.writer WHERE epoch = ? AND state = 'OPEN' AND NOT manual"
                        + " FOR SHARE",
                    epoch)
                .isEmpty()) {
              return Relaxed.VOID;
            }
            fencer.execute(statement);
            return Relaxed.DONE;
          });
    } catch (SQLException e) {
      if (PostgresSession.isBusy(e)) {
        return Relaxed.BUSY;
      }
      if (PostgresSession.UNDEFINED_TABLE.equals(e.getSQLState())) {
        return Relaxed.DONE;
      }
      throw e;
    }
  }
}
