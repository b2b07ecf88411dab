package dev.cutover.contract;

import java.time.Duration;

/** Orders to the sync-service. */
public sealed interface SyncCommand extends Command {
  /** The databases and tables that it is about. */
  ReplicationSpec spec();

  /**
   * Checks all that must be refused beforehand and installs the {@code cutover} schema: the source
   * OPEN with its triggers disabled, the target FENCED with its triggers enabled, so that from the
   * first copied row nobody but the applier writes there. Both rows get the command's epoch.
   */
  record PrepareReplication(CommandHeader header, ReplicationSpec spec) implements SyncCommand {
    @Override
    public PrepareReplication withHeader(CommandHeader header) {
      return new PrepareReplication(header, spec);
    }
  }

  /** Copies a snapshot and streams from its slot. Standing: it goes on until stopped. */
  record StartForwardSync(CommandHeader header, ReplicationSpec spec) implements SyncCommand {
    @Override
    public StartForwardSync withHeader(CommandHeader header) {
      return new StartForwardSync(header, spec);
    }
  }

  /**
   * Streams the target's writes to the source. Standing. Runs, proven, before the fence.
   *
   * @param held captured and kept, but never applied before {@link ApplyDelta} says so: for
   *     rollback policies by which people look at the delta first, or accept its loss
   */
  record StartReverseSync(CommandHeader header, ReplicationSpec spec, boolean held)
      implements SyncCommand {
    /** Applied as it comes. */
    public StartReverseSync(CommandHeader header, ReplicationSpec spec) {
      this(header, spec, false);
    }

    @Override
    public StartReverseSync withHeader(CommandHeader header) {
      return new StartReverseSync(header, spec, held);
    }
  }

  /** Writes a marker on each side and waits until it is seen applied on the other. */
  record ProveRoundTrip(CommandHeader header, ReplicationSpec spec) implements SyncCommand {
    @Override
    public ProveRoundTrip withHeader(CommandHeader header) {
      return new ProveRoundTrip(header, spec);
    }
  }

  /**
   * Sets the sequences of one side ahead of the other's by the plan's margin; never back.
   *
   * @param ahead the side whose sequences are set
   */
  record AlignSequences(CommandHeader header, ReplicationSpec spec, Side ahead)
      implements SyncCommand {
    @Override
    public AlignSequences withHeader(CommandHeader header) {
      return new AlignSequences(header, spec, ahead);
    }
  }

  /**
   * Fences the source and drains the forward stream to a marker written after both barriers. Takes
   * effect over any lower epoch and always writes its own.
   *
   * @param lease how long the fence holds without a word: past it, and if the target was never told
   *     to open, the sync-service goes back by itself
   */
  record FenceSource(CommandHeader header, ReplicationSpec spec, Duration lease)
      implements SyncCommand {
    @Override
    public FenceSource withHeader(CommandHeader header) {
      return new FenceSource(header, spec, lease);
    }
  }

  /**
   * Opens the source for writes, only if its row is FENCED with exactly {@code expectedEpoch} and
   * the target is fenced. A row that is OPEN below that epoch (the fence never ran) only gets the
   * new epoch.
   */
  record OpenSource(CommandHeader header, ReplicationSpec spec, long expectedEpoch)
      implements SyncCommand {
    @Override
    public OpenSource withHeader(CommandHeader header) {
      return new OpenSource(header, spec, expectedEpoch);
    }
  }

  /**
   * Opens the source without looking at the target, which two different people declared dead: its
   * network is confirmed to be cut. Same condition on the source's own row as {@link OpenSource};
   * sequences are set ahead of the highest value found in the source's own rows.
   */
  record OpenSourceAlone(CommandHeader header, ReplicationSpec spec, long expectedEpoch)
      implements SyncCommand {
    @Override
    public OpenSourceAlone withHeader(CommandHeader header) {
      return new OpenSourceAlone(header, spec, expectedEpoch);
    }
  }

  /** Fences the target. Takes effect over any lower epoch and always writes its own. */
  record FenceTarget(CommandHeader header, ReplicationSpec spec) implements SyncCommand {
    @Override
    public FenceTarget withHeader(CommandHeader header) {
      return new FenceTarget(header, spec);
    }
  }

