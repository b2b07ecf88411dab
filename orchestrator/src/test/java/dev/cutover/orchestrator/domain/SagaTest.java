package dev.cutover.orchestrator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.*;
import dev.cutover.orchestrator.simulation.Plans;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One decision, one rule. */
final class SagaTest {
  private static final Duration OBSERVATION =
      Plans.shop(new CutoverId("shop")).bounds().observation();
  private static final CutoverId ID = new CutoverId("shop");
  private static final Instant START = Instant.parse("2026-12-01T02:00:00Z");

  private Cutover cutover = Cutover.named(ID);
  private Instant now = START;
  private final List<Command> sent = new ArrayList<>();

  @Test
  void shouldRefuseAPlanWithAllItsFaultsAndNoSideEffect() {
    // when
    Decision decision =
        Saga.decide(
            cutover,
            new SagaInput.StartRefused(
                new Request.StartCutover(ID, "r", "ana", ""), List.of("line 1: a", "line 2: b")),
            now);

    // then
    assertThat(decision.commands()).isEmpty();
    assertThat(decision.events())
        .containsExactly(
            new SagaEvent.RequestRefused("r", "ana", "StartCutover", "line 1: a\nline 2: b"));
  }

  @Test
  void shouldNeedTwoDifferentPeopleToGo() {
    // given
    reachGo();

    // when
    approve("1", "ana");
    approve("2", "ana");
    approve("3", "mallory");

    // then
    assertThat(cutover.state()).isInstanceOf(SagaState.Waiting.class);
    assertThat(cutover.people().approvedBy("go")).containsExactly("ana");

    // and when
    approve("4", "bo");

    // then
    assertThat(sent(SyncCommand.ProveRoundTrip.class)).isPresent();
  }

  @Test
  void shouldGoBackByItselfWhenTheTargetIsNotToldToOpenWithinTheBound() {
    // given
    reachFence();

    // when nobody answers: of 20 s the last 5 are for going back
    tick(Duration.ofSeconds(15));

    // then
    assertThat(sent(SyncCommand.OpenSource.class)).isPresent();
    assertThat(sent(DnsCommand.RevertTraffic.class)).isEmpty();
  }

  @Test
  void shouldOpenTheSourceWithoutASilentTargetThatWasNeverToldToOpen() {
    // given
    reachFence();
    answer(Action.FENCE_SOURCE);
    tick(Duration.ofSeconds(15));

    // when
    fail(Action.OPEN_SOURCE, FailureKind.UNREACHABLE);
    tick(Duration.ofMillis(100));

    // then
    long fence = cutover.ledger().step(Action.FENCE_SOURCE).orElseThrow().epoch();
    assertThat(sent(SyncCommand.OpenSourceAlone.class).orElseThrow().expectedEpoch())
        .isEqualTo(fence);
  }

  @Test
  void shouldNotOpenTheSourceWithoutATargetThatSaysItIsOpen() {
    // given
    reachFence();
    answer(Action.FENCE_SOURCE);
    tick(Duration.ofSeconds(15));

    // when
    fail(Action.OPEN_SOURCE, FailureKind.CONFLICT);
    tick(Duration.ofMillis(100));

    // then
    assertThat(sent(SyncCommand.OpenSourceAlone.class)).isEmpty();
  }

  @Test
  void shouldNotOpenTheSourceWithoutASilentTargetThatWasToldToOpen() {
    // given
    reachFence();
    answer(Action.FENCE_SOURCE);
    answer(Action.VALIDATE_FINAL);
    answer(Action.SHIFT_TRAFFIC);
    ask(new Request.RollBack(ID, "back", "ana", "no good"));

    // when
    fail(Action.FENCE_TARGET, FailureKind.UNREACHABLE);
    tick(Duration.ofSeconds(60));

    // then
    assertThat(sent(SyncCommand.OpenSource.class)).isEmpty();
    assertThat(sent(SyncCommand.OpenSourceAlone.class)).isEmpty();
  }

