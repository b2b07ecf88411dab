package dev.cutover.orchestrator.domain;

import dev.cutover.contract.CopyMeasured;
import dev.cutover.contract.CutoverStatus;
import dev.cutover.contract.Direction;
import dev.cutover.contract.FenceLeaseExpired;
import dev.cutover.contract.FenceLost;
import dev.cutover.contract.HealthReported;
import dev.cutover.contract.MemberProgressed;
import dev.cutover.contract.ObjectsMeasured;
import dev.cutover.contract.ParticipantAsked;
import dev.cutover.contract.PartitionsAssigned;
import dev.cutover.contract.ProgrammeStatus;
import dev.cutover.contract.PropagationObserved;
import dev.cutover.contract.RecordsObserved;
import dev.cutover.contract.ReplicationMeasured;
import dev.cutover.contract.RollbackRequestRefused;
import dev.cutover.contract.RollbackRequested;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.contract.SchemaObserved;
import dev.cutover.contract.StateChanged;
import dev.cutover.contract.UndecodableMessage;
import dev.cutover.orchestrator.domain.PeopleEvent.RollbackMissed;
import dev.cutover.orchestrator.domain.SagaEvent.*;
import dev.cutover.orchestrator.domain.SagaState.*;
import dev.cutover.orchestrator.domain.StepRecord.Status;
import java.util.Optional;
import java.util.function.Predicate;

/** What services say unasked. Pure. */
final class Reports {
  private Reports() {}

  static void on(Draft draft, SagaInput.Told told) {
    if (draft.cutover().plan().isEmpty()) {
      return;
    }
    switch (told.report()) {
      case RollbackTrigger trigger -> onTrigger(draft, trigger);
      case HealthReported health -> onHealth(draft, health, told);
      case ReplicationMeasured measured -> onReplication(draft, measured);
      case FenceLost lost -> onFenceLost(draft, lost);
      case FenceLeaseExpired expired -> onLeaseExpired(draft, expired);
      case PartitionsAssigned assigned -> onAssigned(draft, assigned);
      case UndecodableMessage unreadable -> onUnreadable(draft, unreadable);
      case RollbackRequested requested -> onTrigger(draft, trigger(draft, requested));
      case RecordsObserved observed -> FreezeWatch.on(draft, observed);
      case SchemaObserved observed -> FreezeWatch.on(draft, observed);
      case RollbackRequestRefused _ -> {}
      case CopyMeasured _,
          ObjectsMeasured _,
          PropagationObserved _ -> {} // for people: what counts is the order's answer
      case MemberProgressed _, ProgrammeStatus _ -> {} // a programme's
      case StateChanged _, CutoverStatus _, ParticipantAsked _ -> {} // our own words
    }
  }

  /** An outsider knows no epoch: its request is about the watch that ran when it was issued. */
  private static RollbackTrigger trigger(Draft draft, RollbackRequested requested) {
    return requested.trigger(
        draft
            .ledger()
            .step(Action.WATCH_HEALTH)
            .filter(watch -> !requested.issuedAt().isBefore(watch.sentAt()))
            .map(StepRecord::epoch)
            .orElse(-1L));
  }

  private static void onTrigger(Draft draft, RollbackTrigger trigger) {
    if (draft.cutover().people().question().isPresent() && !ended(draft)) {
      draft.add(new TriggerNoted(trigger, false, "People are asked already whether to go back."));
      return;
    }
    Optional<String> refusal = refusal(draft, trigger);
    if (refusal.isEmpty() && draft.cutover().requiredPlan().autonomy().observes()) {
      draft.add(new TriggerNoted(trigger, false, "It only observes: it says what it would do."));
      Back.advise(draft, Cause.TRIGGER, trigger.sentence());
      return;
    }
    if (refusal.isEmpty() && RollbackQuestion.asks(draft.cutover())) {
      draft.add(new TriggerNoted(trigger, false, "The plan asks people first."));
      RollbackQuestion.ask(draft, trigger);
      return;
    }
    draft.add(new TriggerNoted(trigger, refusal.isEmpty(), refusal.orElse("")));
    if (refusal.isEmpty()) {
      Back.begin(draft, Cause.TRIGGER, trigger.sentence());
    } else if (current(draft, trigger) && draft.serving().isPresent() && !ended(draft)) {
      if (draft.cutover().people().disarmed().isPresent()) {
        draft.add(new RollbackMissed(trigger.sentence()));
      }
      String why = trigger.sentence().endsWith(".") ? " " : ". ";
      draft.add(new CutoverHeld(trigger.sentence() + why + refusal.get()));
    }
  }

