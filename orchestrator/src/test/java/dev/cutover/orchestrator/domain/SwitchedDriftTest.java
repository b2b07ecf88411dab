package dev.cutover.orchestrator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.*;
import dev.cutover.contract.DnsCommand.PutBackRecords;
import dev.cutover.contract.DnsCommand.RevertTraffic;
import dev.cutover.contract.RecordsObserved.ChangedBy;
import dev.cutover.contract.RecordsObserved.RecordDrift;
import dev.cutover.orchestrator.domain.ReadinessEvent.DriftAnswered;
import dev.cutover.orchestrator.domain.ReadinessEvent.DriftTraced;
import dev.cutover.orchestrator.domain.RollbackPolicy.Drift;
import dev.cutover.orchestrator.domain.RollbackPolicy.Overrun;
import dev.cutover.orchestrator.domain.RollbackPolicy.Way;
import dev.cutover.orchestrator.domain.SagaState.Held;
import dev.cutover.orchestrator.domain.SagaState.Observing;
import dev.cutover.orchestrator.domain.SagaState.RollingBack;
import dev.cutover.orchestrator.simulation.ChangedPlan;
import dev.cutover.orchestrator.simulation.Plans;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What somebody else makes of records after the switch: put back once, or left to a person. */
final class SwitchedDriftTest {
  private static final CutoverId ID = SagaDriver.ID;
  private static final RecordSet TARGET = Plans.sets(Side.TARGET, 5).getFirst();
  private static final RecordSet STRANGE =
      new RecordSet(TARGET.name(), TARGET.type(), 5, List.of("192.0.2.99"));
  private static final ServerAddress PRIMARY =
      Plans.shop(ID).trafficSwitch().orElseThrow().provider().writtenAt();

  private final SagaDriver saga = new SagaDriver();

  @Test
  void shouldPutBackOnceAndTellWhenSomebodyElseChangesARecordAfterTheSwitch() {
    // given
    saga.toObservation(plan(Drift.PUT_BACK));
    long shifted = saga.cutover.ledger().markEpoch();

    // when
    saga.tell(seen(STRANGE));

    // then
    PutBackRecords order = sent(PutBackRecords.class);
    assertThat(order.expectedEpoch()).isEqualTo(shifted);
    assertThat(order.header().epoch()).isGreaterThan(shifted);
    assertThat(order.weightPercent()).isEqualTo(100);
    assertThat(order.drifts()).extracting(RecordDrift::found).containsExactly(STRANGE);
    assertThat(saga.cutover.state()).isInstanceOf(Observing.class);
    assertThat(saga.events(DriftAnswered.class))
        .singleElement()
        .satisfies(
            answer ->
                assertThat(answer.sentence())
                    .contains("192.0.2.99", "They are put back, this once"));

    // when
    saga.settle();

    // then: whoever shifts next expects its mark
    assertThat(saga.cutover.ledger().markEpoch()).isEqualTo(order.header().epoch());
    assertThat(saga.cutover.state()).isInstanceOf(Observing.class);
  }

  @Test
  void shouldHoldWhenTheSameIsChangedAgainAfterItWasPutBack() {
    // given
    saga.toObservation(plan(Drift.PUT_BACK));
    saga.tell(seen(STRANGE));
    saga.settle();

    // when
    saga.tick(Duration.ofSeconds(1));
    saga.tell(seen(STRANGE));

    // then
    assertThat(ordered()).isEqualTo(1);
    assertThat(saga.cutover.state())
        .isInstanceOfSatisfying(
            Held.class, held -> assertThat(held.reason()).contains("put back once already"));

    // when: a person looked at it, and it stays
    saga.ask(new Request.Resume(ID, "on", "ana", "it is ours"));
    saga.tell(seen(STRANGE));

    // then
    assertThat(saga.cutover.state()).isInstanceOf(Observing.class);
  }

  @Test
  void shouldWaitForTheAnswerWhenItIsSeenAgainMeanwhile() {
    // given
    saga.toObservation(plan(Drift.PUT_BACK));
    saga.tell(seen(STRANGE));

    // when
    saga.tell(seen(STRANGE.withTtlSeconds(9)));

    // then
    assertThat(ordered()).isEqualTo(1);
    assertThat(saga.cutover.state()).isInstanceOf(Observing.class);
  }

