package dev.cutover.orchestrator.domain;

import dev.cutover.contract.CutoverId;
import java.util.Optional;
import java.util.function.Consumer;

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
    return changed(parts -> parts.state = next);
  }

  Cutover with(Ledger next) {
    return changed(parts -> parts.ledger = next);
  }

  Cutover with(People next) {
    return changed(parts -> parts.people = next);
  }

  Cutover with(World next) {
    return changed(parts -> parts.world = next);
  }

  Cutover with(Readiness next) {
    return changed(parts -> parts.readiness = next);
  }

  Cutover with(Correspondence next) {
    return changed(parts -> parts.correspondence = next);
  }

  Cutover with(Reconciliation next) {
    return changed(parts -> parts.reconciliation = next);
  }

  Cutover with(Programme next) {
    return changed(parts -> parts.programme = Optional.of(next));
  }

  Cutover planned(Plan frozen, Runbook compiled) {
    return changed(
        parts -> {
          parts.plan = Optional.of(frozen);
          parts.runbook = Optional.of(compiled);
        });
  }

  Cutover advanced() {
    return changed(parts -> parts.sequence++);
  }

  private Cutover changed(Consumer<Parts> change) {
    Parts parts = new Parts(this);
    change.accept(parts);
    return new Cutover(
        id,
        parts.sequence,
        parts.plan,
        parts.runbook,
        parts.state,
        parts.ledger,
        parts.people,
        parts.world,
        parts.readiness,
        parts.correspondence,
        parts.reconciliation,
        parts.programme);
  }

  /** All but the name, for as long as one of them is changed. */
  private static final class Parts {
    private long sequence;
    private Optional<Plan> plan;
    private Optional<Runbook> runbook;
    private SagaState state;
    private Ledger ledger;
    private People people;
    private World world;
    private Readiness readiness;
    private Correspondence correspondence;
    private Reconciliation reconciliation;
    private Optional<Programme> programme;

    Parts(Cutover before) {
      sequence = before.sequence;
      plan = before.plan;
      runbook = before.runbook;
      state = before.state;
      ledger = before.ledger;
      people = before.people;
      world = before.world;
      readiness = before.readiness;
      correspondence = before.correspondence;
      reconciliation = before.reconciliation;
      programme = before.programme;
    }
  }
}
