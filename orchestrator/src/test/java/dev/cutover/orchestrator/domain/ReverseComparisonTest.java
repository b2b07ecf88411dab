package dev.cutover.orchestrator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.*;
import dev.cutover.contract.ReadinessStatus.Fact;
import dev.cutover.contract.ReadinessStatus.Standing;
import dev.cutover.contract.ValidatorCommand.CompareChanged;
import dev.cutover.orchestrator.domain.RollbackPolicy.Overrun;
import dev.cutover.orchestrator.domain.RollbackPolicy.Way;
import dev.cutover.orchestrator.domain.SagaState.Held;
import dev.cutover.orchestrator.domain.SagaState.Observing;
import dev.cutover.orchestrator.simulation.ChangedPlan;
import dev.cutover.orchestrator.simulation.Plans;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is compared after the switch, and what damage there does. */
final class ReverseComparisonTest {
  private static final CutoverId ID = SagaDriver.ID;
  private static final Duration EVERY = Duration.ofSeconds(2);

  private final SagaDriver saga = new SagaDriver();

  @Test
  void shouldCompareAgainAndAgainWhileTheTargetLeads() {
    // given
    saga.toObservation(plan());

    // when
    saga.live(EVERY.multipliedBy(4));

    // then
    assertThat(ordered())
        .hasSizeBetween(3, 5)
        .allMatch(order -> order.direction() == Direction.REVERSE);
    assertThat(fact().map(Fact::standing)).contains(Standing.GOOD);
    assertThat(saga.cutover.state()).isInstanceOf(Observing.class);
  }

  @Test
  void shouldLeaveTheDatabasesTheirTimeWhenAPassTakesLong() {
    // given
    saga.toObservation(plan());
    saga.tick(EVERY);
    int before = ordered().size();

    // when: it took 1 s
    saga.now = saga.now.plusSeconds(1);
    saga.answer(Action.RECHECK_CHANGED);
    saga.tick(Duration.ofSeconds(10));

    // then
    assertThat(ordered()).hasSize(before);
    saga.tick(Duration.ofSeconds(9));
    assertThat(ordered()).hasSize(before + 1);
  }

  @Test
  void shouldHoldAndNeverGoBackWhenTheSourceIsDamaged() {
    // given
    saga.toObservation(plan());
    saga.tick(EVERY);

    // when
    saga.fail(Action.RECHECK_CHANGED, FailureKind.MISMATCH);

    // then
    assertThat(saga.cutover.state())
        .isInstanceOfSatisfying(
            Held.class,
            held ->
                assertThat(held.reason())
                    .contains("a rollback would lose something", "it does not work"));
    assertThat(saga.cutover.ledger().sent(Action.FENCE_TARGET)).isFalse();
    assertThat(saga.cutover.world().serving()).contains(Side.TARGET);
    assertThat(fact().map(Fact::standing)).contains(Standing.BAD);

    // and nothing is accepted
    saga.live(Duration.ofMinutes(2));
    assertThat(saga.cutover.state()).isInstanceOf(Held.class);
  }

  @Test
  void shouldLeaveItToAPersonWhenTheMonitorTriggersWhileTheSourceIsDamaged() {
    // given
    saga.toObservation(plan());
    saga.tick(EVERY);
    saga.fail(Action.RECHECK_CHANGED, FailureKind.MISMATCH);
    saga.ask(new Request.Resume(ID, "on", "ana", "we know of it"));

    // when
    saga.tell(trigger());

    // then
    assertThat(saga.cutover.state())
        .isInstanceOfSatisfying(
            Held.class,
            held -> assertThat(held.reason()).contains("errors", "would lose something"));
    saga.ask(new Request.RollBack(ID, "back", "ana", "we lose three rows, and know which"));
    assertThat(saga.cutover.state()).isInstanceOf(SagaState.RollingBack.class);
  }

  @Test
  void shouldGoBackByATriggerWhenTheDamageIsMended() {
    // given
    saga.toObservation(plan());
    saga.tick(EVERY);
    saga.fail(Action.RECHECK_CHANGED, FailureKind.MISMATCH);
    saga.ask(new Request.Resume(ID, "on", "ana", "it is mended"));
    saga.tick(EVERY);
    saga.answer(Action.RECHECK_CHANGED);

    // when
    saga.tell(trigger());

    // then
    assertThat(saga.cutover.state()).isInstanceOf(SagaState.RollingBack.class);
  }

  private RollbackTrigger trigger() {
    long epoch = saga.cutover.ledger().step(Action.WATCH_HEALTH).orElseThrow().epoch();
    var reason = new RollbackTrigger.BreachReason("error-rate", "", 9, 9, 1, 0.05, 0, 20, 15, -1);
    return new RollbackTrigger(
        ID, "d", epoch, saga.now, saga.now, saga.now.plusSeconds(60), "errors", List.of(reason));
  }

