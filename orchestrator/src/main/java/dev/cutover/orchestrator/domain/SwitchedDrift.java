package dev.cutover.orchestrator.domain;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.DnsCommand.PutBackRecords;
import dev.cutover.contract.DnsReply.RecordsPutBack;
import dev.cutover.contract.DnsReply.TrafficShifted;
import dev.cutover.contract.RecordsObserved;
import dev.cutover.contract.RecordsObserved.ChangedBy;
import dev.cutover.contract.RecordsObserved.RecordDrift;
import dev.cutover.contract.ServedSide;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.orchestrator.domain.ReadinessEvent.DriftAnswered;
import dev.cutover.orchestrator.domain.ReadinessEvent.DriftTraced;
import dev.cutover.orchestrator.domain.RollbackPolicy.Drift;
import dev.cutover.orchestrator.domain.SagaEvent.CutoverHeld;
import dev.cutover.orchestrator.domain.SagaState.*;
import dev.cutover.orchestrator.domain.Step.OnFailure;
import dev.cutover.orchestrator.domain.StepRecord.Status;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Records that somebody else changes after the switch: put back once between a go and its end, and
 * paged. Whoever changes them again is not fought with: then, and where the plan says so, a person
 * decides. Pure.
 *
 * <p>It is no way back and needs no undo of its own: the revert of the shift restores the source's
 * records whatever is there. Its order names the mark of the last order and what was seen, so that
 * nothing comes after a revert, and nothing over a third state.
 */
final class SwitchedDrift {
  private SwitchedDrift() {}

  /** Whether an answered shift stands, and no way back has begun since. */
  static boolean concerns(Ledger ledger) {
    Optional<StepRecord> shift = ledger.step(Action.SHIFT_TRAFFIC);
    boolean moving =
        ledger.steps().values().stream()
            .filter(record -> record.step().action() == Action.SHIFT_TRAFFIC)
            .anyMatch(StepRecord::outstanding);
    return !moving
        && shift
            .filter(record -> record.status() == Status.DONE)
            .filter(
                record ->
                    ledger
                        .step(Action.REVERT_TRAFFIC)
                        .filter(revert -> revert.wasSent() && revert.epoch() > record.epoch())
                        .isEmpty())
            .isPresent();
  }

  /** A look at the records after the switch. */
  static void on(Draft draft, RecordsObserved observed) {
    Cutover cutover = draft.cutover();
    List<RecordDrift> drifts = atPrimaries(cutover, observed);
    if (drifts.isEmpty()
        || !goesOn(cutover.state())
        || draft.serving().isEmpty() // in the dark time nothing else is done; it is told again
        || cutover.people().question().isPresent()
        || cutover.requiredPlan().autonomy().observes()
        || observed.observedAt().isBefore(lastChange(draft.ledger()))
        || draft
            .ledger()
            .step(Action.PUT_BACK_RECORDS)
            .filter(StepRecord::outstanding)
            .isPresent()) {
      return;
    }
    List<String> sentences = drifts.stream().map(FreezeWatch::sentence).toList();
    List<ChangedBy> traced = observed.changedBy().orElse(List.of());
    List<String> changedBy = traced.stream().map(ChangedBy::sentence).toList();
    boolean known = traced.stream().anyMatch(change -> change.who().isPresent());
    Optional<Seen.Answered> answered =
        cutover
            .readiness()
            .seen()
            .answered()
            .filter(last -> last.drifts().equals(sentences))
            .filter(last -> last.markEpoch() == draft.ledger().markEpoch());
    if (answered.isPresent()) {
      if (known && !answered.get().traced()) {
        draft.add(new DriftTraced(changedBy, draft.now()));
      }
      return;
    }
    Optional<String> refusal = refusal(cutover, observed, drifts);
    DriftAnswered answer =
        new DriftAnswered(
            sentences,
            refusal.isEmpty(),
            refusal.orElse(""),
            changedBy,
            known,
            draft.ledger().markEpoch(),
            draft.now());
    draft.add(answer);
    if (refusal.isPresent()) {
      draft.add(new CutoverHeld(answer.sentence()));
    } else {
      putBack(draft, drifts);
    }
  }

