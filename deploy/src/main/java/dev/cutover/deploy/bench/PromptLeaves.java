package dev.cutover.deploy.bench;

import dev.cutover.contract.CheckResult;
import dev.cutover.contract.Command;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseState;
import dev.cutover.contract.Delta;
import dev.cutover.contract.DnsCommand;
import dev.cutover.contract.DnsReply;
import dev.cutover.contract.HealthBaseline;
import dev.cutover.contract.MonitorCommand;
import dev.cutover.contract.MonitorReply;
import dev.cutover.contract.OutboundCommand;
import dev.cutover.contract.OutboundReply;
import dev.cutover.contract.ParticipantCommand;
import dev.cutover.contract.ParticipantReply;
import dev.cutover.contract.PersonCommand;
import dev.cutover.contract.PersonReply;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Reply;
import dev.cutover.contract.ServedSide;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.SyncCommand;
import dev.cutover.contract.SyncReply;
import dev.cutover.contract.UndecodableException;
import dev.cutover.contract.ValidatorCommand;
import dev.cutover.contract.ValidatorReply;
import dev.cutover.runtime.EventPublisher;
import dev.cutover.runtime.KafkaLog;
import dev.cutover.runtime.KafkaSettings;
import dev.cutover.runtime.LogException;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.TopicFollower;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All leaf services at once, in a world in which everything works: each command is answered at the
 * pace of the benchmark, and the time from an answer to the command that follows it is measured
 * where a service would see it.
 */
final class PromptLeaves implements AutoCloseable {
  private static final DatabaseState NOT_READ = DatabaseState.unreachable("nobody asked");
  private static final Delta NO_DELTA =
      new Delta(List.of(), 0, Optional.empty(), Optional.empty(), true);

  private final Wire wire;
  private final KafkaLog log;
  private final EventPublisher publisher;
  private final TopicFollower follower;
  private final Thread pace;
  private final Latencies latencies = new Latencies();
  private final Map<CutoverId, Long> asked = new ConcurrentHashMap<>();
  private final BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();
  private final AtomicLong answered = new AtomicLong();
  private final Pacer pacer;
  private volatile boolean closed;

  /**
   * Starts them.
   *
   * @param pacer shared with whoever else makes inputs
   */
  PromptLeaves(KafkaSettings kafka, Wire wire, Pacer pacer) {
    this.wire = wire;
    this.pacer = pacer;
    this.log = KafkaLog.writer(kafka);
    this.publisher = new EventPublisher("bench", wire, log, InstantSource.system());
    this.follower =
        TopicFollower.start(
            kafka,
            Topics.COMMANDED.stream().map(wire.topics()::commands).toList(),
            false,
            this::receive);
    this.pace = Thread.ofPlatform().name("prompt-leaves").daemon().start(this::answer);
  }

  Latencies latencies() {
    return latencies;
  }

  long answered() {
    return answered.get();
  }

  /** An input of this cutover is on its way from elsewhere: what it leads to is measured too. */
  void asked(CutoverId cutover) {
    asked.put(cutover, System.nanoTime());
  }

  @Override
  public void close() {
    closed = true;
    pace.interrupt();
    follower.close();
    log.close();
  }

  private void receive(Received received) {
    try {
      if (wire.envelope(received).message() instanceof Command command) {
        Long since = asked.remove(command.cutover());
        if (since != null) {
          latencies.add(System.nanoTime() - since);
        }
        replies.add(success(command, Instant.now()));
      }
    } catch (UndecodableException e) {
      throw new IllegalStateException("the benchmark's own commands are readable", e);
    }
  }

