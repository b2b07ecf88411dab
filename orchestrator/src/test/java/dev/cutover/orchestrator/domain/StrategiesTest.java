package dev.cutover.orchestrator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.*;
import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.HealthReported.SideHealth;
import dev.cutover.orchestrator.domain.RollbackPolicy.Overrun;
import dev.cutover.orchestrator.domain.RollbackPolicy.Way;
import dev.cutover.orchestrator.domain.SagaState.*;
import dev.cutover.orchestrator.simulation.ChangedPlan;
import dev.cutover.orchestrator.simulation.Plans;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Strategies and ways back; each answer comes at once unless a test keeps it back. */
final class StrategiesTest {
  private static final CutoverId ID = new CutoverId("shop");
  private static final Duration DAYS = Duration.ofDays(3);

  private Cutover cutover = Cutover.named(ID);
  private Instant now = Instant.parse("2026-12-01T02:00:00Z");
  private final List<Command> sent = new ArrayList<>();
  private final Deque<Command> open = new ArrayDeque<>();
  private int requests;

  @Test
  void shouldCompareEverythingAndProveTheTargetBeforeABigBangTakesWrites() {
    // when
    begin(new Strategy.BigBang(), policy(Way.REVERSE_SYNC));
    go();

    // then
    assertThat(names())
        .containsSubsequence(
            "fence-source",
            "validate-full",
            "shift-traffic",
            "verify-shift",
            "check-target-before-open",
            "open-target",
            "watch-health",
            "check-target-writes")
        .doesNotContain("validate-final");
    assertThat(sent(ValidatorCommand.CompareData.class)).hasSize(2);
  }

  @Test
  void shouldGoBackByTheBoundWhenABigBangIsStillBeingProven() {
    // given
    begin(new Strategy.BigBang(), policy(Way.REVERSE_SYNC));
    keepBack("check-target-before-open");
    go();

    // when
    tick(Plans.shop(ID).bounds().maxWriteOutage());

    // then
    assertThat(names()).endsWith("revert-traffic", "open-source", "verify-revert", "check-source");
    assertThat(names()).doesNotContain("open-target", "drain-reverse");
    assertThat(cutover.state()).isInstanceOf(Prepared.class);
  }

  @Test
  void shouldWantSignaturesThatLastUntilTheWayBackIsGivenUp() {
    // given
    Plan plan =
        Plans.with(
            Plans.shop(ID),
            Plans.canary(Strategy.Abort.SOURCE),
            new RollbackPolicy(Way.REVERSE_SYNC, Overrun.REOPEN_TARGET, DAYS, List.of()));
    Instant closes = now.plus(Duration.ofDays(1));
    // when, then: three soaks of ten seconds
    Duration after = Duration.ofSeconds(30).plus(plan.bounds().observation());
    assertThat(SwitchProofs.overAt(plan, now)).isEqualTo(now.plus(after).plus(DAYS));
    assertThat(SwitchProofs.overAt(until(plan, closes), now))
        .isEqualTo(closes.plus(after).plus(DAYS));
    // and the order says so
    begin(Plans.canary(Strategy.Abort.SOURCE), policy(Way.REVERSE_SYNC));
    DnsCommand.CaptureRecords order = sent(DnsCommand.CaptureRecords.class).getFirst();
    assertThat(order.signedUntil()).contains(order.header().deadline().plus(after));
  }

  private static Plan until(Plan plan, Instant closes) {
    return ChangedPlan.of(
        plan,
        changed -> changed.window = Window.within("UTC", Optional.empty(), Optional.of(closes)));
  }

