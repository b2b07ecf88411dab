package dev.cutover.orchestrator.domain;

import dev.cutover.contract.CutoverId;
import java.util.Optional;

/**
 * All that is known of one cutover: the fold of its journal.
 *
 * @param sequence of the last event; the next event's is one more
 * @param plan empty only while {@code state} is planned, as is {@code runbook}
 * @param programme what has this name is no cutover but a programme of them; empty otherwise
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
    Correspondence correspondence,
    Reconciliation reconciliation,
    Optional<Programme> programme) {

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
        Correspondence.NONE,
        Reconciliation.NONE,
        Optional.empty());
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
    return ledger.epochBase() + 2 * (sequence + 1);
  }

  /**
   * Whether the way back was given up: the reverse stream's removal was ordered, or a plan without
   * a way back told the target to open.
   */
  public boolean pastPointOfNoReturn() {
    return ledger.sent(Action.DROP_REPLICATION) || fixesForward();
  }

  /** Whether the plan has no way back from here: whatever breaks is mended where it is. */
  boolean fixesForward() {
    boolean taken =
        plan.flatMap(Plan::data).isPresent()
            ? ledger.sent(Action.OPEN_TARGET)
            : ledger.sent(Action.SHIFT_TRAFFIC);
    return taken
        && plan.filter(p -> p.rollback().way() == RollbackPolicy.Way.FIX_FORWARD).isPresent();
  }

  Cutover with(SagaState next) {
    return new Cutover(
        id,
        sequence,
        plan,
        runbook,
        next,
        ledger,
        people,
        world,
        readiness,
        correspondence,
        reconciliation,
        programme);
  }

  Cutover with(Ledger next) {
    return new Cutover(
        id,
        sequence,
        plan,
        runbook,
        state,
        next,
        people,
        world,
        readiness,
        correspondence,
        reconciliation,
        programme);
  }

  Cutover with(People next) {
    return new Cutover(
        id,
        sequence,
        plan,
        runbook,
        state,
        ledger,
        next,
        world,
        readiness,
        correspondence,
        reconciliation,
        programme);
  }

  Cutover with(World next) {
    return new Cutover(
        id,
        sequence,
        plan,
        runbook,
        state,
        ledger,
        people,
        next,
        readiness,
        correspondence,
        reconciliation,
        programme);
  }

  Cutover with(Readiness next) {
    return new Cutover(
        id,
        sequence,
        plan,
        runbook,
        state,
        ledger,
        people,
        world,
        next,
        correspondence,
        reconciliation,
        programme);
  }

  Cutover with(Correspondence next) {
    return new Cutover(
        id,
        sequence,
        plan,
        runbook,
        state,
        ledger,
        people,
        world,
        readiness,
        next,
        reconciliation,
        programme);
  }

  Cutover with(Reconciliation next) {
    return new Cutover(
        id,
        sequence,
        plan,
        runbook,
        state,
        ledger,
        people,
        world,
        readiness,
        correspondence,
        next,
        programme);
  }

  Cutover with(Programme next) {
    return new Cutover(
        id,
        sequence,
        plan,
        runbook,
        state,
        ledger,
        people,
        world,
        readiness,
        correspondence,
        reconciliation,
        Optional.of(next));
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
        correspondence,
        reconciliation,
        programme);
  }

  Cutover advanced() {
    return new Cutover(
        id,
        sequence + 1,
        plan,
        runbook,
        state,
        ledger,
        people,
        world,
        readiness,
        correspondence,
        reconciliation,
        programme);
  }
}
