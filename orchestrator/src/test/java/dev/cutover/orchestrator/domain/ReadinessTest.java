package dev.cutover.orchestrator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.*;
import dev.cutover.contract.ReadinessStatus.Standing;
import dev.cutover.contract.ReadinessStatus.Verdict;
import dev.cutover.orchestrator.domain.ReadinessEvent.ApprovalsVoided;
import dev.cutover.orchestrator.domain.ReadinessEvent.LineSigned;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The checklist: what is proven, what is signed, and what stops a go. */
final class ReadinessTest {
  private static final CutoverId ID = SagaDriver.ID;
  private static final ReadinessPolicy STRICT = strict(Duration.ZERO);

  private final SagaDriver saga = new SagaDriver();

  private static ReadinessPolicy strict(Duration ttlLead) {
    return policy(ttlLead, List.of(), Optional.empty());
  }

  private static ReadinessPolicy policy(
      Duration ttlLead,
      List<ReadinessPolicy.PlanSignature> signed,
      Optional<HttpCall> changeTicket) {
    ReadinessPolicy usual = ReadinessPolicy.DEFAULT;
    return new ReadinessPolicy(
        true,
        usual.reviewEvery(),
        usual.maxAge(),
        ttlLead,
        usual.freezeFrom(),
        signed,
        usual.declared(),
        changeTicket,
        usual.backup(),
        usual.milestones());
  }

  private static Plan plan(ReadinessPolicy policy) {
    return SagaDriver.plan(policy, Window.ALWAYS);
  }

  @Test
  void shouldRefuseGoAndSayWhichLineWhenACriticalOneIsNeitherProvenNorSigned() {
    // given
    saga.toGo(plan(STRICT));

    // when
    saga.go();

    // then
    assertThat(saga.cutover.people().approvals()).isEmpty();
    assertThat(saga.lastRefusal().orElseThrow().reason())
        .contains("rollback-tested (no rehearsal of this plan has passed)")
        .doesNotContain("ttl-lowered", "data-validated");
    assertThat(saga.status().evidence()).containsExactly("rollback-tested");
    assertThat(saga.status().ready()).isFalse();
  }

  @Test
  void shouldGoWhenTheOpenLineIsSigned() {
    // given
    saga.toGo(plan(STRICT));

    // when
    saga.sign("cy", ReadinessLine.ROLLBACK_TESTED, Duration.ofHours(1)).go();

    // then
    assertThat(saga.line(ReadinessLine.ROLLBACK_TESTED).verdict()).isEqualTo(Verdict.SIGNED);
    assertThat(saga.line(ReadinessLine.ROLLBACK_TESTED).detail()).startsWith("cy signed: seen");
    assertThat(saga.cutover.ledger().sent(Action.PROVE_ROUND_TRIP)).isTrue();
  }

  @Test
  void shouldGoWhenThePlanSignsTheLine() {
    // given
    var signature =
        new ReadinessPolicy.PlanSignature(
            ReadinessLine.ROLLBACK_TESTED, "cy", "by hand", SagaDriver.START.plusSeconds(3600));

    // when
    saga.toGo(plan(policy(Duration.ZERO, List.of(signature), Optional.empty()))).go();

    // then
    assertThat(saga.cutover.ledger().sent(Action.PROVE_ROUND_TRIP)).isTrue();
  }

  @Test
  @Tag("A2")
  void shouldNameLoginsThatTheFenceDoesNotReachUntilSomebodySignsForThem() {
    // given
    saga.limits = Optional.of(new FenceLimits(List.of("shop", "main_user"), List.of()));
    saga.toGo(plan(STRICT)).sign("cy", ReadinessLine.ROLLBACK_TESTED, Duration.ofHours(1));

    // when
    saga.go();
    int approvals = saga.cutover.people().approvals().size();
    String refusal = saga.lastRefusal().orElseThrow().reason();
    saga.sign("cy", ReadinessLine.FENCE_COMPLETE, Duration.ofHours(1)).go();

    // then
    assertThat(approvals).isZero();
    assertThat(refusal).contains("fence-complete", "on the source shop, main_user", "nobody");
    assertThat(saga.line(ReadinessLine.FENCE_COMPLETE).verdict()).isEqualTo(Verdict.SIGNED);
    assertThat(saga.cutover.ledger().sent(Action.PROVE_ROUND_TRIP)).isTrue();
  }