  /**
   * Opens the target for writes, only if its row is FENCED with exactly {@code expectedEpoch} and
   * the source is fenced.
   */
  record OpenTarget(CommandHeader header, ReplicationSpec spec, long expectedEpoch)
      implements SyncCommand {
    @Override
    public OpenTarget withHeader(CommandHeader header) {
      return new OpenTarget(header, spec, expectedEpoch);
    }
  }

  /**
   * Waits until a marker of the fenced target is seen applied on the source.
   *
   * @param marker as in {@link SyncReply.TargetFenced}
   */
  record DrainReverse(CommandHeader header, ReplicationSpec spec, String marker)
      implements SyncCommand {
    @Override
    public DrainReverse withHeader(CommandHeader header) {
      return new DrainReverse(header, spec, marker);
    }
  }

  /**
   * Fences the open source, drains to a marker and opens it again; nothing is switched. Refused
   * unless the source serves and the target is fenced. Such a fence ends by itself in the database:
   * past {@code max} writes go through again whatever has become of the service. Never carried out
   * twice: after a crash in the middle the answer is a failure, and another drill is a new order.
   *
   * @param max how long the source may refuse writes, 100 ms to 30 s
   */
  record DrillFence(CommandHeader header, ReplicationSpec spec, Duration max)
      implements SyncCommand {
    @Override
    public DrillFence withHeader(CommandHeader header) {
      return new DrillFence(header, spec, max);
    }
  }

  /**
   * Watches the schema of both sides against what it was when {@link PrepareReplication} ran, and
   * says {@link SchemaObserved}. Standing: it goes on until the replication is dropped.
   */
  record WatchSchema(CommandHeader header, ReplicationSpec spec) implements SyncCommand {
    @Override
    public WatchSchema withHeader(CommandHeader header) {
      return new WatchSchema(header, spec);
    }
  }

  /** Reads what both databases say of themselves. Changes nothing. */
  record ReadDatabases(CommandHeader header, ReplicationSpec spec) implements SyncCommand {
    @Override
    public ReadDatabases withHeader(CommandHeader header) {
      return new ReadDatabases(header, spec);
    }
  }

  /**
   * Writes down, as SQL for people, how both databases are fenced, opened, marked and drained by
   * hand when nothing of this product runs. Reads nothing and changes nothing.
   */
  record RenderSql(CommandHeader header, ReplicationSpec spec) implements SyncCommand {
    @Override
    public RenderSql withHeader(CommandHeader header) {
      return new RenderSql(header, spec);
    }
  }

  /**
   * Stops applying the reverse stream for good and writes what the fenced target has and the source
   * has not to readable files: for each table before (the source's row), after, and in order, with
   * SQL to apply. Refused unless the target is fenced. Serves three policies: with {@link
   * AlignSequences} and {@link OpenSource} after it the delta is an accepted, listed loss; with
   * {@link ApplyDelta} before those it is reviewed.
   */
  record ExportDelta(CommandHeader header, ReplicationSpec spec) implements SyncCommand {
    @Override
    public ExportDelta withHeader(CommandHeader header) {
      return new ExportDelta(header, spec);
    }
  }

  /**
   * Applies the delta to the still fenced source, exactly once, if it is still the one that was
   * approved.
   *
   * @param sha256 as in {@link SyncReply.DeltaExported}
   */
  record ApplyDelta(CommandHeader header, ReplicationSpec spec, String sha256)
      implements SyncCommand {
    @Override
    public ApplyDelta withHeader(CommandHeader header) {
      return new ApplyDelta(header, spec, sha256);
    }
  }

  /**
   * Stops applying the reverse stream for good and counts what the target has and the source has
   * not; writes no files. While the target does not answer, what is captured of it already is
   * counted, and said to be incomplete.
   */
  record CountLoss(CommandHeader header, ReplicationSpec spec) implements SyncCommand {
    @Override
    public CountLoss withHeader(CommandHeader header) {
      return new CountLoss(header, spec);
    }
  }

  /** Ends both streams and removes slots, publications, triggers and the {@code cutover} schema. */
  record DropReplication(CommandHeader header, ReplicationSpec spec) implements SyncCommand {
    @Override
    public DropReplication withHeader(CommandHeader header) {
      return new DropReplication(header, spec);
    }
  }
}
