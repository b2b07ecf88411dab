package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Command;
import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.DataCheck;
import dev.cutover.contract.Direction;
import dev.cutover.contract.DnsCommand.*;
import dev.cutover.contract.DnsReply.RecordsCaptured;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.HttpCall;
import dev.cutover.contract.MonitorCommand.*;
import dev.cutover.contract.MonitorReply.BaselineLearned;
import dev.cutover.contract.OutboundCommand.CallHttp;
import dev.cutover.contract.OutboundCommand.WriteBundle;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.Reply;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SyncCommand.*;
import dev.cutover.contract.SyncReply.DeltaExported;
import dev.cutover.contract.SyncReply.TargetFenced;
import dev.cutover.contract.ValidatorCommand.*;
import dev.cutover.contract.ValidatorReply.DataCompared;
import dev.cutover.contract.WatchSpec;
import dev.cutover.orchestrator.domain.ReadinessPolicy.BackupProof;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Makes orders from the plan and from what the ledger knows, and their undos. Pure. */
final class Commands {
  /** How long present traffic is measured. */
  private static final Duration TRAFFIC_LOOK = Duration.ofSeconds(30);

  private Commands() {}

  /** The order of that step, complete: the service needs nothing else. */
  static Command of(Step step, Cutover cutover, CommandHeader header) {
    Action action = step.action();
    Plan plan = cutover.requiredPlan();
    Ledger ledger = cutover.ledger();
    return switch (action) {
      case CAPTURE_RECORDS ->
          new CaptureRecords(
              header, dns(plan), Optional.of(SwitchProofs.overAt(plan, header.deadline())));
      case LOWER_TTL -> new LowerTtl(header, dns(plan), captured(ledger), Views.captured(ledger));
      case WATCH_RECORDS -> WatchedRecords.order(header, dns(plan), ledger);
      case WATCH_SCHEMA -> new WatchSchema(header, data(plan));
      case STAGE_SWITCH ->
          new StageSwitch(header, dns(plan), captured(ledger), Views.captured(ledger));
      case PREPARE_REPLICATION -> new PrepareReplication(header, data(plan));
      case LEARN_BASELINE -> new LearnBaseline(header, watch(plan), plan.bounds().baseline());
      case START_FORWARD_SYNC -> new StartForwardSync(header, data(plan));
      case COMPARE_DATA -> new CompareData(header, data(plan), plan.dataChecks());
      case CHECK_TARGET -> new RunChecks(header, Side.TARGET, plan.readingChecks());
      case START_REVERSE_SYNC -> new StartReverseSync(header, data(plan), isHeld(plan));
      case RENDER_SQL -> new RenderSql(header, data(plan));
      case WRITE_BUNDLE -> new WriteBundle(header, BreakGlass.files(cutover));
      case ADOPT_DATABASES -> new ReadDatabases(header, data(plan));
      case ADOPT_SWITCH -> new ReadSwitch(header, dns(plan));
      case ALIGN_TARGET_SEQUENCES -> new AlignSequences(header, data(plan), Side.TARGET);
      case PROVE_ROUND_TRIP -> new ProveRoundTrip(header, data(plan));
      case FENCE_SOURCE ->
          new FenceSource(header, data(plan), plan.bounds().maxWriteOutage().plusSeconds(5));
      case COMPARE_CHANGED -> new CompareChanged(header, data(plan), Direction.FORWARD);
      case VALIDATE_FINAL ->
          new ValidateFinal(
              header,
              data(plan),
              required(ledger, Action.COMPARE_DATA, DataCompared.class).startedAt(),
              plan.bounds().finalValidation());
      case VALIDATE_FULL -> new CompareData(header, data(plan), plan.dataChecks());
      case SHIFT_TRAFFIC ->
          new ShiftTraffic(header, dns(plan), ledger.markEpoch(), percent(plan, step.name()));
      case OPEN_TARGET -> new OpenTarget(header, data(plan), ledger.targetEpoch());
      case VERIFY_SPLIT -> new VerifySplit(header, dns(plan), percent(plan, step.name()));
      case PUT_BACK_RECORDS ->
          throw new IllegalStateException(
              "Expected an order that says what drifted, not a new one");
      case VERIFY_VIEW, VERIFY_REVERTED_VIEW -> Views.order(plan, step, header);
      case VERIFY_SHIFT -> new VerifyTraffic(header, dns(plan), Side.TARGET);
      case WATCH_HEALTH ->
          new WatchHealth(
              header,
              watch(plan),
              required(ledger, Action.LEARN_BASELINE, BaselineLearned.class).baseline());
      case CHECK_TARGET_WRITES -> new RunChecks(header, Side.TARGET, plan.writingChecks());
      case FENCE_TARGET -> new FenceTarget(header, data(plan));
      case REVERT_TRAFFIC -> new RevertTraffic(header, dns(plan));
      case DRAIN_REVERSE ->
          new DrainReverse(
              header,
              data(plan),
              required(ledger, Action.FENCE_TARGET, TargetFenced.class).marker());
      case EXPORT_DELTA -> new ExportDelta(header, data(plan));
      case APPLY_DELTA ->
          new ApplyDelta(
              header,
              data(plan),
              required(ledger, Action.EXPORT_DELTA, DeltaExported.class).sha256());
      case COUNT_LOSS -> new CountLoss(header, data(plan));
      case ALIGN_SOURCE_SEQUENCES -> new AlignSequences(header, data(plan), Side.SOURCE);
      case OPEN_SOURCE -> new OpenSource(header, data(plan), fenceEpoch(ledger));
      case VERIFY_REVERT -> new VerifyTraffic(header, dns(plan), Side.SOURCE);
      case CHECK_SOURCE -> new RunChecks(header, Side.SOURCE, plan.sourceChecks());
      case STOP_WATCHING -> new StopWatching(header);
      case RESTORE_TTL ->
          new RestoreTtl(header, dns(plan), captured(ledger), Views.captured(ledger));
      case DROP_REPLICATION -> new DropReplication(header, data(plan));
      case CALL_TEAM, ASK_PARTICIPANT, DO_BY_HAND, PROVE_FOR_TEAM ->
          TeamSteps.order(step.name(), plan, header);
      case RECHECK_TARGET -> new RunChecks(header, Side.TARGET, plan.readingChecks());
      case RECHECK_COUNTS -> new CompareData(header, data(plan), counts(plan));
      case RECHECK_DATA -> new CompareData(header, data(plan), plan.dataChecks());
      case RECHECK_STREAMS -> new ProveRoundTrip(header, data(plan));
      case RECHECK_TRAFFIC ->
          new LearnBaseline(header, watch(plan), shorter(plan.bounds().baseline(), TRAFFIC_LOOK));
      case RECHECK_TICKET ->
          new CallHttp(
              header,
              step.name(),
              present(plan.readiness().changeTicket(), "a change ticket"),
              false);
      case RECHECK_BACKUP, QUERY_BACKUP -> backup(plan, step, header);
      case RECHECK_CHANGED -> new CompareChanged(header, data(plan), Direction.REVERSE);
      case RECHECK_DATABASES -> new ReadDatabases(header, data(plan));
      case DRILL_FENCE ->
          new DrillFence(header, data(plan), cutover.readiness().foresight().drillMax());
    };
  }