  @Test
  @Tag("F2")
  void shouldUndoAStepThatWasSentButNeverAnswered() {
    // given
    reachFence();
    answer(Action.FENCE_SOURCE);
    answer(Action.VALIDATE_FINAL);
    answer(Action.SHIFT_TRAFFIC);
    assertThat(cutover.ledger().sent(Action.OPEN_TARGET)).isTrue();

    // when
    tick(Duration.ofSeconds(21));

    // then
    assertThat(sent(SyncCommand.FenceTarget.class)).isPresent();
    assertThat(sent(DnsCommand.RevertTraffic.class)).isPresent();
    assertThat(sent(SyncCommand.OpenSource.class)).isEmpty();
  }

  @Test
  @Tag("A14")
  void shouldOpenTheSourceOnlyAfterTheReverseStreamIsDrained() {
    // given
    reachObservation();

    // when
    ask(new Request.RollBack(ID, "back", "ana", "no good"));
    answer(Action.REVERT_TRAFFIC);
    assertThat(sent(SyncCommand.DrainReverse.class)).isEmpty();
    answer(Action.FENCE_TARGET);
    assertThat(sent(SyncCommand.OpenSource.class)).isEmpty();
    answer(Action.DRAIN_REVERSE);
    answer(Action.ALIGN_SOURCE_SEQUENCES);

    // then
    long fence = cutover.ledger().step(Action.FENCE_SOURCE).orElseThrow().epoch();
    assertThat(sent(SyncCommand.OpenSource.class).orElseThrow().expectedEpoch()).isEqualTo(fence);
  }

  @Test
  @Tag("F3")
  void shouldOpenTheTargetAgainWhenTheDrainMissesItsBound() {
    // given
    reachObservation();
    ask(new Request.RollBack(ID, "back", "ana", "no good"));
    answer(Action.REVERT_TRAFFIC);
    answer(Action.FENCE_TARGET);
    sent.clear();

    // when
    tick(Duration.ofSeconds(40));

    // then
    long fence = cutover.ledger().step(Action.FENCE_TARGET).orElseThrow().epoch();
    assertThat(sent(SyncCommand.OpenTarget.class).orElseThrow().expectedEpoch()).isEqualTo(fence);
    answer(Action.OPEN_TARGET);
    answer(Action.SHIFT_TRAFFIC);
    answer(Action.VERIFY_SHIFT);
    assertThat(cutover.state()).isInstanceOf(SagaState.Held.class);
    assertThat(cutover.world().serving()).contains(Side.TARGET);
  }

  @Test
  void shouldRollBackOnceWhenAnOutsiderAsksDuringTheAttempt() {
    // given
    reachObservation();

    // when
    tell(requested("old", START.minusSeconds(1)));
    assertThat(sent(DnsCommand.RevertTraffic.class)).isEmpty();
    tell(requested("new", now));

    // then
    assertThat(sent(DnsCommand.RevertTraffic.class)).isPresent();
    assertThat(cutover.state()).isInstanceOf(SagaState.RollingBack.class);

    // and asked again
    sent.clear();
    tell(requested("new", now));
    assertThat(sent).isEmpty();
  }

  @Test
  void shouldNotRollBackTwiceWhenATriggerIsReadAgain() {
    // given
    reachObservation();
    RollbackTrigger trigger = trigger();
    tell(trigger);
    int orders = sent.size();

    // when
    tell(trigger);

    // then
    assertThat(sent).hasSize(orders);
    assertThat(cutover.state()).isInstanceOf(SagaState.RollingBack.class);
  }

  @Test
  void shouldHoldInsteadOfRollingBackWhenTheWayBackIsBroken() {
    // given
    reachObservation();
    tell(new ReplicationMeasured(ID, Direction.REVERSE, 0, 0, 0, false, "slot is gone"));

    // when
    tell(trigger());

    // then
    assertThat(cutover.state()).isInstanceOf(SagaState.Held.class);
    assertThat(sent(DnsCommand.RevertTraffic.class)).isEmpty();
  }