  private void answer() {
    try {
      while (!closed) {
        Reply reply = replies.take();
        pacer.await();
        // After the proof of the shift the target is observed for a second: no command follows at
        // once.
        if (!(reply instanceof DnsReply.TrafficVerified)) {
          asked.put(reply.cutover(), System.nanoTime());
        }
        var _ = publisher.publish(reply);
        answered.incrementAndGet();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (LogException e) {
      if (!closed) {
        throw e;
      }
    }
  }

  private static Reply success(Command command, Instant now) {
    StepRef step = command.header().step();
    return switch (command) {
      case DnsCommand dns -> dns(dns, step, now);
      case SyncCommand sync -> sync(sync, step, now);
      case ValidatorCommand validator -> validator(validator, step, now);
      case MonitorCommand monitor -> monitor(monitor, step, now);
      case OutboundCommand outbound -> outbound(outbound, step);
      case ParticipantCommand _ -> new ParticipantReply.StepDone(step, "done");
      case PersonCommand _ -> new PersonReply.DoneByHand(step, "ana", "done");
    };
  }

  private static Reply dns(DnsCommand command, StepRef step, Instant now) {
    return switch (command) {
      case DnsCommand.CaptureRecords c ->
          new DnsReply.RecordsCaptured(
              step,
              List.of(
                  new RecordSet(
                      c.spec().names().getFirst().name(), RecordType.A, 1, List.of("192.0.2.1"))),
              1);
      case DnsCommand.StageSwitch _ -> new DnsReply.SwitchStaged(step, "", "", "hash", "");
      case DnsCommand.LowerTtl _ -> new DnsReply.TtlLowered(step, 0, 0, now, List.of());
      case DnsCommand.ShiftTraffic _ -> new DnsReply.TrafficShifted(step, now, 1);
      case DnsCommand.VerifyTraffic c ->
          new DnsReply.TrafficVerified(step, c.side(), now, 0, List.of());
      case DnsCommand.VerifyView c ->
          new DnsReply.ViewVerified(
              step, c.view(), c.vantage(), c.side(), now, 0, List.of(), List.of());
      case DnsCommand.VerifySplit c ->
          new DnsReply.SplitVerified(step, c.weightPercent(), now, List.of());
      case DnsCommand.RevertTraffic _ -> new DnsReply.TrafficReverted(step, now, true, 1);
      case DnsCommand.PutBackRecords _ -> new DnsReply.RecordsPutBack(step, now, true, 1);
      case DnsCommand.WatchRecords _ -> new DnsReply.RecordsWatched(step);
      case DnsCommand.ReadSwitch _ ->
          new DnsReply.SwitchRead(step, List.of(), List.of(), ServedSide.UNKNOWN, false, "");
      case DnsCommand.RestoreTtl _ -> new DnsReply.TtlRestored(step, 60);
    };
  }

  private static Reply sync(SyncCommand command, StepRef step, Instant now) {
    return switch (command) {
      case SyncCommand.PrepareReplication _ ->
          new SyncReply.ReplicationPrepared(step, List.of(), List.of(), Optional.empty());
      case SyncCommand.StartForwardSync _ -> new SyncReply.ForwardSyncStarted(step, 1, 1, 1);
      case SyncCommand.StartReverseSync _ -> new SyncReply.ReverseSyncStarted(step);
      case SyncCommand.ProveRoundTrip _ -> new SyncReply.RoundTripProven(step, 1, 1);
      case SyncCommand.AlignSequences c -> new SyncReply.SequencesAligned(step, c.ahead(), 1);
      case SyncCommand.FenceSource _ ->
          new SyncReply.SourceFenced(step, now, 1, 1, 0, Optional.empty());
      case SyncCommand.OpenSource _ -> new SyncReply.SourceOpened(step, now, true);
      case SyncCommand.OpenSourceAlone _ -> new SyncReply.SourceOpened(step, now, true);
      case SyncCommand.FenceTarget _ ->
          new SyncReply.TargetFenced(step, now, 1, "marker", Optional.empty());
      case SyncCommand.OpenTarget _ -> new SyncReply.TargetOpened(step, now);
      case SyncCommand.DrainReverse _ -> new SyncReply.ReverseDrained(step, 1);
      case SyncCommand.DrillFence _ -> new SyncReply.FenceDrilled(step, now, 1, 1, 1, 3, 0, 0);
      case SyncCommand.WatchSchema _ -> new SyncReply.SchemaWatched(step);
      case SyncCommand.ReadDatabases _ ->
          new SyncReply.DatabasesRead(step, now, NOT_READ, NOT_READ);
      case SyncCommand.RenderSql _ -> new SyncReply.SqlRendered(step, Map.of());
      case SyncCommand.ExportDelta _ ->
          new SyncReply.DeltaExported(step, NO_DELTA, "/delta", "hash");
      case SyncCommand.ApplyDelta c -> new SyncReply.DeltaApplied(step, c.sha256(), 1);
      case SyncCommand.CountLoss _ -> new SyncReply.LossCounted(step, NO_DELTA);
      case SyncCommand.DropReplication _ -> new SyncReply.ReplicationDropped(step);
    };
  }

  private static Reply validator(ValidatorCommand command, StepRef step, Instant now) {
    List<CheckResult> results =
        List.of(new CheckResult("rows", CheckResult.Outcome.MATCH, "", List.of(), 1));
    return switch (command) {
      case ValidatorCommand.CompareData _, ValidatorCommand.CompareChanged _ ->
          new ValidatorReply.DataCompared(step, now, now, results);
      case ValidatorCommand.ValidateFinal _ -> new ValidatorReply.FinalValidated(step, results, 1);
      case ValidatorCommand.RunChecks c -> new ValidatorReply.ChecksRun(step, c.side(), results);
    };
  }

  private static Reply monitor(MonitorCommand command, StepRef step, Instant now) {
    return switch (command) {
      case MonitorCommand.LearnBaseline _ ->
          new MonitorReply.BaselineLearned(step, new HealthBaseline(now, now, 1000, 1, 10, 1, 100));
      case MonitorCommand.WatchHealth _ -> new MonitorReply.WatchStarted(step);
      case MonitorCommand.StopWatching _ -> new MonitorReply.WatchStopped(step);
    };
  }

  private static Reply outbound(OutboundCommand command, StepRef step) {
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