  @Test
  void shouldRefuseASignatureOfACriticalLineByOneWhoIsNoApprover() {
    // given
    saga.toGo(plan(STRICT));

    // when
    saga.sign("mallory", ReadinessLine.ROLLBACK_TESTED, Duration.ofHours(1));

    // then
    assertThat(saga.lastRefusal().orElseThrow().reason()).contains("mallory");
    assertThat(saga.events(LineSigned.class)).isEmpty();
    saga.sign("mallory", ReadinessLine.WAR_ROOM, Duration.ofHours(1));
    assertThat(saga.events(LineSigned.class)).hasSize(1);
  }

  @Test
  void shouldRefuseASignatureThatIsOverOrConcernsNothing() {
    // given
    saga.toGo(plan(STRICT));

    // when, then
    saga.sign("cy", ReadinessLine.ROLLBACK_TESTED, Duration.ZERO);
    assertThat(saga.lastRefusal().orElseThrow().reason()).contains("it ends at");
    saga.sign("cy", ReadinessLine.CHANGE_TICKET, Duration.ofHours(1));
    assertThat(saga.lastRefusal().orElseThrow().reason()).contains("readiness.changeTicket");
    saga.ask(new Request.Unsign(ID, "u", "ana", ReadinessLine.WAR_ROOM, "no"));
    assertThat(saga.lastRefusal().orElseThrow().reason()).contains("nobody gave one");
    assertThat(saga.events(LineSigned.class)).isEmpty();
  }

  @Test
  void shouldVoidApprovalsWhenASignatureIsTakenBackOrEnds() {
    // given a window that is not open yet
    Window later =
        Window.within(
            "UTC",
            Optional.of(SagaDriver.START.plus(Duration.ofHours(5))),
            Optional.of(SagaDriver.START.plus(Duration.ofHours(9))));
    saga.toGo(SagaDriver.plan(STRICT, later));
    saga.sign("cy", ReadinessLine.ROLLBACK_TESTED, Duration.ofHours(1)).go();
    assertThat(saga.cutover.people().approvals()).hasSize(2);

    // when
    saga.ask(new Request.Unsign(ID, "u", "bo", ReadinessLine.ROLLBACK_TESTED, "not so"));

    // then
    assertThat(saga.cutover.people().approvals()).isEmpty();
    assertThat(saga.events(ApprovalsVoided.class).getLast().reason()).contains("rollback-tested");

    // and when
    saga.sign("cy", ReadinessLine.ROLLBACK_TESTED, Duration.ofHours(1)).go();
    assertThat(saga.cutover.people().approvals()).hasSize(2);
    saga.live(Duration.ofHours(1));

    // then
    assertThat(saga.cutover.people().approvals()).isEmpty();
    assertThat(saga.line(ReadinessLine.ROLLBACK_TESTED).verdict()).isEqualTo(Verdict.UNPROVEN);
  }

  @Test
  void shouldProveTheTtlOnlyAfterItsLead() {
    // given
    saga.toGo(plan(strict(Duration.ofHours(24))));

    // when, then
    assertThat(saga.line(ReadinessLine.TTL_LOWERED).verdict()).isEqualTo(Verdict.UNPROVEN);
    assertThat(saga.line(ReadinessLine.TTL_LOWERED).detail()).contains("24h before the switch");
    saga.now = saga.now.plus(Duration.ofHours(24));
    assertThat(saga.line(ReadinessLine.TTL_LOWERED).verdict()).isEqualTo(Verdict.PROVEN);
  }

  @Test
  void shouldNameThePromiseThatAShorterLeadLoses() {
    // when
    saga.toGo(plan(STRICT));

    // then
    assertThat(saga.line(ReadinessLine.TTL_LOWERED).detail())
        .contains("a lead of 0s instead of 24h");
  }