  @Test
  void shouldNeverAcceptATargetThatTheMonitorCannotSee() {
    // given
    reachObservation();
    tell(health(HealthReported.HealthVerdict.BLIND));

    // when
    tick(OBSERVATION.plusSeconds(1));

    // then
    assertThat(cutover.state()).isInstanceOf(SagaState.Observing.class);
    tell(health(HealthReported.HealthVerdict.HEALTHY));
    tick(Duration.ZERO);
    assertThat(sent(SyncCommand.DropReplication.class)).isPresent();
  }

  @Test
  void shouldNotAcceptOnAWordThatWasSaidBeforeTheObservationEnded() {
    // given an orchestrator that was away at the end, and a log with what was said meanwhile
    reachObservation();
    Instant said = now.plusSeconds(5);
    tick(OBSERVATION.plusSeconds(1));

    // when
    decide(new SagaInput.Told(health(HealthReported.HealthVerdict.HEALTHY), said, false));
    tick(Duration.ZERO);

    // then
    assertThat(cutover.state()).isInstanceOf(SagaState.Observing.class);

    // and when the trigger that lay behind it is read
    tell(trigger());

    // then
    assertThat(cutover.state()).isInstanceOf(SagaState.RollingBack.class);
  }

  @Test
  void shouldJournalAWordOnceOfManyThatLayInTheLog() {
    // given
    reachObservation();
    tell(health(HealthReported.HealthVerdict.HEALTHY));
    long sequence = cutover.sequence();

    // when
    for (int n = 0; n < 5; n++) {
      now = now.plusSeconds(8);
      Report word = health(HealthReported.HealthVerdict.HEALTHY);
      decide(new SagaInput.Told(word, now.minusSeconds(30), true));
      decide(new SagaInput.TimePassed(false));
    }

    // then
    assertThat(cutover.sequence()).isEqualTo(sequence);
    decide(new SagaInput.Told(health(HealthReported.HealthVerdict.BREACHED), now, true));
    assertThat(cutover.sequence()).isGreaterThan(sequence);
  }

  @Test
  void shouldAcceptNothingBeforeTheLogIsRead() {
    // given
    reachObservation();
    now = now.plus(OBSERVATION).plusSeconds(1);
    tell(health(HealthReported.HealthVerdict.HEALTHY));

    // when
    decide(new SagaInput.TimePassed(false));

    // then
    assertThat(cutover.state()).isInstanceOf(SagaState.Observing.class);

    // and when it is
    decide(new SagaInput.TimePassed(true));

    // then
    assertThat(sent(SyncCommand.DropReplication.class)).isPresent();
  }

  @Test
  void shouldHoldWhenTheMonitorSeesNothingForTwiceTheObservation() {
    // given
    reachObservation();
    tell(health(HealthReported.HealthVerdict.BLIND));

    // when
    tick(OBSERVATION.multipliedBy(2));

    // then
    assertThat(cutover.state()).isInstanceOf(SagaState.Held.class);
    tell(health(HealthReported.HealthVerdict.HEALTHY));
    assertThat(sent(SyncCommand.DropReplication.class)).isEmpty();
  }

  @Test
  void shouldObserveAnewWhenAPersonResumesWhatWasNeverSeen() {
    // given
    reachObservation();
    tell(health(HealthReported.HealthVerdict.BLIND));
    tick(OBSERVATION.multipliedBy(2));

    // when
    ask(new Request.Resume(ID, "resume", "ana", "the monitor is mended"));

    // then
    assertThat(cutover.state())
        .isInstanceOfSatisfying(
            SagaState.Observing.class,
            observing -> assertThat(observing.until()).isEqualTo(now.plus(OBSERVATION)));
  }

  @Test
  void shouldGoBackWhenAnAnswerComesAfterTheBoundThoughNoTimerRanMeanwhile() {
    // given
    reachFence();
    answer(Action.FENCE_SOURCE);
    now = now.plus(Plans.shop(ID).bounds().maxWriteOutage());

    // when
    answer(Action.VALIDATE_FINAL);

    // then
    assertThat(sent(DnsCommand.ShiftTraffic.class)).isEmpty();
    assertThat(sent(SyncCommand.OpenSource.class)).isPresent();
  }

