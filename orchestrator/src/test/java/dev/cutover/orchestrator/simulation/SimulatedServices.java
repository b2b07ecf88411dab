package dev.cutover.orchestrator.simulation;

import dev.cutover.contract.*;
import dev.cutover.contract.DnsCommand.*;
import dev.cutover.contract.DnsCommand.PutBackRecords;
import dev.cutover.contract.DnsCommand.ReadSwitch;
import dev.cutover.contract.DnsCommand.WatchRecords;
import dev.cutover.contract.DnsReply.*;
import dev.cutover.contract.DnsReply.RecordsWatched;
import dev.cutover.contract.DnsReply.SwitchRead;
import dev.cutover.contract.MonitorCommand.*;
import dev.cutover.contract.MonitorReply.*;
import dev.cutover.contract.ServedSide;
import dev.cutover.contract.SyncCommand.*;
import dev.cutover.contract.SyncReply.*;
import dev.cutover.contract.ValidatorCommand.*;
import dev.cutover.contract.ValidatorReply.*;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the services do to the world and answer; atomically, at the time they are called. */
public final class SimulatedServices {
  private final SimulatedWorld world;
  Optional<Long> watchEpoch = Optional.empty();
  boolean dataDiffers;
  boolean targetBroken;

  public SimulatedServices(SimulatedWorld world) {
    this.world = world;
  }

  public Reply handle(Command command, Instant now) {
    if (world.manual && changes(command)) {
      return fail(command.header().step(), FailureKind.MANUAL, false);
    }
    return switch (command) {
      case DnsCommand c -> dns(c, now);
      case SyncCommand c -> sync(c, now);
      case ValidatorCommand c -> validator(c, now);
      case MonitorCommand c -> monitor(c, now);
      case OutboundCommand c -> outbound(c);
      case ParticipantCommand c -> new ParticipantReply.StepDone(c.header().step(), "done");
      case PersonCommand c -> new PersonReply.DoneByHand(c.header().step(), "ana", "done");
    };
  }

  private static boolean changes(Command command) {
    return (command instanceof SyncCommand || command instanceof DnsCommand)
        && !(command instanceof ReadDatabases
            || command instanceof RenderSql
            || command instanceof WatchSchema
            || command instanceof CaptureRecords
            || command instanceof VerifyTraffic
            || command instanceof DnsCommand.VerifyView
            || command instanceof ReadSwitch
            || command instanceof WatchRecords);
  }

  private Reply dns(DnsCommand command, Instant now) {
    StepRef step = command.header().step();
    long epoch = command.header().epoch();
    return switch (command) {
      case CaptureRecords _ -> new RecordsCaptured(step, Plans.sets(Side.SOURCE, 60), 60);
      case StageSwitch _ ->
          world.revert(epoch) ? new SwitchStaged(step, "", "", "hash", "") : superseded(step);
      case LowerTtl _ -> new TtlLowered(step, 60, 5, now, List.of());
      case ShiftTraffic c ->
          world.shift(c.expectedEpoch(), epoch, c.weightPercent())
              ? new TrafficShifted(step, now, 1)
              : superseded(step);
      case VerifyTraffic c ->
          world.weightPercent == (c.side() == Side.TARGET ? 100 : 0)
              ? new TrafficVerified(step, c.side(), now, 5, List.of())
              : fail(step, FailureKind.TIMED_OUT, true);
      case DnsCommand.VerifyView c ->
          world.weightPercent == (c.side() == Side.TARGET ? 100 : 0)
              ? new DnsReply.ViewVerified(
                  step, c.view(), c.vantage(), c.side(), now, 5, List.of(), List.of())
              : fail(step, FailureKind.TIMED_OUT, true);
      case DnsCommand.VerifySplit c ->
          world.weightPercent == c.weightPercent()
              ? new DnsReply.SplitVerified(step, c.weightPercent(), now, List.of())
              : fail(step, FailureKind.TIMED_OUT, true);
      case RevertTraffic _ ->
          world.revert(epoch) ? new TrafficReverted(step, now, true, 1) : superseded(step);
      case PutBackRecords _ -> new DnsReply.RecordsPutBack(step, now, true, 1);
      case WatchRecords _ -> new RecordsWatched(step);
      case ReadSwitch c ->
          new SwitchRead(
              step,
              List.of(),
              List.of(
                  world.manual
                      ? new SwitchMark("shop", -1, Optional.empty(), false, "manual")
                      : new SwitchMark(
                          "shop", world.mark, Optional.of(c.cutover()), false, "mark")),
              switch (world.weightPercent) {
                case 0 -> ServedSide.SOURCE;
                case 100 -> ServedSide.TARGET;
                default -> ServedSide.NEITHER;
              },
              true,
              "");
      case RestoreTtl _ -> new TtlRestored(step, 60);
    };
  }