  @Test
  void shouldBecomeUnreadyAndVoidApprovalsWhenWhatWasProvenFailsLater() {
    // given
    Window later =
        Window.within(
            "UTC", Optional.of(SagaDriver.START.plus(Duration.ofHours(5))), Optional.empty());
    saga.toGo(SagaDriver.plan(STRICT, later));
    saga.sign("cy", ReadinessLine.ROLLBACK_TESTED, Duration.ofHours(9)).go();

    // when
    saga.tick(Duration.ofMinutes(6));
    assertThat(saga.cutover.ledger().sent(Action.RECHECK_TARGET)).isTrue();
    saga.fail(Action.RECHECK_TARGET, FailureKind.MISMATCH);

    // then
    assertThat(saga.line(ReadinessLine.TARGET_HEALTHY).verdict()).isEqualTo(Verdict.FAILED);
    assertThat(saga.cutover.people().approvals()).isEmpty();
    assertThat(saga.cutover.state())
        .as("nothing is held or taken back")
        .isInstanceOf(SagaState.Waiting.class);

    // and when it works again
    saga.tick(Duration.ofMinutes(6)).settle();

    // then
    assertThat(saga.line(ReadinessLine.TARGET_HEALTHY).verdict()).isEqualTo(Verdict.PROVEN);
    assertThat(saga.status().ready()).isTrue();
  }

  @Test
  void shouldNotLetAnEarlierSignatureCoverALaterFailure() {
    // given
    saga.toGo(plan(STRICT));
    saga.sign("cy", ReadinessLine.TARGET_HEALTHY, Duration.ofHours(9));

    // when
    saga.tick(Duration.ofMinutes(6)).fail(Action.RECHECK_TARGET, FailureKind.MISMATCH);

    // then
    assertThat(saga.line(ReadinessLine.TARGET_HEALTHY).verdict()).isEqualTo(Verdict.FAILED);
    saga.now = saga.now.plusSeconds(1);
    saga.sign("cy", ReadinessLine.TARGET_HEALTHY, Duration.ofHours(9));
    assertThat(saga.line(ReadinessLine.TARGET_HEALTHY).verdict()).isEqualTo(Verdict.SIGNED);
  }

  @Test
  @Tag("F4")
  void shouldGoOnlyWhenNoRecheckStandsInTheWay() {
    // given
    saga.toGo(plan(STRICT));
    saga.sign("cy", ReadinessLine.ROLLBACK_TESTED, Duration.ofHours(9));
    saga.tick(Duration.ofMinutes(6));
    assertThat(saga.cutover.ledger().outstanding(step("recheck-target"))).isPresent();

    // when
    saga.go();

    // then
    assertThat(saga.cutover.ledger().sent(Action.FENCE_SOURCE)).isFalse();
    assertThat(SagaView.of(saga.cutover, "", saga.now).waitingFor()).contains("recheck-target");
    saga.settle();
    assertThat(saga.cutover.ledger().sent(Action.FENCE_SOURCE)).isTrue();
  }

  @Test
  void shouldAskForTheChangeTicketAtOnceAndAgain() {
    // given
    HttpCall call =
        new HttpCall(
            "GET",
            "https://tickets.example.com/1",
            Map.of(),
            Optional.empty(),
            List.of(),
            Map.of("/approval", "approved"),
            Map.of(),
            Map.of(),
            Optional.empty(),
            Optional.empty());
    saga.start(plan(policy(Duration.ZERO, List.of(), Optional.of(call)))).settle();

    // when
    saga.tick(Duration.ZERO);

    // then
    assertThat(saga.sent).anyMatch(OutboundCommand.CallHttp.class::isInstance);
    saga.fail(Action.RECHECK_TICKET, FailureKind.MISMATCH);
    assertThat(saga.line(ReadinessLine.CHANGE_TICKET).verdict()).isEqualTo(Verdict.FAILED);
    saga.live(Duration.ofMinutes(6));
    assertThat(saga.line(ReadinessLine.CHANGE_TICKET).verdict()).isEqualTo(Verdict.PROVEN);
  }

