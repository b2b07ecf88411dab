package dev.cutover.orchestrator.domain;

import dev.cutover.contract.CutoverId;
import java.util.Optional;

/**
 * All that is known of one cutover: the fold of its journal.
 *
 * @param sequence of the last event; the next event's is one more
 * @param plan empty only while {@code state} is planned, as is {@code runbook}
 */
public record Cutover(
    CutoverId id,
    long sequence,
    Optional<Plan> plan,
    Optional<Runbook> runbook,
    SagaState state,
    Ledger ledger,
    People people,
    World world,
    Readiness readiness,
    Correspondence correspondence) {

  /** A cutover of which nothing is known but its name. */
  public static Cutover named(CutoverId id) {
    return new Cutover(
        id,
        0,
        Optional.empty(),
        Optional.empty(),
        new SagaState.Planned(),
        Ledger.EMPTY,
        People.NOBODY,
        World.BEFORE,
        Readiness.UNKNOWN,
        Correspondence.NONE);
  }

  /** The frozen plan. Throws when nothing was planned yet: a programmer's error. */
  public Plan requiredPlan() {
    return plan.orElseThrow(
        () -> new IllegalStateException("Expected a plan, but " + id + " has none"));
  }

  /** The frozen runbook. Throws when nothing was planned yet: a programmer's error. */
  public Runbook requiredRunbook() {
    return runbook.orElseThrow(
        () -> new IllegalStateException("Expected a runbook, but " + id + " has none"));
  }

  /**
   * Epoch of a decision that is the next event. Twice the sequence, so that there is always a
   * number free above it for the fence's lease.
   */
  public long nextEpoch() {
    return 2 * (sequence + 1);
  }

  /** Whether the way back was given up: the reverse stream's removal was ordered. */
  public boolean pastPointOfNoReturn() {
    return ledger.sent(Action.DROP_REPLICATION);
  }

  Cutover with(SagaState next) {
    return new Cutover(
        id, sequence, plan, runbook, next, ledger, people, world, readiness, correspondence);
  }

  Cutover with(Ledger next) {
    return new Cutover(
        id, sequence, plan, runbook, state, next, people, world, readiness, correspondence);
  }

  Cutover with(People next) {
    return new Cutover(
        id, sequence, plan, runbook, state, ledger, next, world, readiness, correspondence);
  }

  Cutover with(World next) {
    return new Cutover(
        id, sequence, plan, runbook, state, ledger, people, next, readiness, correspondence);
  }

  Cutover with(Readiness next) {
    return new Cutover(
        id, sequence, plan, runbook, state, ledger, people, world, next, correspondence);
  }

  Cutover with(Correspondence next) {
    return new Cutover(id, sequence, plan, runbook, state, ledger, people, world, readiness, next);
  }

  Cutover planned(Plan frozen, Runbook compiled) {
    return new Cutover(
        id,
        sequence,
        Optional.of(frozen),
        Optional.of(compiled),
        state,
        ledger,
        people,
        world,
        readiness,
        correspondence);
  }

  Cutover advanced() {
    return new Cutover(
        id, sequence + 1, plan, runbook, state, ledger, people, world, readiness, correspondence);
  }
}