  @Test
  void shouldHoldOnceForOneDamageWhenAPersonResumes() {
    // given
    saga.toObservation(plan());
    saga.tick(EVERY);
    saga.fail(Action.RECHECK_CHANGED, FailureKind.MISMATCH);
    saga.ask(new Request.Resume(ID, "on", "ana", "we know of it"));

    // when: the same is found again
    int before = ordered().size();
    saga.tick(EVERY);
    assertThat(ordered()).hasSize(before + 1);
    saga.fail(Action.RECHECK_CHANGED, FailureKind.MISMATCH);

    // then
    assertThat(saga.cutover.state()).isInstanceOf(Observing.class);
    assertThat(fact().map(Fact::standing)).contains(Standing.BAD);

    // when: something else
    saga.tick(EVERY);
    StepRef step =
        saga.cutover.ledger().step(Action.RECHECK_CHANGED).orElseThrow().command().header().step();
    saga.decide(
        new SagaInput.Answered(
            new StepFailed(step, new Failure(FailureKind.MISMATCH, "other rows", false))));

    // then
    assertThat(saga.cutover.state()).isInstanceOf(Held.class);
  }

  @Test
  void shouldSayItWhenItIsHeldForAnotherReason() {
    // given
    saga.toObservation(plan());
    saga.tick(EVERY);
    saga.ask(new Request.Hold(ID, "hold", "ana", "look first"));

    // when
    saga.fail(Action.RECHECK_CHANGED, FailureKind.MISMATCH);

    // then
    assertThat(saga.cutover.state())
        .isInstanceOfSatisfying(
            Held.class, held -> assertThat(held.reason()).contains("would lose something"));
    saga.ask(new Request.Resume(ID, "on", "ana", "we know of it"));
    assertThat(saga.cutover.state()).isInstanceOf(Observing.class);
  }

  @Test
  void shouldStopNothingWhenItCouldNotBeFoundOut() {
    // given
    saga.toObservation(plan());
    saga.tick(EVERY);

    // when
    saga.fail(Action.RECHECK_CHANGED, FailureKind.UNREACHABLE);

    // then
    assertThat(saga.cutover.state()).isInstanceOf(Observing.class);
    assertThat(fact().map(Fact::standing)).contains(Standing.UNKNOWN);
  }

  @Test
  void shouldIgnoreWhatIsFoundWhenItGoesBackAlready() {
    // given
    saga.toObservation(plan());
    saga.tick(EVERY);
    saga.ask(new Request.RollBack(ID, "back", "ana", "it is slow"));
    SagaState state = saga.cutover.state();

    // when
    saga.fail(Action.RECHECK_CHANGED, FailureKind.MISMATCH);
    int before = ordered().size();
    saga.tick(EVERY);

    // then
    assertThat(ordered()).hasSize(before);
    assertThat(saga.cutover.state()).isEqualTo(state).isInstanceOf(SagaState.RollingBack.class);
  }

  @Test
  void shouldCompareNothingWhenTheReverseStreamStands() {
    // given
    saga.toObservation(plan());
    saga.decide(
        new SagaInput.Told(
            new ReplicationMeasured(ID, Direction.REVERSE, -1, 0, 0, false, "it stands"),
            saga.now,
            false));

    // when
    int before = ordered().size();
    saga.tick(EVERY.multipliedBy(2));

    // then
    assertThat(ordered()).hasSize(before);
  }

  private static Plan plan() {
    return ChangedPlan.of(
        Plans.shop(ID),
        changed -> {
          ReadinessPolicy usual = changed.readiness;
          changed.readiness =
              new ReadinessPolicy(
                  usual.requireCritical(),
                  EVERY,
                  usual.maxAge(),
                  usual.ttlLead(),
                  usual.freezeFrom(),
                  usual.signed(),
                  usual.declared(),
                  usual.changeTicket(),
                  usual.backup(),
                  usual.milestones());
          changed.rollback =
              new RollbackPolicy(
                  Way.REVERSE_SYNC, Overrun.REOPEN_TARGET, Duration.ofMinutes(1), List.of());
        });
  }

  private List<CompareChanged> ordered() {
    return saga.sent.stream()
        .filter(CompareChanged.class::isInstance)
        .map(CompareChanged.class::cast)
        .filter(order -> order.header().step().step().equals("recheck-changed"))
        .toList();
  }

  private Optional<Fact> fact() {
    return WayBack.status(saga.cutover, saga.now).facts().stream()
        .filter(fact -> fact.name().equals("comparison"))
        .findFirst();
  }
}
