package dev.cutover.sync;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.Direction;
import dev.cutover.contract.Event;
import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.FenceLeaseExpired;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.SyncCommand;
import dev.cutover.contract.SyncReply;
import dev.cutover.runtime.CommandHandler;
import dev.cutover.runtime.LogKeys;
import dev.cutover.runtime.Pace;
import dev.cutover.runtime.Work;
import dev.cutover.sync.domain.CutoverSchema;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.GateRefused.Reason;
import dev.cutover.sync.domain.Preflight;
import dev.cutover.sync.domain.Replicator;
import dev.cutover.sync.domain.Replicator.CopyResult;
import dev.cutover.sync.domain.Replicator.DrainTimedOut;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.sync.domain.SequenceRegister;
import dev.cutover.sync.domain.WriteGate;
import dev.cutover.sync.domain.WriteGate.FenceOrder;
import dev.cutover.sync.domain.WriteGate.Fenced;
import dev.cutover.sync.domain.WriteGate.OpenOrder;
import dev.cutover.sync.domain.WriteGate.Opened;
import dev.cutover.sync.domain.WriterRow.Lease;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies, streams, fences, drains and reverses: command in, effect on the two databases, answer
 * with evidence. Keeps no state of the saga; what has to go on between commands is in {@link
 * SyncWatch}.
 */
public final class SyncService implements CommandHandler<SyncCommand> {
  private static final Logger LOGGER = LoggerFactory.getLogger(SyncService.class);

  private final SyncConfig config;
  private final Preflight preflight;
  private final CutoverSchema schema;
  private final WriteGate gate;
  private final SequenceAligner sequences;
  private final Replicator replicator;
  private final SyncWatch watch;
  private final InstantSource clock;
  private final Pace pace;

  public SyncService(
      SyncConfig config,
      Preflight preflight,
      CutoverSchema schema,
      WriteGate gate,
      SequenceRegister sequences,
      Replicator replicator,
      SyncWatch watch,
      InstantSource clock) {
    this(config, preflight, schema, gate, sequences, replicator, watch, clock, Pace.MACHINE);
  }

  /** The same at a pace of its own. */
  public SyncService(
      SyncConfig config,
      Preflight preflight,
      CutoverSchema schema,
      WriteGate gate,
      SequenceRegister sequences,
      Replicator replicator,
      SyncWatch watch,
      InstantSource clock,
      Pace pace) {
    this.config = config;
    this.preflight = preflight;
    this.schema = schema;
    this.gate = gate;
    this.sequences = new SequenceAligner(sequences);
    this.replicator = replicator;
    this.watch = watch;
    this.clock = clock;
    this.pace = pace;
  }

  @Override
  public Event handle(SyncCommand command, Work work) throws InterruptedException {
    Optional<String> forbidden = config.forbids(command.spec());
    if (forbidden.isPresent()) {
      return failed(command, FailureKind.REFUSED, forbidden.get(), false);
    }
    watch.leases().heard(command.cutover());
    try {
      return switch (command) {
        case SyncCommand.PrepareReplication prepare -> prepare(prepare);
        case SyncCommand.StartForwardSync start -> startForward(start);
        case SyncCommand.StartReverseSync start -> startReverse(start);
        case SyncCommand.ProveRoundTrip prove -> proveRoundTrip(prove);
        case SyncCommand.AlignSequences align -> alignSequences(align);
        case SyncCommand.FenceSource fence -> fenceSource(fence);
        case SyncCommand.OpenSource open -> openSource(open, work);
        case SyncCommand.OpenSourceAlone open -> openSourceAlone(open);
        case SyncCommand.FenceTarget fence -> fenceTarget(fence);
        case SyncCommand.OpenTarget open -> openTarget(open);
        case SyncCommand.DrainReverse drain -> drainReverse(drain);
        case SyncCommand.DropReplication drop -> drop(drop);
      };
    } catch (GateRefused e) {
      return failed(command, e.reason().kind(), message(e), e.reason().retryable());
    } catch (DrainTimedOut e) {
      return failed(command, FailureKind.TIMED_OUT, message(e), true);
    } catch (ReplicationFailed e) {
      return failed(command, FailureKind.CONFLICT, message(e), true);
    }
  }

  @Override
  public void owns(Predicate<CutoverId> ours) {
    watch.keepOnly(ours);
  }