  @Test
  void shouldExpectTheTargetWhereTheLeaseLeftItWhenItExpiredOnTheWayBack() {
    // given
    reachFence();
    answer(Action.FENCE_SOURCE);
    ask(new Request.Abort(ID, "abort", "ana", "no"));
    long fencedAt = cutover.ledger().step(Action.FENCE_SOURCE).orElseThrow().epoch();

    // when
    tell(new FenceLeaseExpired(ID, fencedAt, now));

    // then
    assertThat(cutover.state()).isInstanceOf(SagaState.RollingBack.class);
    assertThat(cutover.ledger().targetEpoch()).isEqualTo(fencedAt + 1);
  }

  @Test
  void shouldEndAtTheSourceWhenTheLeaseIsHeardOfWhileTheTargetIsOrderedToServeAgain() {
    // given the way back could not drain in time, and nobody heard that the lease was over
    reachFence();
    answer(Action.FENCE_SOURCE);
    answer(Action.VALIDATE_FINAL);
    answer(Action.SHIFT_TRAFFIC);
    long fencedAt = cutover.ledger().step(Action.FENCE_SOURCE).orElseThrow().epoch();
    ask(new Request.RollBack(ID, "back", "ana", "no"));
    answer(Action.FENCE_TARGET);
    answer(Action.REVERT_TRAFFIC);
    long targetAt = cutover.ledger().targetEpoch();
    sent.clear();
    tick(Plans.shop(ID).bounds().maxRollbackOutage());
    assertThat(sent(SyncCommand.OpenTarget.class)).isPresent();
    sent.clear();

    // when
    tell(new FenceLeaseExpired(ID, fencedAt, now));

    // then
    assertThat(cutover.world().serving()).contains(Side.SOURCE);
    assertThat(cutover.ledger().targetEpoch()).isEqualTo(targetAt);
    assertThat(sent(SyncCommand.OpenTarget.class)).isEmpty();
    // traffic is at the source already, and nothing was shifted since
    assertThat(sent(DnsCommand.RevertTraffic.class)).isEmpty();
    assertThat(cutover.ledger().sent(Action.VERIFY_REVERT)).isTrue();
  }

  @Test
  void shouldRevertTrafficAgainWhenItWasShiftedAgainSince() {
    // given a way back that could not drain, and a target that serves again
    reachObservation();
    ask(new Request.RollBack(ID, "back", "ana", "no"));
    answer(Action.FENCE_TARGET);
    answer(Action.REVERT_TRAFFIC);
    tick(Plans.shop(ID).bounds().maxRollbackOutage());
    answer(Action.OPEN_TARGET);
    answer(Action.SHIFT_TRAFFIC);
    answer(Action.VERIFY_SHIFT);
    sent.clear();

    // when
    ask(new Request.RollBack(ID, "back again", "ana", "still no"));

    // then
    assertThat(sent(DnsCommand.RevertTraffic.class)).isPresent();
  }

  @Test
  void shouldOnlyRevertTrafficWhenTheLeaseExpiredBeforeTheTargetWasOpened() {
    // given
    reachFence();
    answer(Action.FENCE_SOURCE);
    answer(Action.VALIDATE_FINAL);
    answer(Action.SHIFT_TRAFFIC);
    long fencedAt = cutover.ledger().step(Action.FENCE_SOURCE).orElseThrow().epoch();

    // when
    tell(new FenceLeaseExpired(ID, fencedAt, now));

    // then
    assertThat(cutover.ledger().sent(Action.OPEN_TARGET)).isTrue();
    assertThat(sent(DnsCommand.RevertTraffic.class)).isPresent();
    assertThat(sent(SyncCommand.FenceTarget.class)).isEmpty();
    answer(Action.REVERT_TRAFFIC);
    assertThat(sent(SyncCommand.DrainReverse.class)).isEmpty();
    assertThat(cutover.world().serving()).contains(Side.SOURCE);
  }

