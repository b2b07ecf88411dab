package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Command;
import dev.cutover.contract.Failure;
import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.Reply;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import dev.cutover.orchestrator.domain.SagaState.Outcome;
import dev.cutover.orchestrator.domain.SagaState.Route;
import java.time.Instant;
import java.util.Optional;

/**
 * What the journal stores. Meanings never change: a changed one is a new event.
 *
 * <p>Events of an area may have a sealed interface of their own below this one, and a function that
 * applies them beside it.
 */
public sealed interface SagaEvent {
  /** An event that answers a request: the same request sent again is known by its id. */
  interface Answer {
    /** Of the request that it answers. */
    String requestId();

    /** Who asked. */
    String actor();
  }

  /** Events of an area that has a file of its own. */
  sealed interface Area extends SagaEvent
      permits ByHandEvent,
          NoticeEvent,
          PeopleEvent,
          ProgrammeEvent,
          ReadinessEvent,
          ReconciliationEvent,
          RehearsalEvent,
          StrategyEvent,
          TeamEvent {}

  /**
   * The plan was accepted and is frozen from here on.
   *
   * @param file the plan as it was handed in, whole
   */
  record CutoverPlanned(String requestId, String actor, Plan plan, Runbook runbook, String file)
      implements SagaEvent, Answer {}

  /** A request was refused, and why. */
  record RequestRefused(String requestId, String actor, String request, String reason)
      implements SagaEvent, Answer {}

  /**
   * A request to stop or to go back was heeded: what follows is its effect. Kept so that the same
   * request sent again has none.
   */
  record RequestHeeded(String requestId, String actor, String request, String reason)
      implements SagaEvent, Answer {}

  /** The steps of this stage are due. */
  record StageEntered(int stage) implements SagaEvent {}

  /** A gate was reached. */
  record GateReached(int stage, Instant since, Instant until) implements SagaEvent {}

  /** The target's observation began. */
  record ObservationBegan(int stage, Instant since, Instant until) implements SagaEvent {}

  /**
   * An order was sent, in the same transaction as this.
   *
   * @param tries of this round, from 1
   * @param dueAt when it counts as failed without an answer
   */
  record StepSent(Step step, int tries, Command command, Undo undo, Instant at, Instant dueAt)
      implements SagaEvent {}

  /** An order was carried out. */
  record StepDone(StepRef step, Reply reply, Instant at) implements SagaEvent {}

  /**
   * An attempt failed.
   *
   * @param retryAt when the next is sent; empty when it was the last
   */
  record AttemptFailed(StepRef step, Failure failure, Instant at, Optional<Instant> retryAt)
      implements SagaEvent {}

  /** From here on neither side may take writes, until {@code deadline} at the latest. */
  record OutageBegan(Instant at, Instant deadline) implements SagaEvent {}

  /** That side takes writes. */
  record OutageEnded(Side serving, Instant at) implements SagaEvent {}

  /**
   * The cutover goes back, along this route.
   *
   * @param deadline when the route's own bound is reached; empty when one side serves all the while
   */
  record RollbackStarted(Route route, Instant at, Optional<Instant> deadline)
      implements SagaEvent {}

  /** The next stage of the route is due. */
  record RouteStageEntered(int stage) implements SagaEvent {}

  /** A step of the way back has failed too often: people are paged, and it is tried on. */
  record OutagePaged(String reason) implements SagaEvent {}

  /** Source serving, streams running, approvals void. */
  record ReturnedToPrepared(String reason, boolean rolledBack) implements SagaEvent {}

  /** Another go was asked for. */
  record RetryBegan(String requestId, String actor) implements SagaEvent, Answer {}

  /** A person must decide. */
  record CutoverHeld(String reason) implements SagaEvent {}

  /** A person let it go on. */
  record CutoverResumed(String requestId, String actor, String reason)
      implements SagaEvent, Answer {}

  /**
   * A trigger arrived.
   *
   * @param acted whether it began a rollback
   * @param reason why not, if not
   */
  record TriggerNoted(RollbackTrigger trigger, boolean acted, String reason) implements SagaEvent {}

  /**
   * The monitor was heard; journalled on change and now and then.
   *
   * @param targetRequests that the target took since the watch began; -1 when not known
   * @param saidAt by the monitor's clock, if that was before; empty too in journals of the time
   *     when it was not kept
   */
  record HealthNoted(
      HealthVerdict verdict,
      String detail,
      long targetRequests,
      Instant at,
      Optional<Instant> saidAt)
      implements SagaEvent {}

  /** The way back works, or no longer does. */
  record WayBackChanged(boolean works, String detail) implements SagaEvent {}

  /** The sync-service went back by itself: both rows have {@code epoch} now. */
  record LeaseExpiryNoted(long epoch, Instant at) implements SagaEvent {}

  /** A person said that the target is dead; two are needed. */
  record TargetDeclaredDead(String requestId, String actor, String reason)
      implements SagaEvent, Answer {}

  /** A side that must refuse writes was found able to take them. */
  record FenceLossNoted(Side side, boolean reasserted, String detail) implements SagaEvent {}

  /** A message of this cutover could not be read. */
  record UnreadableNoted(String where, String reason) implements SagaEvent {}

  /** Nothing more will be done. */
  record CutoverFinished(Outcome outcome) implements SagaEvent {}
}