  private Event prepare(SyncCommand.PrepareReplication command) throws GateRefused {
    ReplicationSpec spec = command.spec();
    Preflight.Findings findings = preflight.examine(spec);
    List<String> faults = new ArrayList<>(findings.faults());
    List<String> warnings = new ArrayList<>(findings.warnings());
    // Nothing is installed while there are faults: bad input has no side effect.
    for (Side side : Side.values()) {
      if (faults.isEmpty()) {
        CutoverSchema.Installed installed =
            schema.install(
                spec.endpoint(side), side, command.header().step(), command.header().epoch());
        faults.addAll(installed.faults());
        warnings.addAll(installed.warnings());
      }
    }
    if (!faults.isEmpty()) {
      return failed(command, FailureKind.UNSUITABLE, String.join(". ", faults), false);
    }
    watch.fences().keep(command.cutover(), spec);
    return new SyncReply.ReplicationPrepared(
        command.header().step(), warnings, findings.refetchedColumns());
  }

  private Event startForward(SyncCommand.StartForwardSync command)
      throws GateRefused, ReplicationFailed, DrainTimedOut, InterruptedException {
    ReplicationSpec spec = command.spec();
    watch.measure(command.cutover(), Direction.FORWARD, spec);
    watch.fences().keep(command.cutover(), spec);
    CopyResult copied =
        replicator.copyAndStream(spec, Direction.FORWARD, (table, rows, bytes) -> {});
    catchUp(command, Direction.FORWARD);
    return new SyncReply.ForwardSyncStarted(
        command.header().step(), copied.rows(), copied.bytes(), copied.tookMs());
  }

  private Event startReverse(SyncCommand.StartReverseSync command)
      throws GateRefused, ReplicationFailed, DrainTimedOut, InterruptedException {
    watch.measure(command.cutover(), Direction.REVERSE, command.spec());
    watch.fences().keep(command.cutover(), command.spec());
    replicator.copyAndStream(command.spec(), Direction.REVERSE, (table, rows, bytes) -> {});
    catchUp(command, Direction.REVERSE);
    return new SyncReply.ReverseSyncStarted(command.header().step());
  }

  private Event proveRoundTrip(SyncCommand.ProveRoundTrip command)
      throws GateRefused, ReplicationFailed, DrainTimedOut, InterruptedException {
    long forwardMs = catchUp(command, Direction.FORWARD);
    long reverseMs = catchUp(command, Direction.REVERSE);
    return new SyncReply.RoundTripProven(command.header().step(), forwardMs, reverseMs);
  }

  /** Drains to a marker written now: a proof of the whole way, which no lag figure is. */
  private long catchUp(SyncCommand command, Direction direction)
      throws GateRefused, ReplicationFailed, DrainTimedOut, InterruptedException {
    String marker = gate.mark(command.spec().endpoint(direction.captured()));
    return drain(command, direction, marker);
  }

  private long drain(SyncCommand command, Direction direction, String marker)
      throws ReplicationFailed, DrainTimedOut, InterruptedException {
    long begun = pace.nanoTime();
    replicator.awaitMarker(command.spec(), direction, marker, command.header().deadline());
    return msSince(begun);
  }

  private Event alignSequences(SyncCommand.AlignSequences command) throws GateRefused {
    SequenceAligner.Aligned aligned = sequences.align(command.spec(), command.ahead());
    return aligned.faults().isEmpty()
        ? new SyncReply.SequencesAligned(
            command.header().step(), command.ahead(), aligned.sequences())
        : failed(command, FailureKind.UNSUITABLE, String.join(". ", aligned.faults()), false);
  }

  private Event fenceSource(SyncCommand.FenceSource command)
      throws GateRefused, ReplicationFailed, DrainTimedOut, InterruptedException {
    ReplicationSpec spec = command.spec();
    // A fence that cannot be drained would only be an outage.
    replicator.start(spec, Direction.FORWARD);
    Instant leaseUntil = clock.instant().plus(command.lease());
    Fenced fenced =
        gate.fence(
            order(
                command,
                Side.SOURCE,
                Optional.of(new Lease(leaseUntil, command.header().epoch(), spec.target()))));
    watch
        .leases()
        .keep(command.cutover(), spec.source(), command.header().epoch(), command.lease());
    long begun = pace.nanoTime();
    Future<List<String>> proof = pace.fork("fence-proof", () -> proveFenced(spec));
    drain(command, Direction.FORWARD, fenced.markerId());
    long drainMs = msSince(begun);
    watch.fences().keep(command.cutover(), spec);
    List<String> faults = resultOf(proof);
    return faults.isEmpty()
        ? new SyncReply.SourceFenced(
            command.header().step(),
            fenced.firstRefusedAt(),
            Math.round(fenced.barrierMs()),
            drainMs,
            fenced.sessionsEnded())
        : failed(command, FailureKind.MISMATCH, String.join(". ", faults), true);
  }

  /** Beside the drain: every table refuses, and the target's sequences are ahead for good. */
  private List<String> proveFenced(ReplicationSpec spec) throws GateRefused {
    gate.probe(spec.source());
    return sequences.proveAhead(spec);
  }