  @Test
  void shouldShiftShareByShareOnlyAfterTimeAndRequests() {
    // given
    begin(Plans.canary(Strategy.Abort.SOURCE), policy(Way.REVERSE_SYNC));
    go();
    assertThat(names()).containsSubsequence("shift-traffic-10", "watch-health", "verify-split-10");

    // when time alone
    health(HealthVerdict.HEALTHY, 100);
    tick(Duration.ofSeconds(10));

    // then
    assertThat(names()).doesNotContain("shift-traffic-50");

    // and when requests too
    health(HealthVerdict.HEALTHY, 102);
    assertThat(names()).endsWith("shift-traffic-50", "verify-split-50");
    assertThat(sent(DnsCommand.VerifySplit.class))
        .extracting(DnsCommand.VerifySplit::weightPercent)
        .containsExactly(10, 50);
    assertThat(sent(DnsCommand.ShiftTraffic.class))
        .extracting(DnsCommand.ShiftTraffic::weightPercent)
        .containsExactly(10, 50);
    assertThat(SagaView.of(cutover, "", now).strategy().targetPercent()).isEqualTo(50);
    assertThat(cutover.world().serving()).contains(Side.SOURCE);
    tick(Duration.ofSeconds(10));
    health(HealthVerdict.HEALTHY, 102);
    health(HealthVerdict.HEALTHY, 112);
    assertThat(names()).containsSubsequence("shift-traffic-100", "verify-shift");
    assertThat(cutover.world().serving()).contains(Side.TARGET);
  }

  @Test
  void shouldHoldWhenAnAuthorityDoesNotShareOutAsTold() {
    // given
    begin(Plans.canary(Strategy.Abort.SOURCE), policy(Way.REVERSE_SYNC));
    keepBack("verify-split-10");
    go();

    // when
    for (int attempt = 0; attempt < 5; attempt++) {
      tick(Plans.shop(ID).bounds().proof());
      health(HealthVerdict.HEALTHY, 100 + attempt);
    }

    // then
    assertThat(names()).doesNotContain("shift-traffic-50");
    assertThat(cutover.state())
        .isInstanceOfSatisfying(
            Held.class, held -> assertThat(held.reason()).contains("verify-split-10"));
  }

  @Test
  void shouldHoldWhenTooFewRequestsComeWithinTwiceTheSoak() {
    // given
    begin(Plans.canary(Strategy.Abort.SOURCE), policy(Way.REVERSE_SYNC));
    go();
    health(HealthVerdict.HEALTHY, 100);
    tick(Duration.ofSeconds(10));
    health(HealthVerdict.HEALTHY, 101);

    // when
    tick(Duration.ofSeconds(10));

    // then
    assertThat(cutover.state())
        .isInstanceOfSatisfying(
            Held.class, held -> assertThat(held.reason()).contains("Expected 2 requests"));
  }

  @Test
  void shouldGoBackToTheLastGoodWeightOnceAndThenToTheSource() {
    // given
    begin(Plans.canary(Strategy.Abort.LAST_GOOD_WEIGHT), policy(Way.REVERSE_SYNC));
    go();
    soak(0, 10);
    long epochBefore = watchEpoch();

    // when
    trigger();

    // then
    assertThat(names())
        .endsWith("shift-traffic-50", "verify-split-50", "shift-traffic-10", "watch-health");
    assertThat(watchEpoch()).isGreaterThan(epochBefore);
    assertThat(cutover.state())
        .isInstanceOfSatisfying(
            Held.class,
            held -> {
              assertThat(held.reason()).contains("Traffic went back to 10 %");
              assertThat(held.resumes()).isInstanceOf(Observing.class);
            });
    assertThat(cutover.world().share().percent()).isEqualTo(10);

    // and when it breaches again
    trigger();

    // then
    assertThat(sent(DnsCommand.RevertTraffic.class)).hasSize(1);
    assertThat(cutover.state()).isInstanceOf(Prepared.class);
  }

  @Test
  void shouldGoOnFromTheLastGoodWeightWhenAPersonResumes() {
    // given
    begin(Plans.canary(Strategy.Abort.LAST_GOOD_WEIGHT), policy(Way.REVERSE_SYNC));
    go();
    soak(0, 10);
    trigger();

    // when
    ask(new Request.Resume(ID, next(), "ana", "mended"));
    soak(20, 40);

    // then
    assertThat(names())
        .endsWith("shift-traffic-10", "watch-health", "shift-traffic-50", "verify-split-50");
  }

