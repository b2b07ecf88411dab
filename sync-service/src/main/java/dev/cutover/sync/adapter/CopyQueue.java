package dev.cutover.sync.adapter;

import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One queue for all that a copy does, the biggest first: the work that takes longest must not begin
 * last. Work may add work, which is how a table's indexes follow its rows.
 */
final class CopyQueue {
  /** Done on a worker's connections. */
  @FunctionalInterface
  interface Task {
    void run(CopySession session) throws SQLException, IOException, InterruptedException;
  }

  private record Entry(String what, long size, long order, Task task) {}

  private final PriorityQueue<Entry> waiting =
      new PriorityQueue<>(
          Comparator.comparingLong(Entry::size).reversed().thenComparingLong(Entry::order));
  private long added;
  private int unfinished;
  private boolean isStopped;

  /**
   * Adds work.
   *
   * @param what as the end of a sentence: {@code "Table x could not be copied"}
   * @param size the bigger the earlier; of equals the first added
   */
  synchronized void add(String what, long size, Task task) {
    waiting.add(new Entry(what, size, added++, task));
    unfinished++;
    notifyAll();
  }

  /**
   * Does all of it, and what it adds; returns when nothing is left.
   *
   * @throws ReplicationFailed by the first work that fails, with its sentence; the rest is given up
   */
  void run(int workers, Supplier<CopySession> sessions)
      throws InterruptedException, ReplicationFailed {
    List<CopySession> team = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      team.add(sessions.get());
    }
    run(team);
  }

  /** The same on sessions that are open; they are closed. */
  void run(List<CopySession> team) throws InterruptedException, ReplicationFailed {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      ExecutorCompletionService<Boolean> done = new ExecutorCompletionService<>(threads);
      for (CopySession session : team) {
        done.submit(() -> work(session));
      }
      try {
        for (int i = 0; i < team.size(); i++) {
          done.take().get();
        }
      } catch (ExecutionException e) {
        throw e.getCause() instanceof ReplicationFailed failed
            ? failed
            : new ReplicationFailed("The copy failed: " + e.getMessage(), e);
      } finally {
        stop();
        threads.shutdownNow();
        team.forEach(CopySession::close);
      }
    }
  }

  private boolean work(CopySession session) throws ReplicationFailed, InterruptedException {
    for (Entry entry = next(); entry != null; entry = next()) {
      try {
        entry.task().run(session);
      } catch (SQLException | IOException e) {
        stop();
        throw new ReplicationFailed(entry.what() + ": " + e.getMessage(), e);
      }
      finished();
    }
    return true;
  }

  private synchronized @Nullable Entry next() throws InterruptedException {
    while (!isStopped && waiting.isEmpty() && unfinished > 0) {
      wait(); // somebody else's work may add some
    }
    return isStopped ? null : waiting.poll();
  }

  private synchronized void finished() {
    unfinished--;
    notifyAll();
  }

  private synchronized void stop() {
    isStopped = true;
    notifyAll();
  }
}
