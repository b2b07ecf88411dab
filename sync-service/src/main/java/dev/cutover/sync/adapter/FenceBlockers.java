package dev.cutover.sync.adapter;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Sees, through a second session, who blocks the fence, and ends exactly those where the plan
 * allows it. Never the applier, who is exempt from the fence and gone in milliseconds.
 */
final class FenceBlockers implements AutoCloseable {
  /** How many lock time-outs the fence waits when it may not end anybody. */
  static final int ATTEMPTS_WITHOUT_ENDING_MAX = 8;

  private static final int END_TIMEOUT_MS = 1000;
  private static final long LOOK_AGAIN_MS = 10;

  private final PostgresSession session;
  private final int fencerPid;
  private final String applier;
  private final boolean endThem;
  private final TreeSet<String> seen = new TreeSet<>();
  private int ended;

  /**
   * Watches for one fencing session.
   *
   * @param session closed with this
   */
  FenceBlockers(PostgresSession session, int fencerPid, String applier, boolean endThem) {
    this.session = session;
    this.fencerPid = fencerPid;
    this.applier = applier;
    this.endThem = endThem;
  }

  int ended() {
    return ended;
  }

  String applier() {
    return applier;
  }

  /**
   * Watches while the fencing session waits for a lock: blockers can be told only then.
   *
   * @param active false: nothing is done
   */
  Watch watch(boolean active) {
    return new Watch(active);
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

  void end(List<Integer> pids) throws SQLException {
    if (endThem) {
      for (int pid : pids) {
        if (session.isTrue(
            "SELECT COALESCE((SELECT pg_terminate_backend(pid, ?) FROM pg_stat_activity"
                + " WHERE pid = ? AND usename IS DISTINCT FROM ?), false)",
            END_TIMEOUT_MS,
            pid,
            applier)) {
          ended++;
        }
      }
    }
  }

  private void look() throws SQLException {
    List<Integer> pids = new ArrayList<>();
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
    end(pids);
  }

  @Override
  public void close() throws SQLException {
    session.close();
  }

  /** Looks again and again until it is closed; only one at a time uses the session. */
  final class Watch implements AutoCloseable {
    private final boolean active;
    private final Thread thread;
    private volatile boolean over;

    private Watch(boolean active) {
      this.active = active;
      this.thread = Thread.ofVirtual().name("fence-blockers").unstarted(this::run);
      if (active) {
        thread.start();
      }
    }

    private void run() {
      try {
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
      if (active) {
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
}