  /**
   * The same order once more. To open the source the target is asked first whether it is fenced; if
   * it does not answer and was never told to open, it cannot have opened, and production need not
   * wait for it.
   */
  static Command again(StepRecord record, Ledger ledger) {
    boolean silent =
        record.lastFailure().equals(Optional.of(FailureKind.UNREACHABLE))
            || record.lastFailure().equals(Optional.of(FailureKind.TIMED_OUT));
    return record.command() instanceof OpenSource(var header, var spec, long expectedEpoch)
            && silent
            && !ledger.sent(Action.OPEN_TARGET)
        ? new OpenSourceAlone(header, spec, expectedEpoch)
        : record.command();
  }

  /** How that order is undone, as data, before it is sent. */
  static Undo undo(Step step, Cutover cutover, CommandHeader header) {
    return step.action()
        .undoneBy()
        .<Undo>map(undoing -> new Undo.Reversible(undoing(undoing, cutover, header)))
        .orElseGet(() -> TeamSteps.undo(step, cutover.requiredPlan(), header));
  }

  /** The fence is not in the ledger yet when its undo is made: its epoch is this order's own. */
  private static Command undoing(Action action, Cutover cutover, CommandHeader header) {
    return action == Action.OPEN_SOURCE
        ? new OpenSource(header, data(cutover.requiredPlan()), header.epoch())
        : of(Step.of(action, Duration.ZERO, 1, Step.OnFailure.HOLD), cutover, header);
  }

  /** Whether the target's writes wait for people, or are given up. */
  private static boolean isHeld(Plan plan) {
    return switch (plan.rollback().way()) {
      case MANUAL_REVIEW, ACCEPT_LOSS -> true;
      case REVERSE_SYNC, FIX_FORWARD -> false;
    };
  }

  private static int percent(Plan plan, String stepName) {
    return plan.strategy() instanceof Strategy.Canary canary
        ? canary.weight(stepName).map(Strategy.Weight::percent).orElse(100)
        : 100;
  }

  private static long fenceEpoch(Ledger ledger) {
    return ledger
        .step(Action.FENCE_SOURCE)
        .map(StepRecord::epoch)
        .orElseThrow(
            () -> new IllegalStateException("Expected a fence to open, but none was sent"));
  }

  static List<RecordSet> captured(Ledger ledger) {
    return required(ledger, Action.CAPTURE_RECORDS, RecordsCaptured.class).records();
  }

  private static <R extends Reply> R required(Ledger ledger, Action action, Class<R> type) {
    return ledger
        .reply(action, type)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Expected the answer of %s, but the ledger has none"
                        .formatted(action.stepName())));
  }

  private static Command backup(Plan plan, Step step, CommandHeader header) {
    return switch (present(plan.readiness().backup(), "a backup")) {
      case BackupProof.ByHttp(HttpCall call) -> new CallHttp(header, step.name(), call, false);
      case BackupProof.ByQuery(Side side, DataCheck check) ->
          new RunChecks(header, side, List.of(check));
    };
  }

  /** What is cheap enough to be compared often. */
  private static List<DataCheck> counts(Plan plan) {
    List<DataCheck> counts =
        plan.dataChecks().stream()
            .filter(check -> check.itself() instanceof DataCheck.RowCounts)
            .toList();
    return counts.isEmpty()
        ? List.of(new DataCheck.RowCounts("row counts", data(plan).tables()))
        : counts;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static SwitchSpec dns(Plan plan) {
    return present(plan.trafficSwitch(), "a traffic switch");
  }

  private static ReplicationSpec data(Plan plan) {
    return present(plan.data(), "databases");
  }

  private static WatchSpec watch(Plan plan) {
    return present(plan.watch(), "something to watch");
  }

  private static <T> T present(Optional<T> part, String what) {
    return part.orElseThrow(
        () ->
            new IllegalStateException(
                "Expected the plan to name %s, but it doesn't".formatted(what)));
  }
}