  private Reply sync(SyncCommand command, Instant now) {
    StepRef step = command.header().step();
    long epoch = command.header().epoch();
    boolean both = world.source.reachable && world.target.reachable;
    return switch (command) {
      case PrepareReplication _ -> {
        if (!both) {
          yield unreachable(step);
        }
        if (!world.target.installed) {
          world.target.installed = true;
          world.target.epoch = Math.max(world.target.epoch, epoch);
          world.source.epoch = Math.max(world.source.epoch, epoch);
        }
        yield new ReplicationPrepared(step, List.of(), List.of(), Optional.empty());
      }
      case StartForwardSync _ -> {
        if (!both) {
          yield unreachable(step);
        }
        world.forwardRuns = true;
        world.stream();
        yield new ForwardSyncStarted(step, 1, 1, 1);
      }
      case StartReverseSync c -> {
        if (!both) {
          yield unreachable(step);
        }
        world.reverseRuns = true;
        world.reverseHeld = c.held();
        world.target.everOpened &= world.target.open || !world.source.open;
        yield new ReverseSyncStarted(step);
      }
      case ProveRoundTrip _ ->
          both && world.forwardRuns && world.reverseRuns
              ? new RoundTripProven(step, 1, 1)
              : fail(step, FailureKind.TIMED_OUT, true);
      case AlignSequences c -> both ? new SequencesAligned(step, c.ahead(), 1) : unreachable(step);
      case FenceSource _ -> {
        if (!world.source.reachable || !world.fence(Side.SOURCE, epoch)) {
          yield superseded(step);
        }
        world.lease = Optional.of(epoch);
        if (!both || !world.forwardRuns) {
          yield fail(step, FailureKind.TIMED_OUT, true);
        }
        world.stream();
        yield new SourceFenced(step, now, 1, 1, 0, Optional.empty());
      }
      case OpenSource c -> {
        if (!both) {
          yield unreachable(step);
        }
        world.lease = Optional.empty();
        yield world.open(Side.SOURCE, c.expectedEpoch(), epoch, false)
            ? new SourceOpened(step, now, true)
            : superseded(step);
      }
      case OpenSourceAlone c -> {
        world.lease = Optional.empty();
        yield world.open(Side.SOURCE, c.expectedEpoch(), epoch, true)
            ? new SourceOpened(step, now, true)
            : superseded(step);
      }
      case FenceTarget _ -> {
        if (!world.target.reachable) {
          yield unreachable(step);
        }
        yield world.fence(Side.TARGET, epoch)
            ? new TargetFenced(step, now, 1, "m", Optional.empty())
            : superseded(step);
      }
      case OpenTarget c -> {
        world.lease = Optional.empty();
        if (!both) {
          yield unreachable(step);
        }
        yield world.open(Side.TARGET, c.expectedEpoch(), epoch, false)
            ? new TargetOpened(step, now)
            : superseded(step);
      }
      case DrainReverse _ -> {
        if (!both || !world.reverseRuns) {
          yield fail(step, FailureKind.TIMED_OUT, true);
        }
        world.stream();
        yield new ReverseDrained(step, 1);
      }
      case DrillFence _ -> {
        if (!both || !world.forwardRuns || world.target.open || !world.fence(Side.SOURCE, epoch)) {
          yield unreachable(step);
        }
        world.stream();
        yield world.open(Side.SOURCE, epoch, epoch + 1, false)
            ? new FenceDrilled(step, now, 1, 1, 1, 3, 0, 0)
            : superseded(step);
      }
      case ReadDatabases _ ->
          new DatabasesRead(step, now, world.read(Side.SOURCE), world.read(Side.TARGET));
      case RenderSql _ -> new SqlRendered(step, Map.of());
      case ExportDelta _ -> {
        if (!both || world.target.open) {
          yield unreachable(step);
        }
        world.reverseHeld = true;
        yield new DeltaExported(step, delta(true), "/deltas/simulated", "sha");
      }
      case ApplyDelta c -> {
        if (!both || world.source.open || !c.sha256().equals("sha")) {
          yield unreachable(step);
        }
        world.applyReverse();
        yield new DeltaApplied(step, c.sha256(), 1);
      }
      case CountLoss _ -> {
        world.reverseHeld = true;
        yield new LossCounted(step, delta(world.target.reachable));
      }
      case WatchSchema _ -> new SchemaWatched(step);
      case DropReplication _ -> {
        world.forwardRuns = false;
        world.reverseRuns = false;
        yield new ReplicationDropped(step);
      }
    };
  }

