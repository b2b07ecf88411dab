package dev.cutover.orchestrator.domain;

import dev.cutover.contract.MonitorReply.BaselineLearned;
import dev.cutover.contract.ReadinessLine;
import dev.cutover.orchestrator.domain.ReadinessEvent.ApprovalsVoided;
import dev.cutover.orchestrator.domain.ReadinessEvent.ReadinessChanged;
import dev.cutover.orchestrator.domain.ReadinessEvent.ReadinessReviewed;
import dev.cutover.orchestrator.domain.ReadinessEvent.TrafficMeasured;
import dev.cutover.orchestrator.domain.ReadinessPolicy.BackupProof;
import dev.cutover.orchestrator.domain.SagaState.Waiting;
import dev.cutover.orchestrator.domain.Step.OnFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Readiness is looked at again and again while the cutover waits before the fence: evidence that
 * can go stale is asked for anew, outside of the runbook's order. What fails there makes a line
 * unready and takes nothing back. Pure.
 */
final class Rechecks {
  /** A review may keep its service busy for a twentieth of the time. */
  static final int COST_SHARE = 20;

  /** Orders that take nothing forward, and belong to no stage. A drill is only done when asked. */
  private static final Set<Action> ALL =
      EnumSet.of(
          Action.RECHECK_TARGET,
          Action.RECHECK_COUNTS,
          Action.RECHECK_DATA,
          Action.RECHECK_STREAMS,
          Action.RECHECK_TRAFFIC,
          Action.RECHECK_TICKET,
          Action.RECHECK_BACKUP,
          Action.QUERY_BACKUP,
          Action.RECHECK_DATABASES,
          Action.DRILL_FENCE,
          Action.RECHECK_CHANGED);

  private Rechecks() {}

  static boolean isRecheck(Action action) {
    return ALL.contains(action);
  }

  /** When something is due; empty outside of the waits before the fence. */
  static Optional<Instant> next(Cutover cutover) {
    if (!waitsBeforeTheFence(cutover)) {
      return Optional.empty();
    }
    return Stream.concat(
            looks(cutover), ALL.stream().flatMap(action -> due(cutover, action).stream()))
        .min(Instant::compareTo);
  }

  /** Looks again, and asks anew for what is old by now. */
  static void on(Draft draft) {
    if (!waitsBeforeTheFence(draft.cutover())) {
      return;
    }
    if (looks(draft.cutover()).anyMatch(at -> !draft.now().isBefore(at))) {
      draft.add(new ReadinessReviewed(draft.now()));
    }
    for (Action action : ALL) {
      if (due(draft.cutover(), action).filter(at -> !draft.now().isBefore(at)).isPresent()) {
        draft.send(step(action, draft.cutover().requiredPlan()));
      }
    }
  }

  /** At the end of each decision: what became unready is journalled, and voids approvals. */
  static void settle(Draft draft) {
    Milestones.declare(draft);
    if (!waitsBeforeTheFence(draft.cutover())) {
      return;
    }
    List<ReadinessLine> before = draft.cutover().readiness().open();
    List<ReadinessLine> open = Checklist.open(draft.cutover(), draft.now());
    if (!open.equals(before)) {
      draft.add(new ReadinessChanged(open, draft.now()));
    }
    List<String> broken = new ArrayList<>();
    Checklist.shortfalls(draft.cutover(), draft.now()).forEach(s -> broken.add(s.sentence()));
    if (!broken.isEmpty() && !draft.cutover().people().approvals().isEmpty()) {
      draft.add(
          new ApprovalsVoided(
              "Expected what was approved to hold, but: " + String.join("; ", broken),
              draft.now()));
    } else {
      Forward.passIfOpen(draft);
    }
  }

  private static boolean waitsBeforeTheFence(Cutover cutover) {
    return cutover.state() instanceof Waiting
        && !cutover.ledger().sent(Action.FENCE_SOURCE)
        && !cutover.ledger().sent(Action.SHIFT_TRAFFIC);
  }

  /** Times at which lines may change by themselves. */
  private static Stream<Instant> looks(Cutover cutover) {
    Readiness readiness = cutover.readiness();
    Instant since = cutover.state() instanceof Waiting waiting ? waiting.since() : Instant.MAX;
    Instant last = readiness.reviewedAt().filter(since::isBefore).orElse(since);
    Stream<Instant> ends =
        Stream.concat(
                readiness.signatures().values().stream().map(Readiness.Signature::until),
                cutover.requiredPlan().readiness().signed().stream()
                    .map(ReadinessPolicy.PlanSignature::until))
            .filter(last::isBefore);
    return Stream.concat(
        Stream.of(last.plus(cutover.requiredPlan().readiness().reviewEvery())), ends);
  }

  private static Optional<Instant> due(Cutover cutover, Action action) {
    if (!wanted(cutover, action) || busy(cutover, action)) {
      return Optional.empty();
    }
    ReadinessPolicy policy = cutover.requiredPlan().readiness();
    Optional<StepRecord> last = cutover.ledger().step(action).or(() -> first(cutover, action));
    Duration took = last.map(Rechecks::took).orElse(Duration.ZERO);
    Duration every =
        max(
            action == Action.RECHECK_DATA
                ? policy.maxAge().multipliedBy(3).dividedBy(4)
                : policy.reviewEvery(),
            took.multipliedBy(COST_SHARE));
    Optional<Instant> due =
        last.isPresent()
            ? last.map(record -> record.sentAt().plus(every))
            : cutover.state() instanceof Waiting waiting
                ? Optional.of(waiting.since().plus(spared(action, policy)))
                : Optional.empty();
    return due.filter(at -> endsBeforeGo(cutover, at, took));
  }

