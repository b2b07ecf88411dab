package dev.cutover.orchestrator.domain;

import dev.cutover.contract.DnsCommand;
import dev.cutover.contract.Reply;
import dev.cutover.contract.SyncReply;
import dev.cutover.orchestrator.domain.SagaEvent.*;
import dev.cutover.orchestrator.domain.SagaState.*;
import java.util.Optional;

/** Applies events. The only way in which state changes; the only thing that replay does. */
public final class Evolution {
  private Evolution() {}

  /**
   * The state after an event. Pure. Throws {@link IllegalStateException} on a pair that can't be:
   * the journal is corrupt, and going on would make it worse.
   */
  public static Cutover evolve(Cutover before, SagaEvent event) {
    Cutover next = before.advanced();
    Cutover cutover =
        event instanceof Answer answer
            ? next.with(next.people().withRequest(answer.requestId()))
            : next;
    Ledger ledger = cutover.ledger();
    World world = cutover.world();
    return switch (event) {
      case ByHandEvent e -> ByHandEvent.evolve(cutover, e);
      case StrategyEvent e -> StrategyEvent.evolve(cutover, e);
      case ProgrammeEvent e -> cutover.with(Programme.evolve(cutover.programme(), e));
      case ReconciliationEvent e -> ReconciliationEvent.evolve(cutover, e);
      case TeamEvent e -> TeamEvent.evolve(cutover, e);
      case ReadinessEvent e -> ReadinessEvent.apply(cutover, e);
      case RehearsalEvent e -> RehearsalEvent.apply(cutover, e);
      case PeopleEvent e -> PeopleEvent.evolve(cutover, e);
      case CutoverPlanned e ->
          cutover
              .planned(e.plan(), e.runbook())
              .with(
                  cutover
                      .people()
                      .with(cutover.people().authorship().by(e.actor(), e.file()))
                      .withOperator(e.plan().governance().operator().orElse(e.actor())))
              .with(new Running(0));
      case RequestRefused _ -> cutover;
      case RequestHeeded _ -> cutover;
      case StageEntered e -> cutover.with(new Running(e.stage()));
      case GateReached e -> cutover.with(new Waiting(e.stage(), e.since(), e.until()));
      case ObservationBegan e -> cutover.with(new Observing(e.stage(), e.since(), e.until()));
      case StepSent e -> cutover.with(ledger.withSent(e));
      case StepDone e -> {
        StepRecord record = required(cutover, e.step().step());
        StepRecord done = record.done(e.reply(), e.at(), Evidence.of(e.reply()));
        Cutover after =
            cutover
                .with(ledger.withDone(done))
                .with(
                    StaleTraffic.noted(cutover, e.reply(), e.at())
                        .with(shared(world.share(), record)))
                .with(counted(cutover.reconciliation(), e.reply()))
                .with(cutover.readiness().with(cutover.readiness().foresight().with(e.reply())));
        yield ReverseComparison.noted(Rechecks.noted(after, done, e.at()), done);
      }
      case AttemptFailed e -> {
        StepRecord failed = failed(cutover, e);
        yield ReverseComparison.noted(
            Rechecks.noted(cutover.with(ledger.with(failed)), failed, e.at()), failed, e.failure());
      }
      case OutageBegan e ->
          cutover.with(world.withServing(Optional.empty(), Optional.of(e.deadline())));
      case OutageEnded e ->
          cutover.with(world.withServing(Optional.of(e.serving()), Optional.empty()));
      case RollbackStarted e ->
          cutover
              .with(ledger.withOutstandingVoid("void: " + e.route().reason()))
              .with(world.withServing(world.serving(), e.deadline()).with(ByHand.NOTHING))
              .with(cutover.people().withoutQuestion())
              .with(cutover.reconciliation().with(Optional.empty()))
              .with(new RollingBack(e.route(), 0, false));
      case RouteStageEntered e -> {
        RollingBack back = rollingBack(cutover);
        yield cutover.with(new RollingBack(back.route(), e.stage(), back.outage()));
      }
      case OutagePaged _ -> {
        RollingBack back = rollingBack(cutover);
        yield cutover.with(new RollingBack(back.route(), back.stage(), true));
      }
      case ReturnedToPrepared e ->
          cutover
              .with(
                  ledger
                      .withOutstandingVoid(e.reason())
                      .withoutRound(cutover.requiredRunbook().prepared()))
              .with(cutover.people().withoutRound())
              .with(world.withHealth(Optional.empty()).with(ByHand.NOTHING))
              .with(cutover.readiness().withoutRound())
              .with(cutover.correspondence().withoutRound())
              .with(cutover.reconciliation().withoutRound())
              .with(new Prepared(e.reason(), e.rolledBack()));
      case RetryBegan _ -> cutover;
      case CutoverHeld e -> cutover.with(new Held(e.reason(), resumable(cutover.state())));
      case CutoverResumed _ ->
          cutover.with(world.with(ByHand.NOTHING)).with(held(cutover).resumes());
      case TriggerNoted _ -> cutover;
      case HealthNoted e ->
          cutover.with(
              world
                  .withHealth(
                      Optional.of(
                          new World.Health(
                              e.verdict(), e.detail(), e.at(), e.saidAt().orElse(e.at()))))
                  .with(world.share().heard(e.targetRequests())));
      case WayBackChanged e ->
          cutover.with(world.withWayBack(e.works() ? Optional.empty() : Optional.of(e.detail())));
      case LeaseExpiryNoted e ->
          cutover
              .with(ledger.withTargetEpoch(e.epoch()))
              .with(
                  world.withServing(
                      Optional.of(dev.cutover.contract.Side.SOURCE), Optional.empty()));
      case TargetDeclaredDead e -> cutover.with(cutover.people().withDeathDeclaration(e.actor()));
      case FenceLossNoted _ -> cutover;
      case UnreadableNoted _ -> cutover;
      case CutoverFinished e -> cutover.with(new Finished(e.outcome()));
      case NoticeEvent e -> Correspondence.evolve(cutover, e);
    };
  }

