package dev.cutover.orchestrator.domain;

import dev.cutover.contract.CheckResult;
import dev.cutover.contract.CheckResult.Outcome;
import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.ParticipantReply;
import dev.cutover.contract.Reply;
import dev.cutover.contract.StepFailed;
import dev.cutover.contract.ValidatorReply;
import dev.cutover.orchestrator.domain.SagaEvent.*;
import dev.cutover.orchestrator.domain.SagaState.*;
import dev.cutover.orchestrator.domain.Step.OnFailure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What answers lead to. Pure. Answers to attempts that are not current are dropped. */
final class Replies {
  /** Between two tries inside a write outage. */
  private static final Duration URGENT = Duration.ofMillis(100);

  /** Between two tries while one side serves, or after people were paged. */
  private static final Duration CALM = Duration.ofSeconds(2);

  /** Failures of a step that must succeed, before people are paged. */
  private static final int TRIES_UNTIL_PAGED = 5;

  private Replies() {}

  static void on(Draft draft, Reply reply) {
    if (Deliveries.on(draft, reply)) {
      return;
    }
    Optional<StepRecord> outstanding = draft.ledger().outstanding(reply.step());
    if (outstanding.isEmpty()) {
      standingLost(draft, reply);
      return;
    }
    StepRecord record = outstanding.get();
    if (reply instanceof StepFailed failed) {
      onFailure(draft, record, failed.failure());
      return;
    }
    if (reply instanceof ParticipantReply.StepFailed failed) {
      onFailure(draft, record, failed.failure());
      return;
    }
    Optional<Failure> verdict = judge(draft.cutover().requiredPlan(), reply);
    if (verdict.isPresent()) {
      onFailure(draft, record, verdict.get());
      return;
    }
    draft.add(new StepDone(reply.step(), reply, draft.now()));
    if (Rechecks.isRecheck(record.step().action())) {
      Rechecks.onDone(draft, record);
      return;
    }
    if (Adoptions.isReading(record.step().action())) {
      Adoptions.advance(draft);
      return;
    }
    switch (draft.cutover().state()) {
      case Running _ -> Forward.onDone(draft, record.step().action());
      case RollingBack _ -> Back.onDone(draft, record.step().action());
      case Held _ -> Forward.note(draft, record.step().action());
      case Planned _, Waiting _, Observing _, Prepared _, Finished _ -> {}
    }
  }

  /** A standing order that had been carried out no longer is: its new instance says so. */
  private static void standingLost(Draft draft, Reply reply) {
    if (!(reply instanceof StepFailed failed)) {
      return;
    }
    Optional<StepRecord> standing =
        draft
            .ledger()
            .step(reply.step().step())
            .filter(record -> record.step().action().standing())
            .filter(record -> record.attempt() == reply.step().attempt());
    if (standing.isEmpty() || standing.get().status() != StepRecord.Status.DONE) {
      return;
    }
    String reason = failed.failure().reason();
    switch (standing.get().step().action()) {
      case START_REVERSE_SYNC -> draft.add(new WayBackChanged(false, reason));
      case WATCH_HEALTH -> draft.add(blind(draft, reason));
      case START_FORWARD_SYNC -> holdBeforeTheFence(draft, reason);
      case WATCH_RECORDS, WATCH_SCHEMA ->
          FreezeWatch.lost(draft, standing.get().step().action(), reason);
      default -> throw new IllegalStateException("Expected a standing action");
    }
  }

  /** Nothing is seen, and nothing more was counted. */
  static HealthNoted blind(Draft draft, String reason) {
    return new HealthNoted(HealthVerdict.BLIND, reason, -1, draft.now(), Optional.empty());
  }

  static void holdBeforeTheFence(Draft draft, String reason) {
    boolean before = !draft.ledger().sent(Action.FENCE_SOURCE);
    if (before
        && (draft.cutover().state() instanceof Running
            || draft.cutover().state() instanceof Waiting)) {
      draft.add(new CutoverHeld(reason));
    }
  }

  static void onFailure(Draft draft, StepRecord record, Failure failure) {
    if (failure.kind() == FailureKind.MANUAL) {
      Adoptions.onMark(draft, record, failure);
      return;
    }
    Step step = record.step();
    boolean persists = step.onFailure() == OnFailure.PERSIST;
    boolean again = persists || (failure.retryable() && record.tries() < step.attemptsMax());
    boolean urgent = draft.serving().isEmpty() && record.tries() < TRIES_UNTIL_PAGED;
    Cutover before = draft.cutover();
    draft.add(
        new AttemptFailed(
            record.command().header().step(),
            failure,
            draft.now(),
            again ? Optional.of(draft.now().plus(urgent ? URGENT : CALM)) : Optional.empty()));
    String reason = step.name() + ": " + failure.reason();
    if (step.action() == Action.RECHECK_CHANGED) {
      ReverseComparison.onFailure(draft, before, failure);
    }
    if (again) {
      pageIfOutage(draft, record, reason);
      return;
    }
    giveUp(draft, step, reason);
  }

  /** A step won't be done: it goes where the plan says. */
  static void giveUp(Draft draft, Step step, String reason) {
    switch (step.onFailure()) {
      case HOLD -> {
        if (draft.serving().isPresent()) {
          draft.add(new CutoverHeld(reason));
        } else {
          Back.begin(draft, Cause.STEP_FAILED, reason);
        }
      }
      case GO_BACK -> Back.begin(draft, Cause.STEP_FAILED, reason);
      case REPORT -> {
        Forward.advance(draft);
        Back.advance(draft);
        Adoptions.advance(draft);
      }
      case PERSIST -> throw new IllegalStateException("Expected such a step to be tried again");
    }
  }

  private static void pageIfOutage(Draft draft, StepRecord record, String reason) {
    if (draft.cutover().state() instanceof RollingBack(Route _, int _, boolean outage)
        && !outage
        && record.step().onFailure() == OnFailure.PERSIST
        && record.tries() >= TRIES_UNTIL_PAGED) {
      draft.add(new OutagePaged(reason));
    }
  }

  /**
   * What a validator's answer is worth; anything but a match is a failure with its evidence. What
   * is only recommended stops nothing, and stands in the evidence.
   */
  private static Optional<Failure> judge(Plan plan, Reply reply) {
    if (!(reply instanceof ValidatorReply validated)) {
      return Optional.empty();
    }
    Set<String> recommended = plan.recommendedChecks();
    List<CheckResult> results =
        validated.results().stream()
            .filter(result -> !recommended.contains(result.name()))
            .toList();
    return first(results, Outcome.MISMATCH)
        .map(r -> new Failure(FailureKind.MISMATCH, r.name() + ": " + r.detail(), false))
        .or(
            () ->
                first(results, Outcome.INCONCLUSIVE)
                    .map(
                        r ->
                            new Failure(
                                FailureKind.INCONCLUSIVE, r.name() + ": " + r.detail(), true)));
  }

  private static Optional<CheckResult> first(List<CheckResult> results, Outcome outcome) {
    return results.stream().filter(result -> result.outcome() == outcome).findFirst();
  }
}
