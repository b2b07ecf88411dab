package dev.cutover.sync.adapter;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Sees, through a second session, who blocks the fence, and ends exactly those where the plan
 * allows it. Never the applier, who is exempt from the fence and gone in milliseconds.
 */
final class FenceBlockers {
  /** How many lock time-outs the fence waits when it may not end anybody. */
  static final int ATTEMPTS_WITHOUT_ENDING_MAX = 8;

  private static final long LOOK_AGAIN_MS = 10;

  private final PostgresSession session;
  private final int fencerPid;
  private final String applier;
  private final boolean endThem;
  private final TreeSet<String> seen = new TreeSet<>();
  private final int graceMs;
  private final Map<Integer, Long> blockingSince = new HashMap<>();
  private final TreeSet<Integer> endedPids = new TreeSet<>();

  /**
   * Watches for one fencing session.
   *
   * @param session another one than the fencing one; stays the caller's to close
   * @param graceMs how long autovacuum and short transactions have to go by themselves
   */
  FenceBlockers(
      PostgresSession session, int fencerPid, String applier, boolean endThem, int graceMs) {
    this.graceMs = graceMs;
    this.session = session;
    this.fencerPid = fencerPid;
    this.applier = applier;
    this.endThem = endThem;
  }

  int ended() {
    return endedPids.size();
  }

  String applier() {
    return applier;
  }

  /** Watches while the fencing session waits for a lock: blockers can be told only then. */
  Watch watch() {
    return new Watch();
  }

  /** Who blocked so far, for people. */
  String describe() throws SQLException {
    seen.addAll(preparedTransactions());
    return seen.isEmpty() ? "by sessions that are gone now" : String.join(", ", seen);
  }

  /** Sessions whose transaction began writing before the fence did. */
  List<Integer> olderThan(String fenceXid) throws SQLException {
    List<Integer> pids = new ArrayList<>();
    session
        .list(
            row -> List.of(row.getInt(1), row.getString(2)),
            "SELECT pid, format('pid %s (user %s, application ''%s'', %s)', pid, usename,"
                + " application_name, state) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), ?)"
                + " AND backend_xid IS NOT NULL AND age(backend_xid) > age(?::xid)",
            fencerPid,
            fenceXid)
        .forEach(
            row -> {
              pids.add((Integer) row.getFirst());
              seen.add((String) row.getLast());
            });
    if (pids.isEmpty()) {
      seen.clear();
    }
    return pids;
  }

  List<String> preparedTransactions() throws SQLException {
    return session.texts(
        "SELECT format('prepared transaction ''%s'' (owner %s)', gid, owner) FROM pg_prepared_xacts"
            + " WHERE database = current_database() ORDER BY 1");
  }

  /**
   * Ends them and waits for none: whether they are gone the lock tells. The ending stands in the
   * select list, never in the condition: conditions are evaluated in any order.
   */
  void end(List<Integer> pids) throws SQLException {
    for (int pid : endThem ? pids : List.<Integer>of()) {
      try {
        endedPids.addAll(
            session.list(
                row -> row.getInt(1),
                "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ?"
                    + " AND usename IS DISTINCT FROM ?",
                pid,
                applier));
      } catch (SQLException e) {
        if (!PostgresSession.INSUFFICIENT_PRIVILEGE.equals(e.getSQLState())) {
          throw e;
        }
        // A superuser's, or the server's own: it goes by itself or the deadline passes, and the
        // others must go all the same.
        seen.add("pid %d may not be ended by this login".formatted(pid));
      }
    }
  }

  private void look() throws SQLException {
    Set<Integer> pids = new HashSet<>();
    session
        .list(
            row -> List.of(row.getInt(1), row.getString(2)),
            "SELECT pid, format('pid %s (user %s, application ''%s'', %s)', pid, usename,"
                + " application_name, state) FROM pg_stat_activity"
                + " WHERE pid = ANY(pg_blocking_pids(?))",
            fencerPid)
        .forEach(
            row -> {
              pids.add((Integer) row.getFirst());
              seen.add((String) row.getLast());
            });
    long now = System.nanoTime();
    blockingSince.keySet().retainAll(pids);
    pids.forEach(pid -> blockingSince.putIfAbsent(pid, now));
    end(
        blockingSince.entrySet().stream()
            .filter(since -> now - since.getValue() > graceMs * 1_000_000L)
            .map(Map.Entry::getKey)
            .toList());
  }

  /** Looks again and again until it is closed; only one at a time uses the session. */
  final class Watch implements AutoCloseable {
    private final Thread thread;
    private volatile boolean over;

    private Watch() {
      this.thread = Thread.ofVirtual().name("fence-blockers").start(this::run);
    }

    private void run() {
      try {
        Thread.sleep(LOOK_AGAIN_MS); // most locks are there at once
        while (!over) {
          look();
          Thread.sleep(LOOK_AGAIN_MS);
        }
      } catch (SQLException e) {
        // The fence itself reports that it could not get the lock.
        seen.add("who blocks could not be read or ended: " + e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      over = true;
      boolean interrupted = false;
      while (thread.isAlive()) {
        try {
          thread.join();
        } catch (InterruptedException e) {
          interrupted = true; // the session must not be shared: wait for the look under way
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
