package dev.cutover.sync.domain;

import dev.cutover.contract.Delta;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.sync.domain.Replicator.DrainTimedOut;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import java.time.Instant;
import java.util.Optional;

/**
 * What the target has and the source has not: captured by the reverse stream and kept, but not
 * applied. That it is held is stored with the stream's position, so that no process applies it,
 * whatever that process knows.
 */
public interface Deltas {
  /**
   * From now on nobody applies the reverse stream; an applier in the middle of a transaction is
   * ended. Held already, or released for good by an approval of the same or a higher epoch: no
   * change.
   *
   * @throws ReplicationFailed when there is no position, or the source does not answer
   */
  void hold(ReplicationSpec spec, long epoch) throws ReplicationFailed, InterruptedException;

  /**
   * Reads whether the reverse stream is held.
   *
   * @throws ReplicationFailed when the source does not answer
   */
  Standing standing(ReplicationSpec spec) throws ReplicationFailed;

  /**
   * Reads the delta from the change topic, in commit order.
   *
   * @throws DrainTimedOut when the deadline passes first
   * @throws ReplicationFailed when it cannot be read or written
   */
  Found find(ReplicationSpec spec, Search search)
      throws ReplicationFailed, DrainTimedOut, InterruptedException;

  /**
   * Lets the held stream be applied from now on.
   *
   * @throws ReplicationFailed when it is not held, or the source does not answer
   */
  void approve(ReplicationSpec spec, String sha256, long epoch) throws ReplicationFailed;

  /**
   * Whether the reverse stream is applied.
   *
   * @param approved what was approved last; empty while held and before
   */
  record Standing(boolean held, Optional<String> approved) {}

  /** What is made of a delta. */
  enum Form {
    /** Only counted; the target need not answer. */
    COUNT,
    /** As files, of which only the checksum is kept. */
    CHECKSUM,
    /** As files. */
    FILES
  }

  /**
   * What to look for.
   *
   * @param markerId where it ends; without one, where the topic ends now
   * @param folder name of the files' folder
   */
  record Search(Form form, Optional<String> markerId, String folder, Instant deadline) {}

  /**
   * A delta.
   *
   * @param sha256 of the list of checksums; empty where it was only counted
   * @param directory of the files; empty without
   */
  record Found(Delta delta, String sha256, String directory) {}
}
