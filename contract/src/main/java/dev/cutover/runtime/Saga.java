package dev.cutover.runtime;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * State that is a fold over a journal, one state for each partition. Called by one thread. Knows
 * neither log nor clock.
 *
 * <p>Records that it returns are committed in one transaction with the input. When that fails the
 * partition's state is {@linkplain #revoked dropped} and folded again: so it may change its state
 * before they are committed.
 */
public interface Saga {
  /**
   * Applies committed journal records of that partition, in order. Must not decide, send or refuse.
   */
  void restore(int partition, List<Received> journal);

  /**
   * Is told that the journal was read to its end: deciding may begin.
   *
   * @return when the latest of its records was decided; empty without any
   */
  Optional<Instant> restored(int partition, Instant now);

  /**
   * Decides upon an input.
   *
   * @param caughtUp whether all that was in the log when the partition was taken over is read, or
   *     was read together with this one
   * @return records of the journal and for others, in the order in which they are to be written;
   *     may be empty. Keys of journal records hash to the partition
   */
  List<Outgoing> onRecord(Received input, Instant now, boolean caughtUp);

  /**
   * Decides upon what is due; called when {@link #nextDue} is not after {@code now}.
   *
   * @param caughtUp whether all that was in the log when the partition was taken over is read
   */
  List<Outgoing> onTimer(int partition, Instant now, boolean caughtUp);

  /** Returns when {@link #onTimer} is to be called next; empty when nothing is awaited. */
  Optional<Instant> nextDue(int partition);

  /** Forgets a partition; does nothing when it is unknown. */
  void revoked(int partition);
}
