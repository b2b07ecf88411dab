package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.orchestrator.domain.SagaEvent.*;
import dev.cutover.orchestrator.domain.SagaState.*;
import dev.cutover.orchestrator.domain.StepRecord.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Deadlines: derived from state, never stored, so that a restart loses and invents none. Pure. */
final class Deadlines {
  private Deadlines() {}

  /** The earliest deadline of that state. */
  static Optional<Instant> next(Cutover cutover) {
    return Stream.of(ofSteps(cutover), Deliveries.next(cutover), Timetable.next(cutover))
        .flatMap(Optional::stream)
        .min(Instant::compareTo);
  }

  private static Optional<Instant> ofSteps(Cutover cutover) {
    if (cutover.state() instanceof Finished || cutover.plan().isEmpty()) {
      return Stream.concat(Milestones.next(cutover).stream(), steps(cutover))
          .min(Instant::compareTo);
    }
    return Stream.of(
            steps(cutover),
            gate(cutover).stream(),
            bound(cutover).stream(),
            silence(cutover).stream(),
            Rechecks.next(cutover).stream(),
            ReverseComparison.next(cutover).stream(),
            Milestones.next(cutover).stream(),
            PeopleDeadlines.next(cutover))
        .flatMap(stream -> stream)
        .min(Instant::compareTo);
  }

  private static Stream<Instant> steps(Cutover cutover) {
    return cutover.ledger().steps().values().stream()
        .filter(StepRecord::outstanding)
        .filter(record -> heeded(cutover, record))
        .flatMap(record -> record.dueAt().stream());
  }

  /** Acts on whatever is due by now. */
  static void on(Draft draft) {
    Cutover cutover = draft.cutover();
    if (cutover.plan().isEmpty()) {
      return;
    }
    if (bound(cutover).filter(at -> due(draft, at)).isPresent()) {
      onBound(draft);
    }
    List<StepRecord> outstanding =
        draft.ledger().steps().values().stream()
            .filter(StepRecord::outstanding)
            .filter(record -> record.dueAt().filter(at -> due(draft, at)).isPresent())
            .toList();
    for (StepRecord record : outstanding) {
      boolean still = draft.ledger().step(record.step().name()).filter(record::equals).isPresent();
      if (still && heeded(draft.cutover(), record)) {
        onStep(draft, record);
      }
    }
    PeopleDeadlines.on(draft);
    if (draft.heardAll() && silence(draft.cutover()).filter(at -> due(draft, at)).isPresent()) {
      draft.add(Replies.blind(draft, "Expected a word of the monitor, but heard none"));
    }
    Rechecks.on(draft);
    ReverseComparison.on(draft);
    Milestones.on(draft);
    if (gate(draft.cutover()).filter(at -> due(draft, at)).isPresent()) {
      onGate(draft);
    }
    Timetable.on(draft);
    Deliveries.onTime(draft);
  }

  private static boolean due(Draft draft, Instant at) {
    return !draft.now().isBefore(at);
  }

  /**
   * A step is waited for where the runbook or a route is under way; what only looks, and a watch
   * that was begun anew, wherever the cutover is.
   */
  private static boolean heeded(Cutover cutover, StepRecord record) {
    return switch (cutover.state()) {
      case Running _, RollingBack _ -> true;
      case Waiting _, Observing _, Held _ ->
          record.step().action() == Action.WATCH_HEALTH || looks(record.step().action());
      case Planned _, Prepared _, Finished _ -> looks(record.step().action());
    };
  }

  private static boolean looks(Action action) {
    return Rechecks.isRecheck(action) || Adoptions.isReading(action);
  }

  private static void onStep(Draft draft, StepRecord record) {
    if (!record.wasSent()) {
      draft.add(new TeamEvent.ConfirmationMissed(record.step().name(), draft.now()));
      Replies.giveUp(
          draft,
          record.step(),
          "Expected a person to confirm %s by %s, but nobody did: nothing was sent"
              .formatted(record.step().name(), record.dueAt().map(Instant::toString).orElse("")));
    } else if (record.status() == Status.RETRYING) {
      draft.sendAgain(record);
    } else {
      Replies.onFailure(
          draft,
          record,
          Views.silence(record.command(), record.step())
              .orElseGet(
                  () ->
                      new Failure(
                          FailureKind.TIMED_OUT,
                          "Expected an answer of %s within %s, but got none"
                              .formatted(
                                  record.step().action().receiver().title(),
                                  record.step().deadline()),
                          true)));
    }
  }