  /** What no line rests on is not in the way of a go that comes at once. */
  private static Duration spared(Action action, ReadinessPolicy policy) {
    return action == Action.RECHECK_DATABASES ? policy.reviewEvery() : Duration.ZERO;
  }

  /** Once enough people said go, nothing may be in the way when the window opens. */
  private static boolean endsBeforeGo(Cutover cutover, Instant at, Duration took) {
    Optional<Instant> opens = cutover.requiredPlan().window().opensAt();
    boolean early = opens.filter(at.plus(took.multipliedBy(2))::isBefore).isPresent();
    boolean acrossTheOpening = opens.filter(o -> at.isBefore(o) && !early).isPresent();
    return Approvals.complete(cutover) ? early : !acrossTheOpening || took.isZero();
  }

  private static boolean wanted(Cutover cutover, Action action) {
    Plan plan = cutover.requiredPlan();
    return switch (action) {
      case RECHECK_TARGET -> cutover.ledger().done(Action.CHECK_TARGET);
      case RECHECK_COUNTS, RECHECK_DATA -> cutover.ledger().done(Action.COMPARE_DATA);
      case RECHECK_STREAMS ->
          !plan.autonomy().observes() && cutover.ledger().done(Action.START_REVERSE_SYNC);
      case RECHECK_DATABASES ->
          !plan.autonomy().observes() && cutover.ledger().done(Action.START_FORWARD_SYNC);
      case RECHECK_TRAFFIC ->
          plan.window().requestsPerSecondMax().isPresent()
              && cutover.ledger().done(Action.LEARN_BASELINE);
      case RECHECK_TICKET -> plan.readiness().changeTicket().isPresent();
      case RECHECK_BACKUP ->
          plan.readiness().backup().filter(BackupProof.ByHttp.class::isInstance).isPresent();
      case QUERY_BACKUP ->
          plan.readiness().backup().filter(BackupProof.ByQuery.class::isInstance).isPresent();
      default -> false;
    };
  }

  /** One at a time at each service: the next would only wait there, and its deadline would pass. */
  private static boolean busy(Cutover cutover, Action action) {
    return cutover.ledger().steps().values().stream()
        .anyMatch(
            record -> isUnderWay(record) && record.step().action().receiver() == action.receiver());
  }

  /** What was left of the time after a switch that was taken back stands in nobody's way. */
  private static boolean isUnderWay(StepRecord record) {
    Action action = record.step().action();
    return record.outstanding() && isRecheck(action) && action != Action.RECHECK_CHANGED;
  }

  /** The runbook's own step, which proved the same first. */
  private static Optional<StepRecord> first(Cutover cutover, Action review) {
    return switch (review) {
      case RECHECK_TARGET -> cutover.ledger().step(Action.CHECK_TARGET);
      case RECHECK_COUNTS, RECHECK_DATA -> cutover.ledger().step(Action.COMPARE_DATA);
      case RECHECK_STREAMS -> cutover.ledger().step(Action.START_REVERSE_SYNC);
      case RECHECK_TRAFFIC -> cutover.ledger().step(Action.LEARN_BASELINE);
      default -> Optional.empty();
    };
  }

  static Duration took(StepRecord record) {
    return record
        .endedAt()
        .map(ended -> Duration.between(record.sentAt(), ended))
        .filter(length -> !length.isNegative())
        .orElse(Duration.ZERO);
  }

  private static Duration max(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? other : one;
  }

  private static Step step(Action action, Plan plan) {
    Duration deadline =
        action == Action.RECHECK_DATA || action == Action.RECHECK_COUNTS
            ? plan.bounds().copy()
            : plan.bounds().preparationStep();
    return Step.of(action, deadline, 1, OnFailure.REPORT);
  }

  /** The final backup, before the source goes. */
  static void askForBackup(Draft draft) {
    for (Action action : List.of(Action.RECHECK_BACKUP, Action.QUERY_BACKUP)) {
      if (wanted(draft.cutover(), action)) {
        draft.send(step(action, draft.cutover().requiredPlan()));
      }
    }
  }

  /** Rechecks under way whose services the switch needs: go waits for them. */
  static List<String> inTheWay(Cutover cutover) {
    return cutover.ledger().steps().values().stream()
        .filter(Rechecks::isUnderWay)
        .filter(record -> record.step().action().receiver() != Action.Receiver.OUTBOUND)
        .map(record -> record.step().name())
        .toList();
  }

  /** What an answer proved is kept while the next is waited for. */
  static Cutover noted(Cutover cutover, StepRecord record, Instant at) {
    return isRecheck(record.step().action())
        ? cutover.with(
            cutover
                .readiness()
                .with(
                    record.step().action(),
                    record.status() == StepRecord.Status.DONE,
                    record.detail(),
                    record.sentAt(),
                    at))
        : cutover;
  }

  /** Follows up what a review brought to light. */
  static void onDone(Draft draft, StepRecord record) {
    if (record.step().action() == Action.RECHECK_TRAFFIC) {
      draft
          .ledger()
          .reply(Action.RECHECK_TRAFFIC, BaselineLearned.class)
          .ifPresent(
              reply ->
                  draft.add(
                      new TrafficMeasured(reply.baseline().requestsPerSecond(), draft.now())));
    }
  }
}