  private Delta delta(boolean complete) {
    long rows = world.target.notYetStreamed.size();
    return new Delta(
        List.of(
            new Delta.TableDelta(new TableName("public", "orders"), rows, rows, 0, 0, 0, "keys")),
        rows,
        Optional.empty(),
        Optional.empty(),
        complete);
  }

  private Reply validator(ValidatorCommand command, Instant now) {
    StepRef step = command.header().step();
    CheckResult.Outcome outcome =
        dataDiffers ? CheckResult.Outcome.MISMATCH : CheckResult.Outcome.MATCH;
    List<CheckResult> results = List.of(new CheckResult("rows", outcome, "", List.of(), 1));
    return switch (command) {
      case CompareData _, CompareChanged _ -> new DataCompared(step, now, now, results);
      case ValidateFinal _ -> new FinalValidated(step, results, 1);
      case RunChecks c -> new ChecksRun(step, c.side(), results);
    };
  }

  private Reply monitor(MonitorCommand command, Instant now) {
    StepRef step = command.header().step();
    return switch (command) {
      case LearnBaseline _ ->
          new BaselineLearned(step, new HealthBaseline(now, now, 1000, 1, 10, 1, 100));
      case WatchHealth _ -> {
        watchEpoch = Optional.of(command.header().epoch());
        yield new WatchStarted(step);
      }
      case StopWatching _ -> {
        watchEpoch = Optional.empty();
        yield new WatchStopped(step);
      }
    };
  }

  private static Reply superseded(StepRef step) {
    return fail(step, FailureKind.SUPERSEDED, false);
  }

  private static Reply unreachable(StepRef step) {
    return fail(step, FailureKind.UNREACHABLE, true);
  }

  private static Reply fail(StepRef step, FailureKind kind, boolean retryable) {
    return new StepFailed(step, new Failure(kind, kind.name(), retryable));
  }

  private static Reply outbound(OutboundCommand command) {
    StepRef step = command.header().step();
    return switch (command) {
      case OutboundCommand.CallHttp _ -> new OutboundReply.HttpCalled(step, 200, 1, "");
      case OutboundCommand.AskParticipant _ -> new ParticipantReply.StepDone(step, "done");
      case OutboundCommand.WriteBundle _ ->
          new OutboundReply.BundleWritten(step, "/bundle", Map.of("case.md", "hash"));
      case OutboundCommand.DeliverNotice c ->
          new OutboundReply.NoticeAccepted(step, c.notice().id(), c.notice().id());
    };
  }
}
