package dev.cutover.runtime;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/**
 * A log for a service whose state is a fold over a journal. What is decided about partition {@code
 * p} of the inputs is one transaction: new records and how far the inputs of {@code p} are read.
 *
 * <p>Newly assigned partitions give no records until they were taken over.
 */
public interface TransactionalLog extends RecordSource {
  /**
   * Takes partitions over from whoever had them: ends the former owner's open transactions and
   * fences it, then reads their journals up to the end, then goes on behind the last inputs that
   * are committed or named in the journal.
   *
   * @param fold is given every committed journal record: several of one partition at a time, those
   *     of a partition in order
   * @throws LogException when it did not work for all of them; to be tried again
   */
  void takeOver(Set<Integer> partitions, BiConsumer<Integer, List<Received>> fold);

  /**
   * Returns whether all inputs that had been written when the partition was taken over were given
   * by {@link #poll}. Until then nothing is late: the answer that a deadline waits for may be among
   * them.
   */
  boolean caughtUp(int partition);

  /**
   * Commits a decision, also an empty one.
   *
   * @param decisions records with the input that led to each batch of them, in order
   * @throws FencedException when somebody else owns the partition now
   * @throws LogException when the outcome is unknown: the partition has to be taken over again
   */
  void commit(int partition, List<Decided> decisions);

  /**
   * Commits decisions of several partitions, each in a transaction of its own; side by side where
   * that is faster.
   *
   * @return what failed, by partition: as {@link #commit} would have thrown it
   */
  default Map<Integer, LogException> commitAll(SortedMap<Integer, List<Decided>> decisions) {
    Map<Integer, LogException> failures = new TreeMap<>();
    decisions.forEach(
        (partition, decided) -> {
          try {
            commit(partition, decided);
          } catch (LogException e) {
            failures.put(partition, e);
          }
        });
    return failures;
  }

  /** Gives a partition up, so that it is taken over anew or by somebody else. */
  void release(int partition);

  /** Asks for a new assignment: this member was fenced and may not be what it thinks it is. */
  void rejoin();
}