  @Test
  void shouldGoBackToTheSourceWhenTheFirstWeightBreaches() {
    // given
    begin(Plans.canary(Strategy.Abort.LAST_GOOD_WEIGHT), policy(Way.REVERSE_SYNC));
    go();

    // when
    trigger();

    // then
    assertThat(cutover.state()).isInstanceOf(Prepared.class);
    assertThat(cutover.world().share().percent()).isZero();
  }

  @Test
  void shouldKeepTheWayBackUntilTheRollbackWindowEnds() {
    // given
    begin(
        new Strategy.BlueGreen(),
        new RollbackPolicy(Way.REVERSE_SYNC, Overrun.REOPEN_TARGET, DAYS, List.of()));
    go();
    observed();

    // then
    assertThat(cutover.state()).isInstanceOf(Waiting.class);
    assertThat(names()).doesNotContain("stop-watching", "drop-replication", "restore-ttl");
    assertThat(cutover.pastPointOfNoReturn()).isFalse();

    // and when
    tick(DAYS);

    // then
    assertThat(names())
        .containsSubsequence("stop-watching", "restore-ttl")
        .containsSubsequence("drop-replication", "restore-ttl");
    assertThat(cutover.pastPointOfNoReturn()).isTrue();
    assertThat(cutover.state()).isEqualTo(new Finished(Outcome.COMPLETED));
  }

  @Test
  void shouldRollBackByItselfInsideTheRollbackWindow() {
    // given
    begin(
        new Strategy.BlueGreen(),
        new RollbackPolicy(Way.REVERSE_SYNC, Overrun.REOPEN_TARGET, DAYS, List.of()));
    go();
    observed();
    tick(Duration.ofHours(30));

    // when
    trigger();

    // then
    assertThat(cutover.state()).isInstanceOf(Prepared.class);
    assertThat(names()).containsSubsequence("fence-target", "drain-reverse", "open-source");
  }

  @Test
  void shouldApplyTheDeltaOnlyWhenTwoPeopleApprovedIt() {
    // given
    begin(new Strategy.BlueGreen(), policy(Way.MANUAL_REVIEW));
    go();
    assertThat(sent(SyncCommand.StartReverseSync.class).getFirst().held()).isTrue();

    // when
    ask(new Request.RollBack(ID, next(), "ana", "no good"));

    // then
    assertThat(names()).containsSubsequence("fence-target", "export-delta");
    assertThat(names()).doesNotContain("drain-reverse", "open-source");
    assertThat(SagaView.of(cutover, "", now).waitingFor()).contains("'delta'", "'loss'");

    // and when
    approve("delta", "ana");
    approve("delta", "ana");
    approve("delta", "mallory");
    assertThat(names()).doesNotContain("apply-delta");
    approve("delta", "bo");

    // then
    assertThat(sent(SyncCommand.ApplyDelta.class).getFirst().sha256()).isEqualTo("sha");
    assertThat(names()).containsSubsequence("apply-delta", "align-source-sequences", "open-source");
    assertThat(cutover.state()).isInstanceOf(Prepared.class);
    assertThat(cutover.reconciliation().loss()).isEmpty();
  }

  @Test
  void shouldGiveUpTheDeltaWhenTwoPeopleSaySo() {
    // given
    begin(new Strategy.BlueGreen(), policy(Way.MANUAL_REVIEW));
    go();
    ask(new Request.RollBack(ID, next(), "ana", "no good"));

    // when
    approve("loss", "ana");
    approve("delta", "bo");
    approve("loss", "cy");

    // then
    assertThat(names())
        .doesNotContain("apply-delta")
        .containsSubsequence("count-loss", "open-source");
    assertThat(SagaView.of(cutover, "", now).strategy().loss()).isPresent();
    ask(new Request.Resume(ID, next(), "ana", "again"));
    assertThat(cutover.state()).as("another go needs another copy").isInstanceOf(Prepared.class);
  }

