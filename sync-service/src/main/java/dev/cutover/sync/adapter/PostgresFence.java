package dev.cutover.sync.adapter;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import dev.cutover.sync.domain.WriteGate.FenceOrder;
import dev.cutover.sync.domain.WriteGate.Fenced;
import dev.cutover.sync.domain.WriterRow;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * One run of the fence's sequence (correctness.md 2.3) in one database. Sessions are opened before
 * it, so that connecting is not part of the outage.
 */
final class PostgresFence {
  /** A lock that is not there after this time is blocked by somebody who has to go. */
  private static final int LOCK_TIMEOUT_MS = 150;

  /** Without the right to set deadlock_timeout, autovacuum gives way only after its default. */
  private static final int LOCK_TIMEOUT_WITHOUT_RIGHT_MS = 1500;

  /** A fence that is not complete by now has failed: writes have been refused all the time. */
  private static final int BUDGET_MS = 5000;

  /** Of a drill's time: the rest is for the drain and the thaw. */
  private static final double DRILL_SHARE = 0.6;

  private static final String FENCEABLE = "(epoch < ? OR (epoch = ? AND state = 'FENCED'))";

  /** What is fenced already stays so: a drill's fence ends by itself. */
  private static final String DRILLABLE = "state = 'OPEN' AND epoch < ? AND epoch < ?";

  private static final int COMPLETENESS_ROUNDS_MAX = 20;
  private static final long POLL_NANOS = 1_000_000;

  private final DatabaseEndpoint database;
  private final FenceOrder order;
  private final InstantSource clock;
  private final PostgresSession fencer;
  private final PostgresSession applier;
  private final FenceBlockers blockers;
  private final int lockTimeoutMs;
  private final int budgetMs;
  private long begun;

  /**
   * Prepares a run; the sessions stay the caller's to close.
   *
   * @param fencer enables the triggers
   * @param applier writes the marker
   * @param lockTimeoutMs as {@link #lockTimeoutMs} found
   */
  PostgresFence(
      FenceOrder order,
      InstantSource clock,
      PostgresSession fencer,
      PostgresSession applier,
      FenceBlockers blockers,
      int lockTimeoutMs)
      throws SQLException {
    this.database = order.database();
    this.order = order;
    this.clock = clock;
    this.fencer = fencer;
    this.applier = applier;
    this.blockers = blockers;
    this.lockTimeoutMs = lockTimeoutMs;
    this.budgetMs =
        order
            .endsAfter()
            .map(length -> (int) Math.min(BUDGET_MS, length.toMillis() * DRILL_SHARE))
            .orElse(BUDGET_MS);
    // Who may end blockers stays in the queue while they go: whoever leaves it lets new writers
    // pass, and on a busy table never gets the lock.
    fencer.execute(
        "SET lock_timeout = '%dms'"
            .formatted(order.endBlockers() ? budgetMs : Math.min(budgetMs, lockTimeoutMs)));
    fencer.execute("SET synchronous_commit = off");
    applier.execute("SET synchronous_commit = on");
  }

  /** Ours is the session that notices a deadlock first, if the role may say so; else wait less. */
  static int lockTimeoutMs(PostgresSession fencer) throws SQLException {
    return fencer.succeeds("SET deadlock_timeout = '20ms'")
        ? LOCK_TIMEOUT_MS
        : LOCK_TIMEOUT_WITHOUT_RIGHT_MS;
  }

  Fenced run() throws SQLException, GateRefused, InterruptedException {
    List<String> tables = fencer.texts(CutoverSql.USER_TABLES);
    boolean ddl = FenceTriggers.ownsEventTrigger(fencer).orElse(false);
    FenceReach reach = FenceReach.find(fencer, blockers.applier(), ddl);
    Instant begunAt = clock.instant();
    begun = System.nanoTime();

    writeRow(ddl);
    Instant firstRefusedAt = clock.instant();
    for (String table : tables) {
      enable(table);
    }
    double tablesMs = msSince(begun);

    barrier();
    complete();
    WriterTable.requireFencedAt(order.epoch(), fencer, database);
    double barrierMs = msSince(begun);

    String markerId = writeMarker();
    return new Fenced(
        order.epoch(),
        begunAt,
        firstRefusedAt,
        markerId,
        tables.size(),
        blockers.ended(),
        ddl,
        reach.unreached(),
        tablesMs,
        barrierMs,
        msSince(begun));
  }