  /** What a provider holds: a secondary follows it, and can't be put back by itself. */
  private static List<RecordDrift> atPrimaries(Cutover cutover, RecordsObserved observed) {
    Optional<SwitchSpec> traffic = cutover.requiredPlan().trafficSwitch();
    if (traffic.isEmpty()) {
      return List.of();
    }
    var parts = traffic.get().parts();
    return observed.drifts().stream()
        .filter(
            drift -> {
              SwitchSpec part = parts.get(drift.view().orElse(""));
              ServerAddress written = part == null ? null : part.provider().writtenAt();
              return drift.server().equals(written);
            })
        .toList();
  }

  private static boolean goesOn(SagaState state) {
    return switch (state) {
      case Running _, Waiting _, Observing _ -> true;
      case Planned _, RollingBack _, Prepared _, Held _, Finished _ -> false;
    };
  }

  /** When the records were last changed by an order, by the clock of the service that did it. */
  private static Instant lastChange(Ledger ledger) {
    return Stream.concat(
            ledger.reply(Action.SHIFT_TRAFFIC, TrafficShifted.class).stream()
                .map(TrafficShifted::acceptedAt),
            ledger.reply(Action.PUT_BACK_RECORDS, RecordsPutBack.class).stream()
                .map(RecordsPutBack::acceptedAt))
        .max(Instant::compareTo)
        .orElse(Instant.MIN);
  }

  /** Why it is not put back; empty when it is. */
  private static Optional<String> refusal(
      Cutover cutover, RecordsObserved observed, List<RecordDrift> drifts) {
    Drift chosen = cutover.requiredPlan().rollback().onDrift();
    boolean source =
        observed.served() == ServedSide.SOURCE
            || drifts.stream().allMatch(drift -> drift.holds().equals(Optional.of(Side.SOURCE)));
    if (cutover.ledger().sent(Action.PUT_BACK_RECORDS)) {
      return Optional.of("Records were put back once already: whoever changes them is at it still");
    }
    if (chosen == Drift.HOLD) {
      return Optional.of("The plan leaves it to a person");
    }
    if (source && chosen != Drift.PUT_BACK_ALWAYS) {
      return Optional.of(
          "They are the source's: somebody may have gone back by hand. Roll back, or put them right"
              + " and resume");
    }
    if (observed.markEpoch() != cutover.ledger().markEpoch()) {
      return Optional.of(
          "The mark was changed too: expected epoch %d, but found %s"
              .formatted(
                  cutover.ledger().markEpoch(),
                  observed.markEpoch() < 0 ? "none of this cutover" : observed.markEpoch()));
    }
    return cutover.requiredPlan().autonomy().of(step(cutover)) == Autonomy.Level.ACT
        ? Optional.empty()
        : Optional.of("The plan lets nothing be changed without asking");
  }

  private static void putBack(Draft draft, List<RecordDrift> drifts) {
    Cutover cutover = draft.cutover();
    Step step = step(cutover);
    CommandHeader unsent =
        new CommandHeader(
            new StepRef(cutover.id(), step.name(), 1), cutover.nextEpoch(), draft.now());
    draft.send(
        step,
        new PutBackRecords(
            unsent,
            cutover.requiredPlan().trafficSwitch().orElseThrow(),
            draft.ledger().markEpoch(),
            WatchedRecords.shiftedPercent(draft.ledger()),
            drifts));
  }

  /** One attempt: what it meets it must not fight with. */
  private static Step step(Cutover cutover) {
    return Step.of(
        Action.PUT_BACK_RECORDS, cutover.requiredPlan().bounds().switchStep(), 1, OnFailure.HOLD);
  }
}
