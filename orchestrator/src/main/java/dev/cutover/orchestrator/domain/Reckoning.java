package dev.cutover.orchestrator.domain;

import dev.cutover.contract.SwitchFigures;
import dev.cutover.contract.SyncReply;
import dev.cutover.orchestrator.domain.CutoverReport.Round;
import dev.cutover.orchestrator.domain.CutoverReport.WayBackTaken;
import dev.cutover.orchestrator.domain.SagaEvent.*;
import dev.cutover.orchestrator.domain.SagaState.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Measures each go of a cutover while its journal is read. Used within one call only. */
final class Reckoning {
  private final List<Round> rounds = new ArrayList<>();
  private Optional<Instant> fencedAt = Optional.empty();

  List<Round> rounds() {
    return List.copyOf(rounds);
  }

  int number() {
    return rounds.size();
  }

  /**
   * Takes an event in.
   *
   * @param before the cutover before it
   */
  void on(Cutover before, SagaEvent event, Instant at) {
    switch (event) {
      case StageEntered _ when passesGo(before) -> {
        fencedAt = Optional.empty();
        rounds.add(
            new Round(
                at,
                before.people().approvedBy(Approvals.GO),
                GoEvidence.of(before).facts(),
                Checklist.lines(before, at),
                Forecasts.of(before),
                SwitchFigures.NONE,
                Optional.empty()));
      }
      case StepDone done when !rounds.isEmpty() -> answered(before, done);
      case RollbackStarted started
          when !rounds.isEmpty() && Requests.switching(before) && current().wentBack().isEmpty() ->
          replace(
              current().measured(),
              Optional.of(
                  new WayBackTaken(
                      started.route().cause(), started.route().reason(), started.at())));
      case LeaseExpiryNoted noted when !rounds.isEmpty() -> sourceServes(noted.at());
      default -> {} // nothing is measured by it
    }
  }

  private static boolean passesGo(Cutover before) {
    return before.state() instanceof Waiting(int stage, Instant _, Instant _)
        && Forward.kind(before, stage) == Stage.Kind.GO;
  }

  private void answered(Cutover before, StepDone done) {
    SwitchFigures now = current().measured();
    Optional<StepRecord> record = before.ledger().step(done.step().step());
    Optional<Long> took = record.map(sent -> millis(sent.sentAt(), done.at()));
    Action action = record.map(sent -> sent.step().action()).orElse(Action.DO_BY_HAND);
    boolean shifts = action == Action.SHIFT_TRAFFIC && now.shiftMs().isEmpty();
    boolean validates = action == Action.VALIDATE_FINAL || action == Action.VALIDATE_FULL;
    if (done.reply() instanceof SyncReply.SourceFenced fenced) {
      fencedAt = Optional.of(fenced.fencedAt());
      replace(
          figures(now, Optional.of(fenced.fenceMs()), Optional.of(fenced.drainMs())),
          current().wentBack());
    } else if (done.reply() instanceof SyncReply.TargetOpened opened) {
      Optional<Long> outage =
          now.outageMs().or(() -> fencedAt.map(from -> millis(from, opened.openedAt())));
      replace(
          new SwitchFigures(
              now.fenceMs(),
              now.drainMs(),
              now.validationMs(),
              now.shiftMs(),
              now.openMs().or(() -> took),
              outage,
              now.rollbackMs()),
          current().wentBack());
    } else if (done.reply() instanceof SyncReply.SourceOpened opened) {
      sourceServes(opened.openedAt());
    } else if (action == Action.REVERT_TRAFFIC && before.requiredPlan().data().isEmpty()) {
      sourceServes(done.at());
    } else if (shifts || validates) {
      replace(
          new SwitchFigures(
              now.fenceMs(),
              now.drainMs(),
              validates ? took : now.validationMs(),
              shifts ? took : now.shiftMs(),
              now.openMs(),
              now.outageMs(),
              now.rollbackMs()),
          current().wentBack());
    }
  }

  private static SwitchFigures figures(
      SwitchFigures now, Optional<Long> fenceMs, Optional<Long> drainMs) {
    return new SwitchFigures(
        fenceMs,
        drainMs,
        now.validationMs(),
        now.shiftMs(),
        now.openMs(),
        now.outageMs(),
        now.rollbackMs());
  }

  /** A way back ends when the source serves; one that the target never opened ends the outage. */
  private void sourceServes(Instant at) {
    SwitchFigures now = current().measured();
    Optional<Long> rollback =
        now.rollbackMs().or(() -> current().wentBack().map(taken -> millis(taken.at(), at)));
    Optional<Long> outage = now.outageMs().or(() -> fencedAt.map(from -> millis(from, at)));
    replace(
        new SwitchFigures(
            now.fenceMs(),
            now.drainMs(),
            now.validationMs(),
            now.shiftMs(),
            now.openMs(),
            outage,
            rollback),
        current().wentBack());
  }

  private Round current() {
    return rounds.getLast();
  }

  private void replace(SwitchFigures measured, Optional<WayBackTaken> wentBack) {
    Round round = rounds.removeLast();
    rounds.add(
        new Round(
            round.goAt(),
            round.approvedBy(),
            round.evidence(),
            round.readiness(),
            round.predicted(),
            measured,
            wentBack));
  }

  /** Clocks of two machines may differ: nothing takes less than no time. */
  private static long millis(Instant from, Instant until) {
    return Math.max(0, Duration.between(from, until).toMillis());
  }
}
