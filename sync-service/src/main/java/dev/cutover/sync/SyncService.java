package dev.cutover.sync;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Direction;
import dev.cutover.contract.Event;
import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.SyncCommand;
import dev.cutover.contract.SyncReply;
import dev.cutover.runtime.CommandHandler;
import dev.cutover.runtime.LogKeys;
import dev.cutover.runtime.Pace;
import dev.cutover.runtime.Work;
import dev.cutover.sync.domain.ByHand;
import dev.cutover.sync.domain.CopyProgress;
import dev.cutover.sync.domain.CutoverSchema;
import dev.cutover.sync.domain.GateRefused;
import dev.cutover.sync.domain.Preflight;
import dev.cutover.sync.domain.Replicator;
import dev.cutover.sync.domain.Replicator.CopyResult;
import dev.cutover.sync.domain.Replicator.DrainTimedOut;
import dev.cutover.sync.domain.Replicator.ReplicationFailed;
import dev.cutover.sync.domain.SchemaBaseline;
import dev.cutover.sync.domain.SchemaCarrier;
import dev.cutover.sync.domain.WriteGate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
  private final SchemaCarrier carrier;
  private final CutoverSchema schema;
  private final SchemaBaseline baseline;
  private final WriteGate gate;
  private final SequenceAligner sequences;
  private final Replicator replicator;
  private final ObjectOrders objects;
  private final SideOrders sides;
  private final DatabaseReadings readings;
  private final DeltaOrders deltas;
  private final ByHand byHand;
  private final FenceDrill drill;
  private final InCharge inCharge;
  private final SyncWatch watch;
  private final InstantSource clock;
  private final Pace pace;

  public SyncService(SyncConfig config, SyncPorts ports, SyncWatch watch, InstantSource clock) {
    this(config, ports, watch, clock, Pace.MACHINE);
  }

  /** The same at a pace of its own. */
  public SyncService(
      SyncConfig config, SyncPorts ports, SyncWatch watch, InstantSource clock, Pace pace) {
    this.config = config;
    this.preflight = ports.preflight();
    this.carrier = ports.carrier();
    this.schema = ports.schema();
    this.baseline = ports.baseline();
    this.gate = ports.gate();
    this.sequences = new SequenceAligner(ports.sequences());
    this.replicator = ports.replicator();
    this.objects = new ObjectOrders(ports.objects(), gate, watch, clock, pace);
    this.sides = new SideOrders(gate, sequences, replicator, objects, watch, clock, pace);
    this.readings = new DatabaseReadings(ports.reader(), ports.sequences(), clock, pace);
    this.deltas = new DeltaOrders(gate, replicator, ports.deltas(), objects, pace);
    this.byHand = ports.byHand();
    this.drill = new FenceDrill(gate, replicator, readings, watch, clock, pace);
    this.inCharge = new InCharge(gate, pace);
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
      inCharge.require(command);
      return switch (command) {
        case SyncCommand.PrepareReplication prepare -> prepare(prepare);
        case SyncCommand.StartForwardSync start -> startForward(start);
        case SyncCommand.StartReverseSync start -> startReverse(start);
        case SyncCommand.ProveRoundTrip prove -> proveRoundTrip(prove);
        case SyncCommand.AlignSequences align -> alignSequences(align);
        case SyncCommand.FenceSource fence -> sides.fenceSource(fence);
        case SyncCommand.OpenSource open -> sides.openSource(open, work);
        case SyncCommand.OpenSourceAlone open -> sides.openSourceAlone(open);
        case SyncCommand.FenceTarget fence -> sides.fenceTarget(fence);
        case SyncCommand.OpenTarget open -> sides.openTarget(open, work);
        case SyncCommand.DrainReverse drain -> drainReverse(drain);
        case SyncCommand.DrillFence fence -> drillFence(fence);
        case SyncCommand.WatchSchema schemas -> watchSchema(schemas);
        case SyncCommand.ReadDatabases read -> readings.read(read);
        case SyncCommand.RenderSql render ->
            new SyncReply.SqlRendered(
                render.header().step(), byHand.files(render.cutover(), render.spec()));
        case SyncCommand.ExportDelta export -> exportDelta(export);
        case SyncCommand.ApplyDelta apply -> deltas.apply(apply);
        case SyncCommand.CountLoss count -> deltas.count(count);
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

  private Event prepare(SyncCommand.PrepareReplication command)
      throws GateRefused, InterruptedException {
    ReplicationSpec spec = command.spec();
    Preflight.Findings findings = preflight.examine(spec);
    List<String> faults = new ArrayList<>(findings.faults());
    List<String> warnings = new ArrayList<>(findings.warnings());
    faults.addAll(objects.examine(spec));
    // Nothing is made while there are faults: bad input has no side effect.
    if (faults.isEmpty()) {
      faults.addAll(carrier.carry(spec));
    }
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
    for (Side side : Side.values()) {
      baseline.keep(spec.endpoint(side), spec.tables(), command.header().epoch());
    }
    watch.fences().keep(command.cutover(), spec);
    return new SyncReply.ReplicationPrepared(
        command.header().step(),
        warnings,
        findings.refetchedColumns(),
        findings.limits(),
        objects.prepare(command));
  }

  private Event startForward(SyncCommand.StartForwardSync command)
      throws GateRefused, ReplicationFailed, DrainTimedOut, InterruptedException {
    ReplicationSpec spec = command.spec();
    watch.measure(command.cutover(), Direction.FORWARD, spec);
    watch.fences().keep(command.cutover(), spec);
    CopyResult copied =
        replicator.copyAndStream(spec, Direction.FORWARD, progress -> tell(command, progress));
    if (spec.copyTerms().carriesSchema()) {
      // Indexes and constraints of the target followed its rows: they are no drift.
      baseline.keep(spec.target(), spec.tables(), command.header().epoch());
    }
    catchUp(command, Direction.FORWARD);
    return new SyncReply.ForwardSyncStarted(
        command.header().step(),
        copied.rows(),
        copied.bytes(),
        copied.tookMs(),
        objects.copy(command));
  }

  private void tell(SyncCommand.StartForwardSync command, CopyProgress progress) {
    watch.tell(progress.measured(command.header().step(), clock.instant()));
  }

  private Event startReverse(SyncCommand.StartReverseSync command)
      throws GateRefused, ReplicationFailed, DrainTimedOut, InterruptedException {
    watch.measure(command.cutover(), Direction.REVERSE, command.spec());
    watch.fences().keep(command.cutover(), command.spec());
    if (!command.held()) {
      deltas.requireApplied(command.spec());
    }
    gate.forgetOpening(command.spec().target(), command.spec().source());
    replicator.copyAndStream(command.spec(), Direction.REVERSE, _ -> {});
    if (command.held()) {
      deltas.hold(command); // nobody but the applier writes on the target yet
    }
    catchUp(command, Direction.REVERSE);
    objects.copyBack(command);
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

  private Event drainReverse(SyncCommand.DrainReverse command)
      throws GateRefused, ReplicationFailed, DrainTimedOut, InterruptedException {
    deltas.requireApplied(command.spec());
    replicator.start(command.spec(), Direction.REVERSE);
    long drainMs = drain(command, Direction.REVERSE, command.marker());
    return new SyncReply.ReverseDrained(
        command.header().step(), drainMs, objects.drainBack(command));
  }

  private Event drillFence(SyncCommand.DrillFence command)
      throws GateRefused, ReplicationFailed, DrainTimedOut, InterruptedException {
    Optional<String> unsuitable = FenceDrill.unsuitable(command);
    return unsuitable.isPresent()
        ? failed(command, FailureKind.UNSUITABLE, unsuitable.get(), false)
        : drill.run(command);
  }

  private Event watchSchema(SyncCommand.WatchSchema command) {
    watch.schemas().watch(command.cutover(), command.spec());
    return new SyncReply.SchemaWatched(command.header().step());
  }

  private Event exportDelta(SyncCommand.ExportDelta command)
      throws GateRefused, ReplicationFailed, DrainTimedOut, InterruptedException {
    return config.deltaDirectory().isPresent()
        ? deltas.export(command)
        : failed(
            command,
            FailureKind.UNSUITABLE,
            "Expected %s of this service, where the delta is to be written, but it is not set: set it to a directory that only its user can read"
                .formatted(SyncConfig.DELTA_DIRECTORY),
            false);
  }

  private Event drop(SyncCommand.DropReplication command)
      throws GateRefused, ReplicationFailed, InterruptedException {
    ReplicationSpec spec = command.spec();
    Removal removal = Removal.of(gate, spec, command.header());
    watch.forget(command.cutover());
    replicator.drop(spec);
    objects.release(command, removal.keepsSourceFenced());
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