  @Test
  void shouldOpenTheTargetAgainWhenNobodyLooksAtTheDelta() {
    // given
    begin(new Strategy.BlueGreen(), policy(Way.MANUAL_REVIEW));
    go();
    ask(new Request.RollBack(ID, next(), "ana", "no good"));

    // when
    tick(Plans.shop(ID).bounds().maxRollbackOutage());

    // then
    assertThat(names()).endsWith("open-target", "shift-traffic", "verify-shift");
    assertThat(cutover.state()).isInstanceOf(Held.class);
    assertThat(cutover.world().serving()).contains(Side.TARGET);
    approve("delta", "ana");
    assertThat(cutover.reconciliation().review()).isEmpty();
  }

  @Test
  void shouldThawTheSourceWhenTheDrainMissesItsBoundAndThePlanSaysSo() {
    // given
    begin(
        new Strategy.BlueGreen(),
        new RollbackPolicy(Way.REVERSE_SYNC, Overrun.THAW_SOURCE, Duration.ZERO, List.of()));
    go();
    keepBack("drain-reverse");
    ask(new Request.RollBack(ID, next(), "ana", "no good"));

    // when
    tick(Plans.shop(ID).bounds().maxRollbackOutage());

    // then
    assertThat(names())
        .containsSubsequence(
            "drain-reverse", "export-delta", "count-loss", "align-source-sequences", "open-source");
    assertThat(cutover.world().serving()).contains(Side.SOURCE);
    assertThat(SagaView.of(cutover, "", now).strategy().loss().orElseThrow()).contains("given up");
  }

  @Test
  void shouldNotGoBeforeSomebodySignedThatWritesMayBeLost() {
    // given
    begin(new Strategy.BlueGreen(), policy(Way.ACCEPT_LOSS));
    approve("go", "ana");
    approve("accept-loss", "mallory");
    assertThat(cutover.people().approvals()).isEmpty();

    // when
    approve("accept-loss", "cy");
    go();
    ask(new Request.RollBack(ID, next(), "ana", "no good"));

    // then
    assertThat(names())
        .containsSubsequence("fence-target", "align-source-sequences", "open-source", "count-loss")
        .doesNotContain("drain-reverse");
    assertThat(SagaView.of(cutover, "", now).strategy().loss().orElseThrow()).contains("cy");
  }

  @Test
  void shouldNeverGoBackOnceATargetWithoutAWayBackWasToldToOpen() {
    // given
    begin(new Strategy.BlueGreen(), policy(Way.FIX_FORWARD));
    approve("fix-forward", "ana");
    approve("fix-forward", "bo");
    go();
    assertThat(names()).doesNotContain("start-reverse-sync", "prove-round-trip");

    // when
    trigger();

    // then
    assertThat(cutover.state()).isInstanceOf(Held.class);
    ask(new Request.RollBack(ID, next(), "ana", "please"));
    assertThat(names()).doesNotContain("revert-traffic", "fence-target");
    assertThat(cutover.world().serving()).contains(Side.TARGET);
  }

  @Test
  void shouldStillGoBackBeforeATargetWithoutAWayBackWasToldToOpen() {
    // given
    begin(new Strategy.BlueGreen(), policy(Way.FIX_FORWARD));
    approve("fix-forward", "ana");
    approve("fix-forward", "bo");
    keepBack("shift-traffic");
    go();

    // when
    ask(new Request.Abort(ID, next(), "ana", "stop"));

    // then
    assertThat(names()).containsSubsequence("revert-traffic", "open-source");
    assertThat(cutover.state()).isInstanceOf(Prepared.class);
  }

