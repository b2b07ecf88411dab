package dev.cutover.runtime;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The reading half of a log, as a member of a group. Owned by one thread, but for {@link #wake}.
 * Only committed records are seen, unless an implementation says otherwise.
 */
public interface RecordSource extends AutoCloseable {
  /**
   * Joins the group.
   *
   * @param assigned is told, from within {@link #poll}, all that this member owns now: after each
   *     assignment, also when nothing changed, and with an empty set when the membership was lost.
   *     Until the next call nobody else may have taken over
   */
  void subscribe(List<String> topics, Consumer<Set<Partition>> assigned);

  /**
   * Waits for records, at most so long. Keeps the membership alive: a member that does not poll for
   * minutes is put out of the group.
   *
   * @return in order within a partition; may be empty
   * @throws LogException when the log cannot be read at all
   */
  List<Received> poll(Duration wait);

  /**
   * Counts a topic's partitions; 0 when it does not exist.
   *
   * @throws LogException when the log does not answer
   */
  int partitions(String topic);

  /** Ends a running {@link #poll} early; from any thread. */
  void wake();

  /** Leaves. */
  @Override
  void close();
}