  @Test
  void shouldHeedADecisionOfTheMonitorOnceThoughTheTargetHadToBeReopened() {
    // given
    reachObservation();
    tell(trigger());
    answer(Action.FENCE_TARGET);
    answer(Action.REVERT_TRAFFIC);
    tick(Plans.shop(ID).bounds().maxRollbackOutage());
    answer(Action.OPEN_TARGET);
    answer(Action.SHIFT_TRAFFIC);
    answer(Action.VERIFY_SHIFT);
    assertThat(cutover.state()).isInstanceOf(SagaState.Held.class);

    // when
    tell(trigger());

    // then
    assertThat(cutover.state()).isInstanceOf(SagaState.Held.class);
  }

  @Test
  void shouldKeepTheEpochWhenAnOrderIsTriedAgain() {
    // given
    reachFence();
    SyncCommand.FenceSource first = sent(SyncCommand.FenceSource.class).orElseThrow();
    answer(
        new StepFailed(first.header().step(), new Failure(FailureKind.UNREACHABLE, "down", true)));
    sent.clear();

    // when
    tick(Duration.ofMillis(200));

    // then
    SyncCommand.FenceSource second = sent(SyncCommand.FenceSource.class).orElseThrow();
    assertThat(second.header().epoch()).isEqualTo(first.header().epoch());
    assertThat(second.header().step().attempt()).isEqualTo(2);
  }

  @Test
  void shouldTellANewInstanceItsUnansweredAndStandingOrdersAgain() {
    // given
    reachFence();
    sent.clear();

    // when
    tell(new PartitionsAssigned(ID, "sync", List.of(0)));

    // then
    assertThat(sent)
        .hasExactlyElementsOfTypes(
            SyncCommand.WatchSchema.class,
            SyncCommand.StartForwardSync.class,
            SyncCommand.StartReverseSync.class,
            SyncCommand.FenceSource.class);
  }

  @Test
  void shouldLeaveANewMonitorOnlyTheRestOfTheWarmUp() {
    // given a warm-up of 10 s, and 8 s since the watch was ordered
    reachObservation();
    sent.clear();

    // when, then
    tell(new PartitionsAssigned(ID, "monitor", List.of(0)));
    assertThat(sent(MonitorCommand.WatchHealth.class).orElseThrow().spec().objectives().warmUp())
        .map(Objectives.WarmUp::span)
        .contains(Duration.ofSeconds(2));
    sent.clear();
    now = now.plusSeconds(2);
    tell(new PartitionsAssigned(ID, "monitor", List.of(0)));
    assertThat(sent(MonitorCommand.WatchHealth.class).orElseThrow().spec().objectives().warmUp())
        .isEmpty();
    assertThat(Saga.pending(cutover))
        .as("the journal keeps the order as it was first made")
        .filteredOn(MonitorCommand.WatchHealth.class::isInstance)
        .singleElement()
        .extracting(
            order -> ((MonitorCommand.WatchHealth) order).spec().objectives().warmUp().isPresent())
        .isEqualTo(true);
  }

  @Test
  void shouldNotPassTheGateOnAWarmUpsWord() {
    // given
    reachObservation();

    // when
    for (int second = 0; second < OBSERVATION.toSeconds(); second++) {
      tell(health(HealthReported.HealthVerdict.INCONCLUSIVE));
      tick(Duration.ofSeconds(1));
    }

    // then
    assertThat(cutover.state()).isInstanceOf(SagaState.Observing.class);
    tell(health(HealthReported.HealthVerdict.HEALTHY));
    tick(Duration.ofSeconds(1));
    assertThat(cutover.state()).isInstanceOf(SagaState.Running.class);
  }

  @Test
  void shouldNeedNoNewCopyForAnotherGo() {
    // given
    reachFence();
    tick(Duration.ofSeconds(20));
    answer(Action.OPEN_SOURCE);
    assertThat(cutover.state()).isInstanceOf(SagaState.Prepared.class);
    assertThat(cutover.people().approvals()).isEmpty();
    sent.clear();

    // when
    ask(new Request.Resume(ID, "again", "ana", ""));

    // then
    assertThat(sent)
        .hasExactlyElementsOfTypes(
            ValidatorCommand.CompareData.class, ValidatorCommand.RunChecks.class);
  }