  private void writeRow(boolean ddl) throws SQLException, GateRefused {
    boolean written =
        fencer.inTransaction(
            () -> {
              if (fencer.execute(
                      "UPDATE cutover.writer SET epoch = ?, state = 'FENCED', step = ?,"
                          + " at = clock_timestamp(), by = session_user, cutover = ?,"
                          + " lease_until = ?, lease_epoch = ?, lease_other = ?,"
                          + " ends_at = clock_timestamp() + ?::interval"
                          + " WHERE NOT manual AND (cutover IS NULL OR cutover = ?) AND "
                          + (order.endsAfter().isPresent() ? DRILLABLE : FENCEABLE),
                      order.epoch(),
                      order.step().toString(),
                      order.step().cutover().value(),
                      order.lease().map(lease -> Timestamp.from(lease.until())).orElse(null),
                      order.epoch(),
                      order.lease().map(lease -> WriterTable.toText(lease.other())).orElse(null),
                      order
                          .endsAfter()
                          .map(length -> length.toMillis() + " milliseconds")
                          .orElse(null),
                      order.step().cutover().value(),
                      order.epoch(),
                      order.epoch())
                  == 0) {
                return false;
              }
              Optional<String> endsAt =
                  fencer.one(
                      row -> row.getString(1),
                      "SELECT ends_at::text FROM cutover.writer WHERE ends_at IS NOT NULL");
              fencer.execute(
                  CutoverSql.refuseWrite(
                      blockers.applier(), order.step().cutover().value(), order.epoch(), endsAt));
              fencer.execute(
                  CutoverSql.refuseDdl(
                      fencer.text("SELECT session_user"),
                      blockers.applier(),
                      order.step().cutover().value(),
                      order.epoch(),
                      endsAt));
              if (ddl) {
                fencer.execute("ALTER EVENT TRIGGER cutover_ddl ENABLE ALWAYS");
              }
              return true;
            });
    if (!written) {
      WriterRow row = WriterTable.read(fencer, database);
      WriterTable.requireOwn(row, order.step(), database);
      if (order.endsAfter().isPresent() && row.isFenced()) {
        throw new GateRefused(
            Reason.UNEXPECTED_STATE,
            "Expected %s to be OPEN before a drill, but it is FENCED at epoch %d since step %s: nothing was done"
                .formatted(database.address(), row.epoch(), row.step().orElse("unknown")));
      }
      throw WriterTable.newerEpoch(row, order.epoch(), database);
    }
  }

  /**
   * Enables the trigger of one table. Waiting for the lock is the barrier: it comes only when no
   * transaction that has written the table is left, and whoever queued behind it sees the trigger.
   */
  private void enable(String table) throws SQLException, GateRefused, InterruptedException {
    for (int attempt = 1; ; attempt++) {
      boolean created = false;
      try (FenceBlockers.Watch _ = blockers.watch()) {
        fencer.execute(CutoverSql.ENABLE_TRIGGER.formatted(table));
        created = true;
      } catch (SQLException e) {
        if (PostgresSession.UNDEFINED_TABLE.equals(e.getSQLState())) {
          return; // dropped since the list was read
        }
        if (!PostgresSession.isBusy(e)
            && !PostgresSession.UNDEFINED_OBJECT.equals(e.getSQLState())) {
          throw e;
        }
        if (PostgresSession.UNDEFINED_OBJECT.equals(e.getSQLState())) {
          createEnabled(table);
          created = true;
        }
      }
      if (created) {
        return;
      }
      requireTime("the lock on " + table, attempt);
    }
  }

  /** A table born after the preparation has no trigger yet. */
  private void createEnabled(String table) throws SQLException {
    fencer.transact(
        () -> {
          fencer.execute(CutoverSql.CREATE_TRIGGER.formatted(table));
          fencer.execute(CutoverSql.ENABLE_TRIGGER.formatted(table));
        });
  }

  /** Waits out every transaction that may have done something before the triggers were there. */
  private void barrier() throws SQLException, GateRefused, InterruptedException {
    fencer.execute("SET synchronous_commit = on");
    String fenceXid = fencer.text("SELECT pg_current_xact_id()::xid::text");
    long waitingSince = System.nanoTime();
    while (true) {
      List<Integer> older = blockers.olderThan(fenceXid);
      List<String> prepared = blockers.preparedTransactions();
      if (older.isEmpty() && prepared.isEmpty()) {
        return;
      }
      if (msSince(waitingSince) > lockTimeoutMs) {
        int waited = (int) (msSince(waitingSince) / lockTimeoutMs);
        requireTime("the end of older transactions", waited);
        blockers.end(older);
      }
      pause();
    }
  }

  /** Fences tables born meanwhile. */
  private void complete() throws SQLException, GateRefused, InterruptedException {
    for (int round = 1; round <= COMPLETENESS_ROUNDS_MAX; round++) {
      List<String> unfenced = fencer.texts(CutoverSql.UNFENCED_TABLES);
      if (unfenced.isEmpty()) {
        return;
      }
      for (String table : unfenced) {
        enable(table);
      }
      barrier();
    }
    throw new GateRefused(
        Reason.NOT_PROVEN,
        "Expected every table of %s to be fenced after %d rounds, but new ones keep appearing: stop what creates tables"
            .formatted(database.address(), COMPLETENESS_ROUNDS_MAX));
  }

  /** Committed durably after both barriers: who has applied it has applied everything. */
  private String writeMarker() throws SQLException {
    return applier.text(
        "INSERT INTO cutover.marker VALUES ('fence-' || ? || '-' || pg_current_xact_id()::text,"
            + " clock_timestamp()) RETURNING id",
        Long.toString(order.epoch()));
  }

  /** Refuses when who stands in the way may not be ended, or the deadline has passed. */
  private void requireTime(String what, int attempt)
      throws SQLException, GateRefused, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    WriterTable.requireFencedAt(order.epoch(), fencer, database);
    boolean late = msSince(begun) > budgetMs || !clock.instant().isBefore(order.deadline());
    boolean hopeless = !order.endBlockers() && attempt > FenceBlockers.ATTEMPTS_WITHOUT_ENDING_MAX;
    if (late || hopeless) {
      throw new GateRefused(
          Reason.BLOCKED,
          "Expected %s in %s within %s, but it is held: %s. %s"
              .formatted(
                  what,
                  database.address(),
                  late ? "the deadline" : "the lock time-out",
                  blockers.describe(),
                  order.endBlockers()
                      ? "Finish prepared transactions by COMMIT PREPARED or ROLLBACK PREPARED"
                      : "End them, or allow the plan to end what blocks the fence"));
    }
  }

  private static void pause() throws InterruptedException {
    LockSupport.parkNanos(POLL_NANOS);
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
  }

  private static double msSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e6;
  }
}