  @Test
  void shouldIgnoreWhatWasSeenBeforeTheShiftWasMade() {
    // given
    saga.toObservation(plan(Drift.PUT_BACK));

    // when
    saga.tell(
        seen(
            List.of(drift(STRANGE)), ServedSide.NEITHER, mark(), saga.now.minusSeconds(60), false));

    // then
    assertThat(ordered()).isZero();
    assertThat(saga.cutover.state()).isInstanceOf(Observing.class);
  }

  @Test
  void shouldHoldWhenTheAttemptFails() {
    // given
    saga.toObservation(plan(Drift.PUT_BACK));
    saga.tell(seen(STRANGE));
    long shifted = saga.cutover.ledger().step(Action.SHIFT_TRAFFIC).orElseThrow().epoch();

    // when
    saga.fail(Action.PUT_BACK_RECORDS, FailureKind.CONFLICT);

    // then: its mark may never have been written, so the shift's is still expected
    assertThat(saga.cutover.state()).isInstanceOf(Held.class);
    assertThat(saga.cutover.ledger().markEpoch()).isEqualTo(shifted);
  }

  @Test
  void shouldLeaveItToAPersonWhenTheRecordsAreTheSourcesAgain() {
    // given
    saga.toObservation(plan(Drift.PUT_BACK));

    // when
    RecordSet source = Plans.sets(Side.SOURCE, 5).getFirst();
    saga.tell(
        seen(
            List.of(drift(source).holding(Optional.of(Side.SOURCE))),
            ServedSide.NEITHER,
            mark(),
            saga.now,
            false));

    // then
    assertThat(ordered()).isZero();
    assertThat(saga.cutover.state())
        .isInstanceOfSatisfying(
            Held.class, held -> assertThat(held.reason()).contains("gone back by hand"));
  }

  @Test
  void shouldPutBackEvenTheSourcesRecordsWhenThePlanSaysSo() {
    // given
    saga.toObservation(plan(Drift.PUT_BACK_ALWAYS));

    // when
    RecordSet source = Plans.sets(Side.SOURCE, 5).getFirst();
    saga.tell(seen(List.of(drift(source)), ServedSide.SOURCE, mark(), saga.now, false));

    // then
    assertThat(ordered()).isEqualTo(1);
  }

  @Test
  void shouldHoldWhenThePlanLeavesItToAPerson() {
    // given
    saga.toObservation(plan(Drift.HOLD));

    // when
    saga.tell(seen(STRANGE));

    // then
    assertThat(ordered()).isZero();
    assertThat(saga.cutover.state()).isInstanceOf(Held.class);
  }

  @Test
  void shouldHoldWhenTheMarkIsGoneToo() {
    // given
    saga.toObservation(plan(Drift.PUT_BACK));

    // when
    saga.tell(seen(List.of(drift(STRANGE)), ServedSide.NEITHER, -1, saga.now, false));

    // then
    assertThat(ordered()).isZero();
    assertThat(saga.cutover.state())
        .isInstanceOfSatisfying(
            Held.class, held -> assertThat(held.reason()).contains("mark was changed"));
  }

  @Test
  void shouldHoldWhenThePlanConfirmsEachStep() {
    // given
    Plan plan =
        ChangedPlan.of(
            plan(Drift.PUT_BACK),
            changed ->
                changed.autonomy =
                    new Autonomy(
                        Autonomy.Level.ACT,
                        java.util.Map.of("put-back-records", Autonomy.Level.CONFIRM)));
    saga.toObservation(plan);

    // when
    saga.tell(seen(STRANGE));

    // then
    assertThat(ordered()).isZero();
    assertThat(saga.cutover.state()).isInstanceOf(Held.class);
  }

  @Test
  void shouldDoNothingWhenOnlyASecondaryServesSomethingElse() {
    // given
    saga.toObservation(plan(Drift.PUT_BACK));

    // when
    saga.tell(
        seen(
            List.of(new RecordDrift(new ServerAddress("192.0.2.53", 53), TARGET, STRANGE)),
            ServedSide.TARGET,
            mark(),
            saga.now,
            false));

    // then
    assertThat(ordered()).isZero();
    assertThat(saga.cutover.state()).isInstanceOf(Observing.class);
    assertThat(saga.status().freeze().drifts()).hasSize(1);
  }

  @Test
  void shouldPutNothingBackWhenTheWayBackHasBegun() {
    // given
    saga.toObservation(plan(Drift.PUT_BACK));
    saga.ask(new Request.RollBack(ID, "back", "ana", "it is slow"));
    assertThat(saga.cutover.state()).isInstanceOf(RollingBack.class);

    // when
    saga.tell(seen(STRANGE));

    // then
    assertThat(ordered()).isZero();
  }