  private static Optional<Instant> bound(Cutover cutover) {
    boolean paged =
        cutover.state() instanceof RollingBack(Route _, int _, boolean outage) && outage;
    boolean open =
        cutover.world().serving().isPresent() && !(cutover.state() instanceof RollingBack);
    boolean byHand = cutover.state() instanceof Held && cutover.world().byHand().mark().isPresent();
    return open || paged || byHand ? Optional.empty() : cutover.world().outageDeadline();
  }

  private static void onBound(Draft draft) {
    if (draft.cutover().state() instanceof RollingBack back) {
      Back.onBound(draft, back);
    } else {
      Back.beginForBound(draft);
    }
  }

  private static Optional<Instant> gate(Cutover cutover) {
    if (cutover.people().question().isPresent()) {
      return Optional.empty(); // it has a deadline of its own
    }
    return switch (cutover.state()) {
      case Waiting(int stage, Instant _, Instant until) -> {
        Optional<Instant> opens = cutover.requiredPlan().window().opensAt();
        boolean approved = Approvals.complete(cutover) && Rechecks.inTheWay(cutover).isEmpty();
        boolean forWindow = Forward.kind(cutover, stage) == Stage.Kind.GO && approved;
        yield Optional.of(forWindow ? opens.orElse(until) : until);
      }
      case Observing(int _, Instant _, Instant until) ->
          Optional.of(Forward.proven(cutover, until) ? until : until.plus(patience(cutover)));
      case Planned _, Running _, RollingBack _, Prepared _, Held _, Finished _ -> Optional.empty();
    };
  }

  private static void onGate(Draft draft) {
    if (!draft.heardAll()) {
      return; // what it waits for may lie in the log, or what speaks against it
    }
    Cutover before = draft.cutover();
    Forward.passIfOpen(draft);
    boolean waitsStill = draft.cutover().sequence() == before.sequence();
    if (waitsStill && before.state() instanceof Observing) {
      // It must not wait for ever for a word that may never come: a person has to look.
      draft.add(
          new CutoverHeld(
              Soaks.at(before)
                  .map(soak -> Soaks.unseen(before, soak))
                  .orElseGet(
                      () ->
                          "Expected the monitor to say healthy within twice the observation, but its last word is %s"
                              .formatted(
                                  before
                                      .world()
                                      .health()
                                      .map(h -> h.verdict().name() + " of " + h.saidAt())
                                      .orElse("none")))));
    }
    boolean tooLate =
        before.state() instanceof Waiting(int _, Instant _, Instant ends)
            && (due(draft, ends) || !before.requiredPlan().window().contains(draft.now()));
    if (waitsStill
        && before.state() instanceof Waiting(int stage, Instant _, Instant until)
        && Forward.kind(before, stage) == Stage.Kind.SIGNED) {
      RollbackPolicy policy = before.requiredPlan().rollback();
      draft.add(
          new CutoverHeld(
              "Expected %d signature(s) of %s at '%s' by %s, but they did not come"
                  .formatted(policy.signaturesNeeded(), policy.signedBy(), policy.gate(), until)));
    } else if (waitsStill
        && tooLate
        && before.state() instanceof Waiting(int _, Instant _, Instant until)) {
      // Neither people's silence nor a window that is over may ever mean yes.
      draft.add(
          new CutoverHeld(
              "Expected go from %d different people by %s and inside the window, but it did not come"
                  .formatted(before.requiredPlan().governance().approvalsNeeded(), until)));
    }
  }

  /** How much longer than planned it waits for what was not seen. */
  private static Duration patience(Cutover cutover) {
    return Soaks.at(cutover)
        .map(Stage.Soak::span)
        .orElseGet(() -> cutover.requiredPlan().bounds().observation());
  }

  /** When the monitor's silence becomes blindness. */
  private static Optional<Instant> silence(Cutover cutover) {
    return cutover.state() instanceof Observing
        ? cutover
            .world()
            .health()
            .filter(health -> health.verdict() != HealthVerdict.BLIND)
            .map(health -> health.at().plus(heartbeat(cutover).multipliedBy(3)))
        : Optional.empty();
  }

  /**
   * How often the monitor's word is journalled: often enough to notice silence, bounded in number.
   */
  static Duration heartbeat(Cutover cutover) {
    Plan plan = cutover.requiredPlan();
    boolean accepted =
        cutover.state() instanceof Waiting(int stage, Instant _, Instant _)
            && Forward.kind(cutover, stage) == Stage.Kind.ROLLBACK_WINDOW;
    Duration span = accepted ? plan.rollback().window() : plan.bounds().observation();
    Duration share = span.dividedBy(200);
    Duration least = Duration.ofSeconds(2);
    Duration most = accepted ? Duration.ofMinutes(20) : Duration.ofSeconds(30);
    return share.compareTo(least) < 0 ? least : share.compareTo(most) > 0 ? most : share;
  }
}
