package dev.cutover.orchestrator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.Direction;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.FenceLeaseExpired;
import dev.cutover.contract.Forecast;
import dev.cutover.contract.Forecast.Fit;
import dev.cutover.contract.ReadinessLine;
import dev.cutover.contract.ReadinessStatus.Verdict;
import dev.cutover.contract.RehearsalResult;
import dev.cutover.contract.ReplicationMeasured;
import dev.cutover.contract.Request;
import dev.cutover.contract.SwitchFigures;
import dev.cutover.contract.SyncCommand.DrillFence;
import dev.cutover.contract.SyncReply.FenceDrilled;
import dev.cutover.orchestrator.domain.RehearsalEvent.ForwardStreamNoted;
import dev.cutover.orchestrator.simulation.Plans;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is tried before the switch, and what is made of it. */
final class DrillsTest {
  private static final Plan SHOP = Plans.shop(SagaDriver.ID);

  private final SagaDriver saga = new SagaDriver();

  private SagaDriver drill(long maxMs) {
    return saga.ask(new Request.Drill(SagaDriver.ID, "drill" + saga.now, "ana", maxMs));
  }

  private List<DrillFence> drills() {
    return saga.sent.stream()
        .filter(DrillFence.class::isInstance)
        .map(DrillFence.class::cast)
        .toList();
  }

  @Test
  void shouldDrillOnceAndKeepTheFiguresWhenItWaitsBeforeTheFence() {
    // given
    saga.toGo(SHOP);

    // when
    drill(2_000);

    // then
    assertThat(drills()).hasSize(1);
    assertThat(drills().getFirst().max()).isEqualTo(Duration.ofSeconds(2));
    saga.decide(
        new SagaInput.Answered(
            new FenceDrilled(drills().getFirst().header().step(), saga.now, 18, 40, 12, 70, 0, 5)));
    Forecast.Drill drilled = saga.status().forecast().drill().orElseThrow();
    assertThat(drilled.fenceMs()).isEqualTo(18);
    assertThat(drilled.refusedMs()).isEqualTo(70);
    assertThat(saga.cutover.state()).isInstanceOf(SagaState.Waiting.class);
  }

