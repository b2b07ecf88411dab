package dev.cutover.runtime;

import java.time.Duration;

/** A loop that owns its log. One thread runs it, or a simulation steps it. */
public interface MessageLoop extends AutoCloseable {
  /** Joins the group; once, before the first round. */
  void open();

  /**
   * Polls once, waiting at most so long, and handles what came and what is due.
   *
   * @throws LogException when the service cannot go on and should be started anew
   */
  void round(Duration wait);

  /** Whether it has an assignment and has replayed all that it owns; from any thread. */
  boolean assigned();

  /** Ends a waiting {@link #round}; from any thread. */
  void wake();

  /** Finishes what is in hand, commits, leaves the group. */
  @Override
  void close();
}