  /** Why a trigger must not roll back; empty when it must. */
  private static Optional<String> refusal(Draft draft, RollbackTrigger trigger) {
    Cutover cutover = draft.cutover();
    if (!current(draft, trigger)) {
      return Optional.of("Expected a trigger of the current watch, but it is of another.");
    }
    if (ended(draft)) {
      return Optional.of(
          "Nothing is left to take back: the cutover is " + cutover.state().label() + ".");
    }
    if (cutover.state() instanceof Held(String _, SagaState resumes)
        && resumes instanceof RollingBack) {
      // The monitor says its decision again after a restart: it must not go to and fro by itself.
      return Optional.of("The way back was tried and given up: a person decides.");
    }
    if (cutover.pastPointOfNoReturn()) {
      return Optional.of("The point of no return is past.");
    }
    if (draft.now().isAfter(trigger.expiresAt())) {
      return Optional.of("The trigger is older than its expiry.");
    }
    return Disarming.refusal(cutover).or(() -> WayBack.refusal(cutover));
  }

  private static boolean current(Draft draft, RollbackTrigger trigger) {
    return draft
        .ledger()
        .step(Action.WATCH_HEALTH)
        .filter(watch -> watch.epoch() == trigger.epoch())
        .isPresent();
  }

  static boolean ended(Draft draft) {
    return switch (draft.cutover().state()) {
      case Planned _, RollingBack _, Prepared _, Finished _ -> true;
      case Running _, Waiting _, Observing _, Held _ -> false;
    };
  }

  private static void onHealth(Draft draft, HealthReported report, SagaInput.Told told) {
    boolean current =
        draft
            .ledger()
            .step(Action.WATCH_HEALTH)
            .filter(watch -> watch.epoch() == report.epoch())
            .isPresent();
    if (!current || ended(draft)) {
      return;
    }
    WayBack.onHealth(draft, report);
    Optional<World.Health> last = draft.cutover().world().health();
    // Of words that lay in the log each would be news by the time that has passed since.
    boolean news =
        last.isEmpty()
            || last.get().verdict() != report.verdict()
            || Forward.isFirstAfterTheEnd(draft.cutover(), last.get(), told.saidAt())
            || (!told.late()
                && !draft
                    .now()
                    .isBefore(last.get().at().plus(Deadlines.heartbeat(draft.cutover()))));
    if (news) {
      draft.add(
          new HealthNoted(
              report.verdict(),
              report.detail(),
              report.target().requests(),
              draft.now(),
              Optional.of(told.saidAt()).filter(draft.now()::isAfter)));
    }
  }

  private static void onReplication(Draft draft, ReplicationMeasured measured) {
    boolean works = measured.running() && measured.conflicts() == 0;
    String detail =
        measured.conflicts() > 0
            ? measured.conflicts() + " rows were not as the stream expected. " + measured.error()
            : measured.error();
    if (measured.direction() == Direction.FORWARD) {
      Forecasts.onForward(draft, measured);
      if (measured.conflicts() > 0) {
        Replies.holdBeforeTheFence(draft, "forward stream: " + detail);
      }
      return;
    }
    WayBack.onReverse(draft, measured);
    boolean worked = draft.cutover().world().wayBack().isEmpty();
    if (works != worked && draft.ledger().done(Action.START_REVERSE_SYNC)) {
      draft.add(
          new WayBackChanged(
              works,
              works
                  ? "the reverse stream runs"
                  : detail.isBlank() ? "the reverse stream is down" : detail));
    }
  }