  @Test
  void shouldDrillWhenItIsOrderedAgain() {
    // given
    saga.toGo(SHOP);
    drill(2_000);
    saga.settle().tick(Duration.ofSeconds(1));

    // when
    drill(1_000);

    // then
    assertThat(drills())
        .extracting(DrillFence::max)
        .containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(1));
  }

  @ParameterizedTest
  @ValueSource(longs = {99, 20_001, 30_001, -1})
  void shouldRefuseADrillThatIsTooShortOrTooLong(long maxMs) {
    // given
    saga.toGo(SHOP);

    // when
    drill(maxMs);

    // then
    assertThat(drills()).isEmpty();
    assertThat(saga.lastRefusal().orElseThrow().reason()).contains("Expected a drill of 100 to");
  }

  @Test
  void shouldRefuseADrillWhenTheSwitchHasBegun() {
    // given
    saga.toObservation(SHOP);

    // when
    drill(2_000);

    // then
    assertThat(drills()).isEmpty();
    assertThat(saga.lastRefusal().orElseThrow().reason()).contains("observing");
  }

  @Test
  void shouldRefuseASecondDrillWhileOneIsUnderWay() {
    // given
    saga.toGo(SHOP);
    drill(2_000);
    saga.tick(Duration.ofSeconds(1));

    // when
    drill(2_000);

    // then
    assertThat(drills()).hasSize(1);
    assertThat(saga.lastRefusal().orElseThrow().reason()).contains("under way");
  }

  @Test
  void shouldNotGoWhileADrillIsUnderWay() {
    // given
    saga.toGo(SHOP);
    drill(2_000);

    // when
    saga.go();

    // then
    assertThat(saga.cutover.ledger().sent(Action.PROVE_ROUND_TRIP)).isFalse();
    saga.answer(Action.DRILL_FENCE);
    assertThat(saga.cutover.ledger().sent(Action.ALIGN_TARGET_SEQUENCES)).isTrue();
  }

  @Test
  void shouldStayWhereItIsWhenADrillFails() {
    // given
    saga.toGo(SHOP);
    drill(2_000);

    // when
    saga.fail(Action.DRILL_FENCE, FailureKind.TIMED_OUT);

    // then
    assertThat(saga.cutover.state()).isInstanceOf(SagaState.Waiting.class);
    assertThat(saga.status().forecast().drill()).isEmpty();
  }

  @Test
  void shouldKnowTheTargetsEpochWhenADrillEndedByItsLease() {
    // given
    saga.toGo(SHOP);
    drill(2_000);
    long epoch = drills().getFirst().header().epoch();

    // when
    saga.tell(new FenceLeaseExpired(SagaDriver.ID, epoch, saga.now));

    // then
    assertThat(saga.cutover.ledger().targetEpoch()).isEqualTo(epoch + 1);
    assertThat(saga.cutover.state()).isInstanceOf(SagaState.Waiting.class);
  }

  @Test
  void shouldJournalTheForwardStreamRarelyAndTellItsPace() {
    // given
    saga.toGo(SHOP);

    // when
    lag(0);
    lag(10);
    saga.now = saga.now.plusSeconds(10);
    lag(12_000);

    // then: 12 s of lag came up in 10 s, so next to nothing is applied
    assertThat(saga.events(ForwardStreamNoted.class))
        .extracting(ForwardStreamNoted::lagMs)
        .containsExactly(0L, 12_000L);
    assertThat(saga.events(ForwardStreamNoted.class).getLast().pace()).isEqualTo(0.05);
    assertThat(saga.status().forecast().writeOutage().orElseThrow().fit()).isEqualTo(Fit.OVER);
  }

  @Test
  void shouldRefuseGoWhenThePredictedOutageIsOverItsBound() {
    // given
    saga.toGo(SagaDriver.plan(SHOP.readiness().requiringCritical(true), Window.ALWAYS));
    lag(0);
    saga.now = saga.now.plusSeconds(10);
    lag(12_000);

    // when
    saga.go();

    // then
    assertThat(saga.lastRefusal().orElseThrow().reason()).contains("the predicted write outage");
    assertThat(saga.cutover.people().approvals()).isEmpty();
  }

  @Test
  void shouldShowInTheEvidenceHowItStandsToItsBound() {
    // given
    saga.toGo(SHOP);

    // when, then
    assertThat(GoEvidence.of(saga.cutover).facts())
        .contains("write outage: within a quarter of its bound");
  }

  private void lag(long ms) {
    saga.tell(new ReplicationMeasured(SagaDriver.ID, Direction.FORWARD, ms, 1, 0, true, ""));
  }

  @Test
  void shouldProveTheRollbackByARehearsalOfTheSameThing() {
    // given
    saga.toGo(SHOP);

    // when
    credit(SHOP.rehearsal().subject(), true);

    // then
    assertThat(saga.line(ReadinessLine.ROLLBACK_TESTED).verdict()).isEqualTo(Verdict.PROVEN);
    assertThat(saga.line(ReadinessLine.ROLLBACK_TESTED).detail()).contains("0af1");
  }

  @Test
  void shouldNotProveItByARehearsalThatFailedOrOfAnotherVersion() {
    // given
    saga.toGo(SHOP);

    // when, then
    credit(SHOP.rehearsal().subject(), false);
    assertThat(saga.line(ReadinessLine.ROLLBACK_TESTED).verdict()).isEqualTo(Verdict.FAILED);
    credit("another", true);
    assertThat(saga.line(ReadinessLine.ROLLBACK_TESTED).verdict()).isEqualTo(Verdict.UNPROVEN);
  }

  @Test
  void shouldRefuseARehearsalOfAnotherCutover() {
    // given
    saga.toGo(SHOP);

    // when
    saga.ask(
        new Request.RecordRehearsal(
            SagaDriver.ID, "c", "ana", result("other", SHOP.rehearsal().subject(), true)));

    // then
    assertThat(saga.lastRefusal().orElseThrow().reason()).contains("is one of other");
    assertThat(saga.cutover.readiness().foresight().rehearsal()).isEmpty();
  }

  private void credit(String subject, boolean passed) {
    saga.ask(
        new Request.RecordRehearsal(
            SagaDriver.ID, "credit" + subject + passed, "ana", result("shop", subject, passed)));
  }

  private RehearsalResult result(String of, String subject, boolean passed) {
    return new RehearsalResult(
        new dev.cutover.contract.CutoverId("shop-rehearsal"),
        new dev.cutover.contract.CutoverId(of),
        subject,
        "0af1" + subject + passed,
        120,
        passed,
        "there and back",
        saga.now,
        SwitchFigures.NONE);
  }
}