  /** An answered order to the switch says how much of the traffic the target has. */
  private static Share shared(Share before, StepRecord answered) {
    return switch (answered.command()) {
      case DnsCommand.ShiftTraffic shift -> before.at(shift.weightPercent());
      case DnsCommand.RevertTraffic _ -> before.at(0);
      default -> before;
    };
  }

  private static Reconciliation counted(Reconciliation before, Reply reply) {
    return switch (reply) {
      case SyncReply.DeltaExported _, SyncReply.LossCounted _ ->
          before.withCount(Evidence.of(reply));
      default -> before;
    };
  }

  private static StepRecord failed(Cutover cutover, AttemptFailed event) {
    StepRecord record = required(cutover, event.step().step());
    return event
        .retryAt()
        .map(at -> record.retrying(at, event.failure()))
        .orElseGet(() -> record.failed(event.failure().reason()));
  }

  private static StepRecord required(Cutover cutover, String stepName) {
    return cutover
        .ledger()
        .step(stepName)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Expected step %s to have been sent, but the journal of %s has no such event"
                        .formatted(stepName, cutover.id())));
  }

  private static RollingBack rollingBack(Cutover cutover) {
    if (cutover.state() instanceof RollingBack back) {
      return back;
    }
    throw new IllegalStateException(
        "Expected %s to be rolling back, but it is %s"
            .formatted(cutover.id(), cutover.state().label()));
  }

  private static Held held(Cutover cutover) {
    if (cutover.state() instanceof Held held) {
      return held;
    }
    throw new IllegalStateException(
        "Expected %s to be held, but it is %s".formatted(cutover.id(), cutover.state().label()));
  }

  /** A hold on top of a hold resumes what the first one held. */
  private static SagaState resumable(SagaState state) {
    return state instanceof Held held ? held.resumes() : state;
  }
}