  private static void onFenceLost(Draft draft, FenceLost lost) {
    draft.add(new FenceLossNoted(lost.side(), lost.reasserted(), lost.detail()));
    boolean running =
        draft.cutover().state() instanceof Running || draft.cutover().state() instanceof Observing;
    if (lost.reasserted() || !running) {
      return;
    }
    if (draft.serving().isPresent()) {
      draft.add(new CutoverHeld("fence lost: " + lost.detail()));
    } else {
      Back.begin(draft, Cause.STEP_FAILED, "fence lost: " + lost.detail());
    }
  }

  private static void onLeaseExpired(Draft draft, FenceLeaseExpired expired) {
    boolean ours =
        draft
            .ledger()
            .step(Action.FENCE_SOURCE)
            .filter(fence -> fence.epoch() == expired.fenceEpoch())
            .isPresent();
    long epoch = expired.fenceEpoch() + 1;
    if (ours
        && draft.cutover().state() instanceof RollingBack
        && draft.ledger().targetEpoch() < epoch) {
      // On the way back already; but the target has another epoch now, for the next go.
      draft.add(new LeaseExpiryNoted(epoch, expired.openedAt()));
    }
    if (!ours || (ended(draft) && !servesTargetAgain(draft))) {
      Drills.onLeaseExpired(draft, expired);
      return;
    }
    // The target may have been fenced anew since, on the way back: then it has that epoch.
    boolean fencedSince =
        draft.ledger().done(Action.FENCE_TARGET) && draft.ledger().targetEpoch() > epoch;
    draft.add(
        new LeaseExpiryNoted(
            fencedSince ? draft.ledger().targetEpoch() : epoch, expired.openedAt()));
    Back.begin(
        draft,
        Cause.LEASE_EXPIRED,
        "The sync-service heard nothing until the fence's lease ran out, and opened the source.");
  }

  /**
   * Whether the way back was given up and the target shall serve again: it never will, since it is
   * not opened while the source is open.
   */
  private static boolean servesTargetAgain(Draft draft) {
    return draft.cutover().state() instanceof RollingBack back
        && back.route().then() == Destination.HELD_ON_TARGET;
  }

  /** A new instance knows nothing of what the one before it ran: it is told again. */
  private static void onAssigned(Draft draft, PartitionsAssigned assigned) {
    if (assigned.service().equals(Deliveries.SERVICE)) {
      Deliveries.pending(draft.cutover()).forEach(draft::order);
    }
    draft.ledger().steps().values().stream()
        .filter(
            record ->
                record.step().action().receiver().wireName().equals(assigned.service())
                    && (record.status() == Status.SENT || stands(draft.ledger(), record)))
        .forEach(draft::resend);
  }

  /** Whether an order goes on after its answer, and was not ended by a later one. */
  static boolean stands(Ledger ledger, StepRecord record) {
    return record.status() == Status.DONE
        && record
            .step()
            .action()
            .endedBy()
            .filter(end -> ledger.step(end).filter(ends(record)).isEmpty())
            .isPresent();
  }

  private static Predicate<StepRecord> ends(StepRecord record) {
    return end -> end.wasSent() && end.epoch() > record.epoch();
  }

  private static void onUnreadable(Draft draft, UndecodableMessage unreadable) {
    draft.add(
        new UnreadableNoted(
            "%s/%d/%d".formatted(unreadable.topic(), unreadable.partition(), unreadable.offset()),
            unreadable.reason()));
    boolean holdable =
        draft.cutover().state() instanceof Running
            || draft.cutover().state() instanceof Waiting
            || draft.cutover().state() instanceof Observing;
    if (holdable && draft.serving().isPresent()) {
      draft.add(new CutoverHeld("A message of this cutover can't be read: " + unreadable.reason()));
    }
  }
}
