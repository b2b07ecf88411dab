package dev.cutover.orchestrator.domain;

import static dev.cutover.orchestrator.domain.Checklist.bad;
import static dev.cutover.orchestrator.domain.Checklist.good;
import static dev.cutover.orchestrator.domain.Checklist.unknown;

import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.ReadinessStatus.Fact;
import dev.cutover.contract.Side;
import dev.cutover.orchestrator.domain.SagaEvent.CutoverHeld;
import dev.cutover.orchestrator.domain.SagaState.*;
import dev.cutover.orchestrator.domain.Step.OnFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * After the switch the target leads and the source follows: what changes is compared again and
 * again for as long as there is a way back. Damage holds progress and pages. It is no reason to go
 * back by itself: where the source lacks rows, going back loses them. Pure.
 */
final class ReverseComparison {
  private static final String NAME = "comparison";

  /** It comes so often at the most in a window, whatever is left of the databases' time. */
  private static final int TIMES_MAX = 200;

  private ReverseComparison() {}

  /** When the next is due; empty while none is wanted. */
  static Optional<Instant> next(Cutover cutover) {
    if (!isWanted(cutover)) {
      return Optional.empty();
    }
    Optional<StepRecord> last = cutover.ledger().step(Action.RECHECK_CHANGED);
    if (last.isPresent()) {
      return last.filter(record -> !record.outstanding())
          .map(record -> record.sentAt().plus(every(cutover, Rechecks.took(record))));
    }
    return cutover
        .ledger()
        .step(Action.OPEN_TARGET)
        .flatMap(StepRecord::endedAt)
        .map(at -> at.plus(every(cutover, Duration.ZERO)));
  }

  /** Asks for the next where it is due. */
  static void on(Draft draft) {
    if (next(draft.cutover()).filter(at -> !draft.now().isBefore(at)).isPresent()) {
      Duration deadline = draft.cutover().requiredPlan().bounds().copy();
      draft.send(Step.of(Action.RECHECK_CHANGED, deadline, 1, OnFailure.REPORT));
    }
  }

  /**
   * Damage is told once: who resumes has decided about it, until there is other damage.
   *
   * @param before the answer
   */
  static void onFailure(Draft draft, Cutover before, Failure failure) {
    boolean known = before.readiness().seen().damage().equals(Optional.of(failure.reason()));
    if (failure.kind() != FailureKind.MISMATCH
        || known
        || !goesOn(before.state())
        || !leads(before)) {
      return;
    }
    draft.add(new CutoverHeld(inWords(failure.reason())));
  }

  static String inWords(String damage) {
    return "The source is no longer as the target, so a rollback would lose something. " + damage;
  }

  /** What the last comparison that could tell has found; only a person goes back to that. */
  static Optional<String> damage(Cutover cutover) {
    return leads(cutover) ? cutover.readiness().seen().damage() : Optional.empty();
  }

  /** What an answer says of damage is kept until another one can tell. */
  static Cutover noted(Cutover cutover, StepRecord done) {
    return done.step().action() == Action.RECHECK_CHANGED
        ? withDamage(cutover, Optional.empty())
        : cutover;
  }

  /** The same of an answer that is none. */
  static Cutover noted(Cutover cutover, StepRecord failed, Failure failure) {
    return failed.step().action() == Action.RECHECK_CHANGED
            && failure.kind() == FailureKind.MISMATCH
        ? withDamage(cutover, Optional.of(failure.reason()))
        : cutover;
  }

  private static Cutover withDamage(Cutover cutover, Optional<String> damage) {
    Readiness readiness = cutover.readiness();
    return cutover.with(readiness.with(readiness.seen().withDamage(damage)));
  }

  /** What the last one showed; empty before the target was opened, and without a way back. */
  static Optional<Fact> fact(Cutover cutover) {
    if (!leads(cutover)) {
      return Optional.empty();
    }
    Optional<String> damage = damage(cutover);
    if (damage.isPresent()) {
      return Optional.of(bad(NAME, damage.get()));
    }
    Readiness.Proof proof = cutover.readiness().proofs().get(Action.RECHECK_CHANGED);
    if (proof == null) {
      return Optional.of(unknown(NAME, "nothing was compared yet since the target was opened"));
    }
    return Optional.of(proof.holds() ? good(NAME, proof.detail()) : unknown(NAME, proof.detail()));
  }

  private static boolean isWanted(Cutover cutover) {
    boolean quiet = cutover.state() instanceof Waiting || cutover.state() instanceof Observing;
    return quiet
        && leads(cutover)
        && !cutover.requiredPlan().autonomy().observes()
        && cutover.world().wayBack().isEmpty(); // else there is nothing that the source follows
  }

  /** Whether the target takes writes, and a reverse stream brings them to the source. */
  private static boolean leads(Cutover cutover) {
    Ledger ledger = cutover.ledger();
    return cutover.world().serving().filter(Side.TARGET::equals).isPresent()
        && ledger.done(Action.OPEN_TARGET)
        && ledger.done(Action.START_REVERSE_SYNC)
        && !ledger.sent(Action.FENCE_TARGET)
        && !ledger.sent(Action.DROP_REPLICATION)
        && !cutover.pastPointOfNoReturn();
  }

  private static boolean goesOn(SagaState state) {
    return switch (state) {
      case Running _, Waiting _, Observing _, Held _ -> true; // a hold says the newest reason
      case Planned _, RollingBack _, Prepared _, Finished _ -> false;
    };
  }

  /** The databases have the rest of their time for their work. */
  private static Duration every(Cutover cutover, Duration took) {
    Plan plan = cutover.requiredPlan();
    return Stream.of(
            plan.readiness().reviewEvery(),
            plan.rollback().window().dividedBy(TIMES_MAX),
            took.multipliedBy(Rechecks.COST_SHARE))
        .max(Duration::compareTo)
        .orElseThrow();
  }
}