  @Test
  void shouldMakeTheTargetServeWhenThereIsNoWayBackAndNobodyCanWrite() {
    // given
    begin(new Strategy.BlueGreen(), policy(Way.FIX_FORWARD));
    approve("fix-forward", "ana");
    approve("fix-forward", "bo");
    keepBack("open-target");
    go();

    // when
    tick(Plans.shop(ID).bounds().maxWriteOutage());

    // then
    assertThat(names()).endsWith("open-target", "fence-target", "open-target");
    assertThat(SagaView.of(cutover, "", now).outcome()).contains("HELD");
  }

  private final List<String> kept = new ArrayList<>();

  /** Nobody answers that step. */
  private void keepBack(String step) {
    kept.add(step);
  }

  private static RollbackPolicy policy(Way way) {
    return new RollbackPolicy(
        way, Overrun.REOPEN_TARGET, Duration.ZERO, List.of("ana", "bo", "cy"));
  }

  private void begin(Strategy strategy, RollbackPolicy policy) {
    Plan plan = Plans.with(Plans.shop(ID), strategy, policy);
    decide(new SagaInput.StartAsked(new Request.StartCutover(ID, next(), "ana", ""), plan));
    tick(Duration.ofSeconds(63));
  }

  private void go() {
    approve("go", "ana");
    approve("go", "bo");
    if (cutover.state() instanceof Waiting) {
      tick(Duration.ofSeconds(8)); // the TTL
    }
  }

  private void soak(long from, long to) {
    health(HealthVerdict.HEALTHY, from);
    tick(Duration.ofSeconds(10));
    health(HealthVerdict.HEALTHY, to);
  }

  private void observed() {
    tick(Plans.shop(ID).bounds().observation());
    health(HealthVerdict.HEALTHY, 1000);
  }

  private void approve(String gate, String actor) {
    String seen = SagaView.of(cutover, "", now).evidenceHash();
    ask(new Request.Approve(ID, next(), actor, gate, "", seen));
  }

  private String next() {
    return "r" + requests++;
  }

  private void health(HealthVerdict verdict, long targetRequests) {
    now = now.plusSeconds(2); // past the heartbeat
    SideHealth target = new SideHealth(targetRequests, 1, 0, 1, 0);
    decide(
        new SagaInput.Told(
            new HealthReported(ID, watchEpoch(), verdict, "", SideHealth.UNKNOWN, target),
            now,
            false));
    if (Saga.nextDue(cutover).filter(due -> !due.isAfter(now)).isPresent()) {
      decide(new SagaInput.TimePassed(true));
    }
  }

  private void trigger() {
    var reason = new RollbackTrigger.BreachReason("error-rate", "", 9, 9, 1, 0.05, 0, 20, 15, -1);
    decide(
        new SagaInput.Told(
            new RollbackTrigger(
                ID, "d", watchEpoch(), now, now, now.plusSeconds(60), "Errors.", List.of(reason)),
            now,
            false));
  }

  private long watchEpoch() {
    return cutover.ledger().step(Action.WATCH_HEALTH).orElseThrow().epoch();
  }

  private void ask(Request request) {
    decide(new SagaInput.Asked(request));
  }

  private void tick(Duration duration) {
    now = now.plus(duration);
    decide(new SagaInput.TimePassed(true));
  }

  private void decide(SagaInput input) {
    take(input);
    while (!open.isEmpty()) {
      Command command = open.remove();
      if (!kept.contains(command.header().step().step())) {
        take(new SagaInput.Answered(Plans.success(command, now)));
      }
    }
  }

  private void take(SagaInput input) {
    Decision decision = Saga.decide(cutover, input, now);
    cutover = decision.after();
    sent.addAll(decision.commands());
    open.addAll(decision.commands());
  }

  private List<String> names() {
    return sent.stream().map(command -> command.header().step().step()).toList();
  }

  private <C extends Command> List<C> sent(Class<C> type) {
    return sent.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
