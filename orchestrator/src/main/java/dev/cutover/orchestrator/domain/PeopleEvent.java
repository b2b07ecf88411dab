package dev.cutover.orchestrator.domain;

import dev.cutover.contract.PeopleStatus.Approval;
import dev.cutover.contract.PeopleStatus.Disarmed;
import dev.cutover.contract.PeopleStatus.ProposedSkip;
import dev.cutover.contract.PeopleStatus.Question;
import dev.cutover.contract.RollbackChoice;
import dev.cutover.orchestrator.domain.SagaState.Held;
import dev.cutover.orchestrator.domain.SagaState.Running;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What people said, and what came of their silence. */
public sealed interface PeopleEvent extends SagaEvent.Area {
  /**
   * A person said yes at a gate.
   *
   * @param evidenceHash of what was shown
   * @param planHash of the plan that it was given on
   * @param expiresAt from then on it does not count
   */
  record GateApproved(
      String requestId,
      String actor,
      String gate,
      String comment,
      String evidenceHash,
      String planHash,
      Instant at,
      Instant expiresAt)
      implements PeopleEvent, Answer {}

  /** A person said no at a gate; that it is held follows. */
  record GateRejected(String requestId, String actor, String gate, String reason)
      implements PeopleEvent, Answer {}

  /** A yes is too old to count. */
  record ApprovalExpired(String actor, String gate, Instant at) implements PeopleEvent {}

  /**
   * The plan was changed before the fence; approvals are void.
   *
   * @param file the changed plan file, whole
   * @param keys what was changed, such as {@code bounds.observation}
   */
  record PlanAmended(
      String requestId,
      String actor,
      String reason,
      Plan plan,
      Runbook runbook,
      String file,
      List<String> keys)
      implements PeopleEvent, Answer {
    public PlanAmended {
      keys = List.copyOf(keys);
    }
  }

  /** Somebody else runs it from now on. */
  record OperatorChanged(String requestId, String actor, String reason)
      implements PeopleEvent, Answer {}

  /** A person wants to leave a step out; a second one is needed. */
  record SkipProposed(String requestId, String actor, String step, String reason)
      implements PeopleEvent, Answer {}

  /**
   * Two people left a step out.
   *
   * @param actor the second one
   */
  record StepSkipped(
      String requestId, String actor, String step, String proposedBy, String reason, Instant at)
      implements PeopleEvent, Answer {}

  /** The rollback criteria are met, and people are asked. */
  record RollbackAsked(Question question) implements PeopleEvent {}

  /** A decision maker answered; what follows from it follows. */
  record RollbackDecided(
      String requestId,
      String actor,
      RollbackChoice choice,
      String reason,
      Question question,
      Instant at)
      implements PeopleEvent, Answer {}

  /** Nobody answered in time: the plan's default applies. */
  record RollbackDefaulted(RollbackChoice choice, Question question, Instant at)
      implements PeopleEvent {}

  /** Nothing rolls back by itself until then. */
  record RollbackDisarmed(String requestId, String actor, String reason, Instant at, Instant until)
      implements PeopleEvent, Answer {}

  /** A person armed it again. */
  record RollbackArmed(String requestId, String actor, String reason)
      implements PeopleEvent, Answer {}

  /** The time without is over. */
  record RollbackRearmed(Instant at) implements PeopleEvent {}

  /** What would have rolled back, had it been armed. */
  record RollbackMissed(String sentence) implements PeopleEvent {}

  /** Applies one. */
  static Cutover evolve(Cutover cutover, PeopleEvent event) {
    People people = cutover.people();
    return switch (event) {
      case GateApproved e ->
          cutover.with(
              people.withApproval(
                  new Approval(
                      e.actor(),
                      e.gate(),
                      e.comment(),
                      e.evidenceHash(),
                      e.planHash(),
                      e.at(),
                      e.expiresAt())));
      case GateRejected e ->
          cutover.with(people.withoutApprovals(approval -> approval.gate().equals(e.gate())));
      case ApprovalExpired e ->
          cutover.with(
              people.withoutApprovals(
                  approval ->
                      approval.gate().equals(e.gate()) && approval.actor().equals(e.actor())));
      case PlanAmended e -> amended(cutover, e);
      case OperatorChanged e -> cutover.with(people.withOperator(e.actor()));
      case SkipProposed e ->
          cutover.with(people.withSkip(new ProposedSkip(e.step(), e.actor(), e.reason())));
      case StepSkipped e -> skipped(cutover, e);
      case RollbackAsked e -> cutover.with(people.with(e.question()));
      case RollbackDecided e -> answered(cutover, e.choice());
      case RollbackDefaulted e -> answered(cutover, e.choice());
      case RollbackDisarmed e ->
          cutover.with(
              people.with(
                  Optional.of(new Disarmed(e.actor(), e.reason(), e.until(), Optional.empty()))));
      case RollbackMissed e ->
          cutover.with(
              people.with(
                  people
                      .disarmed()
                      .map(
                          d ->
                              new Disarmed(
                                  d.by(), d.reason(), d.until(), Optional.of(e.sentence())))));
      case RollbackArmed _, RollbackRearmed _ ->
          cutover.with(people.with(Optional.<Disarmed>empty()));
    };
  }

  /** What was proven by the old plan has to be proven by the new one. */
  private static Cutover amended(Cutover cutover, PlanAmended event) {
    People people = cutover.people();
    Cutover planned =
        cutover
            .planned(event.plan(), event.runbook())
            .with(people.with(people.authorship().by(event.actor(), event.file())));
    if (!Amendments.provesAnew(cutover)) {
      return planned;
    }
    Cutover anew =
        planned.with(
            planned
                .ledger()
                .withOutstandingVoid("void: the plan was amended")
                .withoutRound(cutover.requiredRunbook().prepared()));
    SagaState first = new Running(event.runbook().retryFrom());
    return anew.with(
        cutover.state() instanceof Held(String reason, SagaState _)
            ? new Held(reason, first)
            : first);
  }

  private static Cutover skipped(Cutover cutover, StepSkipped event) {
    StepRecord record =
        cutover
            .ledger()
            .step(event.step())
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "Expected step %s to have been sent, but the journal of %s has no such event"
                            .formatted(event.step(), cutover.id())));
    String detail =
        "left out by %s and %s: %s".formatted(event.proposedBy(), event.actor(), event.reason());
    return cutover
        .with(cutover.ledger().with(record.skipped(event.at(), detail)))
        .with(cutover.people().withoutSkip(event.step()));
  }

  /** Whoever stays wants to see it judged anew: what was said of health is the old watch's. */
  private static Cutover answered(Cutover cutover, RollbackChoice choice) {
    Cutover closed = cutover.with(cutover.people().withoutQuestion());
    return switch (choice) {
      case ROLL_BACK -> closed;
      case STAY -> closed.with(closed.world().withHealth(Optional.empty()));
    };
  }
}