  @Test
  void shouldProveEverythingAgainWhenItIsOlderThanThePlanAllows() {
    // given
    Window tomorrow =
        Window.within(
            "UTC", Optional.of(SagaDriver.START.plus(Duration.ofHours(30))), Optional.empty());
    saga.toGo(SagaDriver.plan(STRICT, tomorrow));
    Instant first = saga.cutover.ledger().step(Action.COMPARE_DATA).orElseThrow().sentAt();

    // when
    saga.live(Duration.ofHours(20));

    // then
    assertThat(saga.cutover.readiness().proofs())
        .hasEntrySatisfying(
            Action.RECHECK_DATA,
            proof -> assertThat(proof.at()).isAfter(first.plus(Duration.ofHours(17))));
    assertThat(saga.line(ReadinessLine.DATA_VALIDATED).verdict()).isEqualTo(Verdict.PROVEN);
    assertThat(saga.sent.stream().filter(c -> c.header().step().step().equals("recheck-data")))
        .hasSize(1);
    assertThat(saga.sent.stream().filter(c -> c.header().step().step().equals("recheck-counts")))
        .hasSizeBetween(200, 245);
  }

  @Test
  @Tag("F6")
  void shouldRefuseGoWhenTheWayBackIsBroken() {
    // given
    saga.toGo(plan(ReadinessPolicy.DEFAULT.requiringCritical(false)));

    // when
    saga.tell(new ReplicationMeasured(ID, Direction.REVERSE, 0, 0, 0, false, "slot is gone"));
    saga.go();

    // then
    assertThat(saga.lastRefusal().orElseThrow().reason())
        .contains("the way back: reverse stream (slot is gone)");
    assertThat(saga.status().wayBack().works()).isFalse();
    saga.tell(new ReplicationMeasured(ID, Direction.REVERSE, 7, 0, 0, true, ""));
    assertThat(saga.status().wayBack().works()).isTrue();
    assertThat(saga.status().wayBack().facts())
        .filteredOn(fact -> fact.name().equals("reverse stream"))
        .allMatch(fact -> fact.standing() == Standing.GOOD);
  }

  @Test
  @Tag("F8")
  void shouldHoldATriggerWhenTheSourceIsAWorsePlace() {
    // given
    saga.toObservation(plan(ReadinessPolicy.DEFAULT.requiringCritical(false)));
    long epoch = saga.cutover.ledger().step(Action.WATCH_HEALTH).orElseThrow().epoch();
    var bad = new HealthReported.SideHealth(900, 90, 0, 10, 0.4);
    var better = new HealthReported.SideHealth(900, 90, 0.1, 10, 0.1);

    // when
    saga.tell(
        new HealthReported(
            ID, epoch, HealthReported.HealthVerdict.BREACHED, "errors", bad, better));
    saga.tell(trigger(epoch));

    // then
    assertThat(saga.cutover.state()).isInstanceOf(SagaState.Held.class);
    assertThat(saga.cutover.ledger().sent(Action.REVERT_TRAFFIC)).isFalse();
  }

  @Test
  void shouldRollBackWhenOnlyRefusedWritesMakeTheFencedSourceLookWorse() {
    // given
    saga.toObservation(plan(ReadinessPolicy.DEFAULT.requiringCritical(false)));
    long epoch = saga.cutover.ledger().step(Action.WATCH_HEALTH).orElseThrow().epoch();
    var refusing = new HealthReported.SideHealth(900, 90, 0.6, 10, 0);
    var broken = new HealthReported.SideHealth(900, 90, 0.3, 10, 0.5);

    // when
    saga.tell(
        new HealthReported(
            ID, epoch, HealthReported.HealthVerdict.BREACHED, "errors", refusing, broken));
    saga.tell(trigger(epoch));

    // then
    assertThat(saga.cutover.state()).isInstanceOf(SagaState.RollingBack.class);
  }

  private RollbackTrigger trigger(long epoch) {
    var reason = new RollbackTrigger.BreachReason("error-rate", "", 9, 9, 1, 0.05, 0, 20, 15, -1);
    return new RollbackTrigger(
        ID, "d", epoch, saga.now, saga.now, saga.now.plusSeconds(60), "errors", List.of(reason));
  }

  private StepRef step(String name) {
    return saga.cutover.ledger().step(name).orElseThrow().command().header().step();
  }
}