  @Test
  void shouldPrepareWhatWasNotPreparedWhenAnotherGoIsAskedFor() {
    // given
    decide(
        new SagaInput.StartAsked(new Request.StartCutover(ID, "start", "ana", ""), Plans.shop(ID)));
    answer(Action.PREPARE_REPLICATION);
    ask(new Request.Abort(ID, "abort", "ana", "not now"));
    sent.clear();

    // when
    ask(new Request.Resume(ID, "again", "ana", ""));

    // then
    assertThat(sent(DnsCommand.CaptureRecords.class)).isPresent();
    assertThat(sent(ValidatorCommand.CompareData.class)).isEmpty();
  }

  private void reachGo() {
    decide(
        new SagaInput.StartAsked(new Request.StartCutover(ID, "start", "ana", ""), Plans.shop(ID)));
    for (Action action : PlayedSaga.BEFORE_GO) {
      answer(action);
    }
    tick(Duration.ofSeconds(63));
  }

  private void reachFence() {
    reachGo();
    approve("ana-go", "ana");
    approve("bo-go", "bo");
    answer(Action.ALIGN_TARGET_SEQUENCES);
    answer(Action.PROVE_ROUND_TRIP);
    assertThat(cutover.ledger().sent(Action.FENCE_SOURCE)).isTrue();
  }

  private void reachObservation() {
    reachFence();
    for (Action action :
        List.of(
            Action.FENCE_SOURCE,
            Action.VALIDATE_FINAL,
            Action.SHIFT_TRAFFIC,
            Action.OPEN_TARGET,
            Action.VERIFY_SHIFT,
            Action.WATCH_HEALTH)) {
      answer(action);
    }
    tick(Duration.ofSeconds(8));
    answer(Action.CHECK_TARGET_WRITES);
    assertThat(cutover.state()).isInstanceOf(SagaState.Observing.class);
  }

  private RollbackRequested requested(String id, Instant issuedAt) {
    return new RollbackRequested(
        ID,
        id,
        "pager",
        id,
        RollbackRequest.Kind.ERROR_RATE,
        issuedAt,
        now,
        now.plusSeconds(120),
        0,
        0,
        "8 % of checkouts fail",
        "");
  }

  private RollbackTrigger trigger() {
    var reason = new RollbackTrigger.BreachReason("error-rate", "", 9, 9, 1, 0.05, 0, 20, 15, -1);
    return new RollbackTrigger(
        ID, "d", watchEpoch(), now, now, now.plusSeconds(60), "errors", List.of(reason));
  }

  private HealthReported health(HealthReported.HealthVerdict verdict) {
    var unknown = HealthReported.SideHealth.UNKNOWN;
    return new HealthReported(ID, watchEpoch(), verdict, "", unknown, unknown);
  }

  private long watchEpoch() {
    return cutover.ledger().step(Action.WATCH_HEALTH).orElseThrow().epoch();
  }

  private void answer(Action action) {
    Command command = cutover.ledger().step(action).orElseThrow().command();
    answer(Plans.success(command, now));
  }

  private void fail(Action action, FailureKind kind) {
    Command command = cutover.ledger().step(action).orElseThrow().command();
    answer(new StepFailed(command.header().step(), new Failure(kind, "it does not work", true)));
  }

  private void answer(Reply reply) {
    decide(new SagaInput.Answered(reply));
  }

  private void tell(Report report) {
    decide(new SagaInput.Told(report, now, false));
  }

  private void approve(String requestId, String actor) {
    String shown = SagaView.of(cutover, "", now).evidenceHash();
    ask(new Request.Approve(ID, requestId, actor, "go", "", shown));
  }

  private void ask(Request request) {
    decide(new SagaInput.Asked(request));
  }

  private void tick(Duration duration) {
    now = now.plus(duration);
    decide(new SagaInput.TimePassed(true));
  }

  private void decide(SagaInput input) {
    Decision decision = Saga.decide(cutover, input, now);
    cutover = decision.after();
    sent.addAll(decision.commands());
  }

  private <C extends Command> Optional<C> sent(Class<C> type) {
    return sent.stream().filter(type::isInstance).map(type::cast).findFirst();
  }
}
