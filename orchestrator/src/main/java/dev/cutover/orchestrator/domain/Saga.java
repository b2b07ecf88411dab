package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Command;
import dev.cutover.contract.MemberProgressed;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The heart: three pure functions. {@link #decide} gives events and orders, {@link
 * Evolution#evolve} applies events, {@link #pending} says what must be under way. One per cutover;
 * they never wait.
 */
public final class Saga {
  private Saga() {}

  /**
   * Decides on an input. Pure, total, never throws for any input: what it refuses becomes a
   * journalled refusal, what it has handled already becomes an empty decision.
   */
  public static Decision decide(Cutover cutover, SagaInput input, Instant now) {
    Draft draft = new Draft(cutover, now, input);
    switch (input) {
      case SagaInput.StartAsked(var request, var plan) -> Requests.start(draft, request, plan);
      case SagaInput.StartRefused(var request, var faults) ->
          Requests.refuseStart(draft, request, faults);
      case SagaInput.AmendAsked(var request, var plan, var keys) ->
          Amendments.on(draft, request, plan, keys);
      case SagaInput.AmendRefused(var request, var faults) ->
          Amendments.refuse(draft, request, faults);
      case SagaInput.ProgrammeAsked(var request, var plan) ->
          Programmes.start(draft, request, plan);
      case SagaInput.ProgrammeRefused(var request, var faults) ->
          Programmes.refuseStart(draft, request, faults);
      case SagaInput.Asked(var request) -> Requests.on(draft, request);
      case SagaInput.Answered(var reply) -> Replies.on(draft, reply);
      case SagaInput.Told(MemberProgressed report, Instant _, boolean _) ->
          Programmes.told(draft, report);
      case SagaInput.Told told -> Reports.on(draft, told);
      case SagaInput.TimePassed(boolean _) -> Deadlines.on(draft);
    }
    Rechecks.settle(draft);
    Announcements.follow(draft, cutover);
    return draft.decision();
  }

  /** When the next deadline passes: the one timer that must be armed. */
  public static Optional<Instant> nextDue(Cutover cutover) {
    return Deadlines.next(cutover);
  }

  /** Whether nothing is under way: only a person or the next deadline can begin anything. */
  public static boolean rests(Cutover cutover) {
    return cutover.state() instanceof SagaState.Finished && pending(cutover).isEmpty();
  }

  /**
   * The orders that must be under way: unanswered ones and standing ones. After a restart they are
   * not sent (they were in the transaction); a new instance of their service is told them again.
   */
  public static List<Command> pending(Cutover cutover) {
    Stream<Command> steps =
        cutover.ledger().steps().values().stream()
            .filter(
                record ->
                    record.status() == StepRecord.Status.SENT
                        || Reports.stands(cutover.ledger(), record))
            .map(StepRecord::command);
    return Stream.concat(steps, Deliveries.pending(cutover)).toList();
  }
}
