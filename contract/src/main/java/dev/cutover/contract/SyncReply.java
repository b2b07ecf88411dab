package dev.cutover.contract;

import java.time.Instant;
import java.util.List;

/** Answers of the sync-service. */
public sealed interface SyncReply extends Reply {
  /**
   * @param warnings sentences for the readiness page; empty when there is nothing to say
   * @param refetchedColumns {@code schema.table.column} of columns whose stream values are not
   *     trusted and are read again by key
   */
  record ReplicationPrepared(StepRef step, List<String> warnings, List<String> refetchedColumns)
      implements SyncReply {
    public ReplicationPrepared {
      warnings = List.copyOf(warnings);
      refetchedColumns = List.copyOf(refetchedColumns);
    }
  }

  /** The snapshot is copied and the stream has caught up. */
  record ForwardSyncStarted(StepRef step, long rows, long bytes, long tookMs)
      implements SyncReply {}

  /** The reverse stream runs. */
  record ReverseSyncStarted(StepRef step) implements SyncReply {}

  /** Milliseconds from a marker's commit until it was seen applied on the other side. */
  record RoundTripProven(StepRef step, long forwardMs, long reverseMs) implements SyncReply {}

  /**
   * @param sequences how many were looked at
   */
  record SequencesAligned(StepRef step, Side ahead, int sequences) implements SyncReply {}

  /**
   * @param fencedAt when the first write could be refused: the write outage counts from here
   * @param fenceMs until nothing could be committed any more, proven
   * @param drainMs from then until the marker was applied on the target
   * @param ended sessions that blocked the fence and were ended
   */
  record SourceFenced(StepRef step, Instant fencedAt, long fenceMs, long drainMs, int ended)
      implements SyncReply {}

  /**
   * @param wasFenced false when the fence had never taken effect
   */
  record SourceOpened(StepRef step, Instant openedAt, boolean wasFenced) implements SyncReply {}

  /**
   * @param marker id of the marker row, to be drained to
   */
  record TargetFenced(StepRef step, Instant fencedAt, long fenceMs, String marker)
      implements SyncReply {}

  /** The target takes writes. */
  record TargetOpened(StepRef step, Instant openedAt) implements SyncReply {}

  /** The source holds every write that the target had acknowledged. */
  record ReverseDrained(StepRef step, long drainMs) implements SyncReply {}

  /** Nothing of the replication is left. */
  record ReplicationDropped(StepRef step) implements SyncReply {}
}