  @Test
  void shouldRevertOverItWhenARollbackComesWhileItIsUnderWay() {
    // given
    saga.toObservation(plan(Drift.PUT_BACK));
    saga.tell(seen(STRANGE));
    PutBackRecords order = sent(PutBackRecords.class);

    // when
    saga.ask(new Request.RollBack(ID, "back", "ana", "it is slow"));

    // then
    RevertTraffic revert = sent(RevertTraffic.class);
    assertThat(revert.header().epoch()).isGreaterThan(order.header().epoch());
    assertThat(saga.cutover.ledger().outstanding(order.header().step())).isEmpty();
  }

  @Test
  void shouldTellANewInstanceThatSecondariesMayStillServeWhatWasPutBack() {
    // given
    saga.toObservation(plan(Drift.PUT_BACK));
    saga.tell(seen(STRANGE));
    saga.settle();
    long mark = mark();

    // when
    saga.sent.clear();
    saga.tell(new PartitionsAssigned(ID, "dns", List.of(0)));

    // then
    assertThat(saga.sent)
        .singleElement()
        .isInstanceOfSatisfying(
            DnsCommand.WatchRecords.class,
            watch -> {
              assertThat(watch.expected()).isEqualTo(Plans.sets(Side.TARGET, 5));
              assertThat(watch.before()).contains(STRANGE).doesNotContain(TARGET);
              assertThat(watch.markEpoch()).isEqualTo(mark);
            });
  }

  @Test
  void shouldTellWhoItWasWhenThatBecomesKnownLater() {
    // given
    saga.toObservation(plan(Drift.HOLD));
    saga.tell(seen(STRANGE));
    saga.ask(new Request.Resume(ID, "on", "ana", "known"));
    assertThat(saga.events(DriftTraced.class)).isEmpty();

    // when: it is said again with each look
    saga.tell(seen(List.of(drift(STRANGE)), ServedSide.NEITHER, mark(), saga.now, true));
    saga.tell(seen(List.of(drift(STRANGE)), ServedSide.NEITHER, mark(), saga.now, true));

    // then
    assertThat(saga.events(DriftTraced.class))
        .singleElement()
        .satisfies(
            traced ->
                assertThat(traced.changedBy())
                    .containsExactly(
                        "shop.test. was changed by user/zoe at 2026-12-01T02:00:00Z from 203.0.113.7 (CloudTrail)"));
  }

  private long ordered() {
    return saga.sent.stream().filter(PutBackRecords.class::isInstance).count();
  }

  private <C extends Command> C sent(Class<C> type) {
    return saga.sent.stream().filter(type::isInstance).map(type::cast).findFirst().orElseThrow();
  }

  private long mark() {
    return saga.cutover.ledger().markEpoch();
  }

  private static Plan plan(Drift drift) {
    return ChangedPlan.of(
        SagaDriver.plan(ReadinessPolicy.DEFAULT.requiringCritical(false), Window.ALWAYS),
        changed ->
            changed.rollback =
                new RollbackPolicy(
                    Way.REVERSE_SYNC,
                    Overrun.REOPEN_TARGET,
                    Duration.ofDays(3),
                    List.of(),
                    Optional.of(drift)));
  }

  private static RecordDrift drift(RecordSet found) {
    return new RecordDrift(PRIMARY, TARGET, found);
  }

  private RecordsObserved seen(RecordSet found) {
    return seen(List.of(drift(found)), ServedSide.NEITHER, mark(), saga.now, false);
  }

  private RecordsObserved seen(
      List<RecordDrift> drifts, ServedSide served, long mark, Instant at, boolean traced) {
    RecordsObserved observed =
        new RecordsObserved(
            ID,
            saga.cutover.ledger().step(Action.WATCH_RECORDS).orElseThrow().epoch(),
            at,
            RecordsObserved.Verdict.DRIFTED,
            mark,
            served,
            drifts,
            List.of(),
            true,
            "");
    return traced
        ? observed.with(
            List.of(
                new ChangedBy(
                    TARGET.name(),
                    Optional.empty(),
                    Optional.of("user/zoe"),
                    Optional.of(SagaDriver.START),
                    Optional.of("203.0.113.7"),
                    "CloudTrail")))
        : observed;
  }
}