  private static List<String> resultOf(Future<List<String>> proof)
      throws GateRefused, InterruptedException {
    try {
      return proof.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof GateRefused refused) {
        throw refused;
      }
      throw new IllegalStateException("Expected the proof of the fence, but it broke", e);
    }
  }

  private Event openSource(SyncCommand.OpenSource command, Work work) throws GateRefused {
    Opened opened =
        open(command, Side.SOURCE, command.expectedEpoch(), Optional.of(command.spec().target()));
    if (opened.byLease()) {
      // Whoever gave it back may have died before saying so, and the target's epoch rose with it.
      work.publish(new FenceLeaseExpired(command.cutover(), command.expectedEpoch(), opened.at()));
    }
    return sourceOpened(command, opened);
  }

  private Event openSourceAlone(SyncCommand.OpenSourceAlone command) throws GateRefused {
    List<String> faults = sequences.raiseAboveRows(command.spec());
    return faults.isEmpty()
        ? sourceOpened(
            command, open(command, Side.SOURCE, command.expectedEpoch(), Optional.empty()))
        : failed(command, FailureKind.UNSUITABLE, String.join(". ", faults), false);
  }

  private static Event sourceOpened(SyncCommand command, Opened opened) {
    return new SyncReply.SourceOpened(command.header().step(), opened.at(), !opened.neverFenced());
  }

  private Event openTarget(SyncCommand.OpenTarget command) throws GateRefused {
    Opened opened =
        open(command, Side.TARGET, command.expectedEpoch(), Optional.of(command.spec().source()));
    return new SyncReply.TargetOpened(command.header().step(), opened.at());
  }

  private Opened open(
      SyncCommand command, Side side, long expectedEpoch, Optional<DatabaseEndpoint> otherSide)
      throws GateRefused {
    ReplicationSpec spec = command.spec();
    if (command.header().epoch() <= expectedEpoch) {
      throw new GateRefused(
          Reason.UNEXPECTED_STATE,
          "Expected the command's epoch to be above %d, but it is %d"
              .formatted(expectedEpoch, command.header().epoch()));
    }
    Opened opened =
        gate.open(
            new OpenOrder(
                spec.endpoint(side),
                expectedEpoch,
                command.header().epoch(),
                command.header().step(),
                otherSide));
    watch.leases().drop(command.cutover());
    watch.fences().opened(command.cutover(), side, spec.endpoint(side), command.header().epoch());
    return opened;
  }

  private Event fenceTarget(SyncCommand.FenceTarget command)
      throws GateRefused, InterruptedException {
    Fenced fenced = gate.fence(order(command, Side.TARGET, Optional.empty()));
    gate.probe(command.spec().target());
    watch.fences().keep(command.cutover(), command.spec());
    return new SyncReply.TargetFenced(
        command.header().step(),
        fenced.firstRefusedAt(),
        Math.round(fenced.barrierMs()),
        fenced.markerId());
  }

  private FenceOrder order(SyncCommand command, Side side, Optional<Lease> lease) {
    watch.fences().fencing(command.cutover(), side);
    return new FenceOrder(
        command.spec().endpoint(side),
        command.header().epoch(),
        command.header().step(),
        command.spec().endBlockers(),
        command.header().deadline(),
        lease);
  }

  private Event drainReverse(SyncCommand.DrainReverse command)
      throws ReplicationFailed, DrainTimedOut, InterruptedException {
    replicator.start(command.spec(), Direction.REVERSE);
    return new SyncReply.ReverseDrained(
        command.header().step(), drain(command, Direction.REVERSE, command.marker()));
  }

  private Event drop(SyncCommand.DropReplication command)
      throws GateRefused, ReplicationFailed, InterruptedException {
    ReplicationSpec spec = command.spec();
    Removal removal = Removal.of(gate, spec, command.header());
    watch.forget(command.cutover());
    replicator.drop(spec);
    List<String> faults = new ArrayList<>();
    faults.addAll(schema.remove(spec.target()));
    if (removal.keepsSourceFenced()) {
      // Opening the abandoned side to late writers by tidying up would lose their writes.
      schema.release(spec.source(), command.cutover());
      LOGGER
          .atInfo()
          .addKeyValue(LogKeys.CUTOVER_ID, command.cutover())
          .log("source stays fenced because the target serves");
    } else {
      faults.addAll(schema.remove(spec.source()));
    }
    return faults.isEmpty()
        ? new SyncReply.ReplicationDropped(command.header().step())
        : failed(command, FailureKind.CONFLICT, String.join(". ", faults), true);
  }

  private static StepFailed failed(
      SyncCommand command, FailureKind kind, String reason, boolean retryable) {
    return new StepFailed(command.header().step(), new Failure(kind, reason, retryable));
  }

  private static String message(Exception e) {
    return String.valueOf(e.getMessage());
  }

  private long msSince(long nanos) {
    return (pace.nanoTime() - nanos) / 1_000_000;
  }
}
