package dev.cutover.contract;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers of the sync-service. */
public sealed interface SyncReply extends Reply {
  /**
   * @param warnings sentences for the readiness page; empty when there is nothing to say
   * @param refetchedColumns {@code schema.table.column} of columns whose stream values are not
   *     trusted and are read again by key
   * @param limits who is not reached by the fences; empty when everybody is
   * @param objects the fence around the target's objects; empty for a plan without
   */
  record ReplicationPrepared(
      StepRef step,
      List<String> warnings,
      List<String> refetchedColumns,
      Optional<FenceLimits> limits,
      Optional<ObjectsFenced> objects)
      implements SyncReply {
    /** A replication without objects. */
    public ReplicationPrepared(
        StepRef step,
        List<String> warnings,
        List<String> refetchedColumns,
        Optional<FenceLimits> limits) {
      this(step, warnings, refetchedColumns, limits, Optional.empty());
    }

    public ReplicationPrepared {
      warnings = List.copyOf(warnings);
      refetchedColumns = List.copyOf(refetchedColumns);
    }
  }

  /**
   * The snapshot is copied and the stream has caught up.
   *
   * @param objects what the first pass over the objects brought over; empty for a plan without
   */
  record ForwardSyncStarted(
      StepRef step, long rows, long bytes, long tookMs, Optional<ObjectsMoved> objects)
      implements SyncReply {
    /** A replication without objects. */
    public ForwardSyncStarted(StepRef step, long rows, long bytes, long tookMs) {
      this(step, rows, bytes, tookMs, Optional.empty());
    }
  }

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
   * @param unreached logins that this fence does not reach ({@link FenceLimits}); empty when it
   *     reaches everybody
   * @param objects the fence around the source's objects and the last pass behind it; empty for a
   *     plan without
   */
  record SourceFenced(
      StepRef step,
      Instant fencedAt,
      long fenceMs,
      long drainMs,
      int ended,
      Optional<List<String>> unreached,
      Optional<ObjectsFenced> objects)
      implements SyncReply {
    /** A replication without objects. */
    public SourceFenced(
        StepRef step,
        Instant fencedAt,
        long fenceMs,
        long drainMs,
        int ended,
        Optional<List<String>> unreached) {
      this(step, fencedAt, fenceMs, drainMs, ended, unreached, Optional.empty());
    }
  }

  /**
   * @param wasFenced false when the fence had never taken effect
   * @param lost objects that the source has not got, where it was opened without the target; empty
   *     otherwise
   */
  record SourceOpened(StepRef step, Instant openedAt, boolean wasFenced, Optional<ObjectsLost> lost)
      implements SyncReply {
    /** Opened beside a target that is fenced. */
    public SourceOpened(StepRef step, Instant openedAt, boolean wasFenced) {
      this(step, openedAt, wasFenced, Optional.empty());
    }
  }

  /**
   * @param marker id of the marker row, to be drained to
   * @param unreached logins that this fence does not reach ({@link FenceLimits}); empty when it
   *     reaches everybody
   * @param objects the fence around the target's objects; empty for a plan without
   */
  record TargetFenced(
      StepRef step,
      Instant fencedAt,
      long fenceMs,
      String marker,
      Optional<List<String>> unreached,
      Optional<ObjectsFenced> objects)
      implements SyncReply {
    /** A replication without objects. */
    public TargetFenced(
        StepRef step,
        Instant fencedAt,
        long fenceMs,
        String marker,
        Optional<List<String>> unreached) {
      this(step, fencedAt, fenceMs, marker, unreached, Optional.empty());
    }
  }

  /** The target takes writes. */
  record TargetOpened(StepRef step, Instant openedAt) implements SyncReply {}

  /**
   * The source holds every write that the target had acknowledged.
   *
   * @param objects what the last pass back brought over; empty for a plan without
   */
  record ReverseDrained(StepRef step, long drainMs, Optional<ObjectsMoved> objects)
      implements SyncReply {
    /** A replication without objects. */
    public ReverseDrained(StepRef step, long drainMs) {
      this(step, drainMs, Optional.empty());
    }
  }

  /**
   * The source takes writes as before.
   *
   * @param fencedAt when the first write could be refused
   * @param fenceMs until nothing could be committed any more, proven
   * @param drainMs from then until the marker was applied on the target
   * @param thawMs from then until writes were accepted again
   * @param refusedMs how long writes were refused, altogether
   * @param ended sessions that blocked the fence and were ended
   * @param longestTransactionMs age of the oldest transaction that had written right before the
   *     fence; 0 without any
   */
  record FenceDrilled(
      StepRef step,
      Instant fencedAt,
      long fenceMs,
      long drainMs,
      long thawMs,
      long refusedMs,
      int ended,
      long longestTransactionMs)
      implements SyncReply {}

  /** Both schemas are watched. */
  record SchemaWatched(StepRef step) implements SyncReply {}

  /** What both databases say of themselves. */
  record DatabasesRead(StepRef step, Instant readAt, DatabaseState source, DatabaseState target)
      implements SyncReply {}

  /**
   * @param files by name; no secrets
   */
  record SqlRendered(StepRef step, Map<String, String> files) implements SyncReply {
    public SqlRendered {
      files = Map.copyOf(files);
    }
  }

  /**
   * @param directory where the files are, on the machine of the service
   * @param sha256 of the files' list of checksums: what is approved
   */
  record DeltaExported(StepRef step, Delta delta, String directory, String sha256)
      implements SyncReply {}

  /**
   * The source holds the approved delta.
   *
   * @param drainMs from the first of it until all of it was applied
   */
  record DeltaApplied(StepRef step, String sha256, long drainMs) implements SyncReply {}

  /**
   * What the target has and the source has not.
   *
   * @param objects those; empty for a plan without
   */
  record LossCounted(StepRef step, Delta delta, Optional<ObjectsLost> objects)
      implements SyncReply {
    /** A replication without objects. */
    public LossCounted(StepRef step, Delta delta) {
      this(step, delta, Optional.empty());
    }
  }

  /** Nothing of the replication is left. */
  record ReplicationDropped(StepRef step) implements SyncReply {}
}
