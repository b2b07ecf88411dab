package dev.cutover.orchestrator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverStatus.Progress;
import dev.cutover.contract.Direction;
import dev.cutover.contract.DnsCommand;
import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.MonitorCommand;
import dev.cutover.contract.PeopleStatus;
import dev.cutover.contract.ReplicationMeasured;
import dev.cutover.contract.Request;
import dev.cutover.contract.RollbackChoice;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.contract.SyncCommand;
import dev.cutover.contract.ValidatorCommand;
import dev.cutover.orchestrator.domain.SagaState.Held;
import dev.cutover.orchestrator.domain.SagaState.Observing;
import dev.cutover.orchestrator.domain.SagaState.Prepared;
import dev.cutover.orchestrator.domain.SagaState.RollingBack;
import dev.cutover.orchestrator.domain.SagaState.Waiting;
import dev.cutover.orchestrator.simulation.ChangedPlan;
import dev.cutover.orchestrator.simulation.Plans;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people may say, and what it leads to. */
final class PeopleTest {
  private static final Plan SHOP = Plans.shop(PlayedSaga.ID);

  private final PlayedSaga saga = new PlayedSaga();

  private static Governance of(List<String> approvers, int needed) {
    return new Governance(approvers, needed);
  }

  // Approvals.

  @Test
  void shouldRefuseAnApprovalOfWhatIsNoLongerSo() {
    // given
    saga.start("ana", SHOP).reachGo();
    String seen = saga.shown();
    saga.tell(
        new ReplicationMeasured(
            PlayedSaga.ID, Direction.REVERSE, 0, 0, 0, false, "the slot is gone"));

    // when
    saga.approve("bo", seen);

    // then
    assertThat(saga.refusal()).contains("look again", "the way back is broken");

    // and when: seen, but there is no go without a way back
    saga.approve("bo", saga.shown());

    // then
    assertThat(saga.refusal()).contains("reverse stream (the slot is gone)");
    assertThat(saga.cutover.people().approvedBy("go")).isEmpty();
  }

  @Test
  void shouldAcceptAnApprovalThoughTimePassedAndOthersApproved() {
    // given
    saga.start("ana", SHOP).reachGo();
    String seen = saga.shown();
    saga.approve("ana", seen);
    saga.tick(Duration.ofSeconds(5));

    // when
    saga.approve("bo", seen);

    // then
    assertThat(saga.sent(SyncCommand.ProveRoundTrip.class)).isPresent();
  }

  @Test
  void shouldKeepWhatAnApproverSawInTheJournal() {
    // given
    saga.start("ana", SHOP).reachGo();

    // when
    String seen = saga.shown();
    saga.approve("bo");

    // then
    PeopleStatus people = saga.status().people();
    assertThat(people.approvals())
        .singleElement()
        .satisfies(
            approval -> {
              assertThat(approval.evidenceHash()).isEqualTo(seen);
              assertThat(approval.planHash()).isEqualTo(people.planHash()).hasSize(64);
              assertThat(approval.comment()).isEqualTo("seen");
              assertThat(approval.expiresAt()).isEqualTo(saga.now.plusSeconds(30));
            });
  }

  @Test
  void shouldNotCountAnApprovalThatIsTooOld() {
    // given approvals count for 30 s
    saga.start("ana", SHOP).reachGo();
    saga.approve("ana");
    saga.tick(Duration.ofSeconds(30));

    // when
    saga.approve("bo");

    // then
    assertThat(saga.said(PeopleEvent.ApprovalExpired.class)).isTrue();
    assertThat(saga.cutover.people().approvedBy("go")).containsExactly("bo");
    assertThat(saga.cutover.state()).isInstanceOf(Waiting.class);
    saga.approve("ana");
    assertThat(saga.sent(SyncCommand.ProveRoundTrip.class)).isPresent();
  }

  @Test
  void shouldNotCountAnExpiredApprovalThoughNoTimerRan() {
    // given
    saga.start("ana", SHOP).reachGo();
    saga.approve("ana");
    saga.now = saga.now.plusSeconds(31);

    // when
    saga.approve("bo");

    // then
    assertThat(saga.sent(SyncCommand.ProveRoundTrip.class)).isEmpty();
  }

  @Test
  void shouldNeedSomebodyWhoDidNotWriteThePlan() {
    // given ana started, and bo amended
    saga.start("ana", SHOP).reachGo();
    saga.amend("bo", Plans.asking(PlayedSaga.ID), "people.decision");
    answerValidation();

    // when
    saga.approve("ana");
    saga.approve("bo");

    // then
    assertThat(saga.cutover.state()).isInstanceOf(Waiting.class);
    assertThat(saga.status().waitingFor()).contains("one who did not write the plan is missing");
    saga.approve("cy");
    assertThat(saga.sent(SyncCommand.ProveRoundTrip.class)).isPresent();
  }

  @Test
  void shouldNeedAsManyAsThePlanWants() {
    // given
    Plan three = Plans.governed(SHOP, of(List.of("ana", "bo", "cy"), 3));
    saga.start("ana", three).reachGo();

    // when
    saga.approve("bo");
    saga.approve("cy");

    // then
    assertThat(saga.cutover.state()).isInstanceOf(Waiting.class);
    saga.approve("ana");
    assertThat(saga.sent(SyncCommand.ProveRoundTrip.class)).isPresent();
  }

  @Test
  void shouldHoldWithTheReasonWhenOneSaysNo() {
    // given
    saga.start("ana", SHOP).reachGo();
    saga.approve("ana");

    // when
    saga.ask(new Request.Reject(PlayedSaga.ID, saga.next(), "cy", "go", "sales tonight"));

    // then
    assertThat(saga.cutover.state()).isInstanceOf(Held.class);
    assertThat(saga.status().reason()).isEqualTo("cy said no: sales tonight");
    saga.ask(new Request.Resume(PlayedSaga.ID, saga.next(), "ana", "they moved"));
    assertThat(saga.cutover.state()).isInstanceOf(Waiting.class);
    assertThat(saga.cutover.people().approvals()).as("they have to look again").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mallory", "dora"})
  void shouldRefuseANoOfSomebodyWhoIsNoApprover(String actor) {
    // given
    saga.start("ana", SHOP).reachGo();

    // when
    saga.ask(new Request.Reject(PlayedSaga.ID, saga.next(), actor, "go", "no"));

    // then
    assertThat(saga.refusal()).contains("approvers");
    assertThat(saga.cutover.state()).isInstanceOf(Waiting.class);
  }

  // A changed plan.

  @Test
  void shouldVoidApprovalsAndProveAnewWhenThePlanIsChanged() {
    // given
    saga.start("ana", SHOP).reachGo();
    saga.approve("cy");
    String before = saga.status().people().planHash();
    saga.sent.clear();

    // when
    saga.amend("ana", Plans.asking(PlayedSaga.ID), "people.decision");

    // then
    assertThat(saga.cutover.people().approvals()).isEmpty();
    assertThat(saga.status().people().planHash()).isNotEqualTo(before);
    assertThat(saga.cutover.requiredPlan()).isEqualTo(Plans.asking(PlayedSaga.ID));
    assertThat(saga.sent)
        .hasExactlyElementsOfTypes(
            ValidatorCommand.CompareData.class, ValidatorCommand.RunChecks.class);
    assertThat(saga.events)
        .filteredOn(PeopleEvent.PlanAmended.class::isInstance)
        .singleElement()
        .extracting(e -> ((PeopleEvent.PlanAmended) e).keys())
        .isEqualTo(List.of("people.decision"));
  }

  @Test
  void shouldProveAnewAfterAHoldInWhichThePlanWasChanged() {
    // given
    saga.start("ana", SHOP).reachGo();
    saga.ask(new Request.Hold(PlayedSaga.ID, saga.next(), "ana", "wait"));
    saga.amend("ana", Plans.asking(PlayedSaga.ID), "people.decision");
    assertThat(saga.cutover.state()).isInstanceOf(Held.class);
    saga.sent.clear();

    // when
    saga.ask(new Request.Resume(PlayedSaga.ID, saga.next(), "ana", "go on"));

    // then
    assertThat(saga.sent(ValidatorCommand.CompareData.class)).isPresent();
  }

  @Test
  void shouldGoOnWhereItIsWhenThePlanIsChangedDuringTheCopy() {
    // given
    saga.start("ana", SHOP);
    int orders = saga.sent.size();

    // when
    saga.amend("ana", Plans.asking(PlayedSaga.ID), "people.decision");

    // then
    assertThat(saga.sent).hasSize(orders);
    saga.reachGo();
    assertThat(saga.cutover.state()).isInstanceOf(Waiting.class);
  }

  @Test
  void shouldRefuseToChangeWhatIsUnderWayWithEveryReason() {
    // given
    saga.start("ana", SHOP).reachGo();
    Plan other =
        ChangedPlan.of(
            SHOP,
            changed -> {
              changed.data = Optional.empty();
              changed.trafficSwitch = Optional.empty();
              changed.rehearsal = RehearsalTerms.MARKED;
            });

    // when
    saga.amend("ana", other, "data");

    // then
    assertThat(saga.refusal())
        .contains("'data' unchanged", "'traffic' unchanged", "'rehearsal' unchanged")
        .contains("databases are prepared");
    assertThat(saga.cutover.requiredPlan()).isEqualTo(SHOP);
  }

  @Test
  void shouldRefuseAChangeThatLeavesNobodyElseToApprove() {
    // given
    Plan two = Plans.governed(SHOP, of(List.of("ana", "bo"), 2));
    saga.start("ana", two).reachGo();

    // when
    saga.amend("bo", Plans.governed(SHOP, of(List.of("ana", "bo"), 2)), "bounds.observation");

    // then
    assertThat(saga.refusal()).contains("neither started the cutover nor changed its plan");
  }

  @Test
  void shouldRefuseAChangeThatChangesNothing() {
    // given
    saga.start("ana", SHOP).reachGo();

    // when
    saga.amend("ana", SHOP);

    // then
    assertThat(saga.refusal()).contains("says the same");
  }

  @Test
  void shouldRefuseAChangeOnceTheSwitchHasBegun() {
    // given
    saga.start("ana", SHOP).reachObservation();

    // when
    saga.amend("ana", Plans.asking(PlayedSaga.ID), "people.decision");

    // then
    assertThat(saga.refusal()).contains("before its switch");
  }

  // Steps that are left out.

  @Test
  void shouldLeaveAStepOutWhenTwoPeopleSaySo() {
    // given
    heldAtTheChecksOfTheTarget();

    // when
    saga.skip("ana", Action.CHECK_TARGET);
    saga.skip("ana", Action.CHECK_TARGET);
    assertThat(saga.refusal()).contains("second, different person");
    assertThat(saga.status().people().skips()).hasSize(1);
    saga.skip("bo", Action.CHECK_TARGET);

    // then
    assertThat(saga.status().steps())
        .filteredOn(step -> step.step().equals("check-target"))
        .singleElement()
        .satisfies(
            step -> {
              assertThat(step.progress()).isEqualTo(Progress.SKIPPED);
              assertThat(step.detail()).contains("ana", "bo", "can't be done");
            });
    assertThat(saga.status().people().evidence()).contains("left out: check-target");
    saga.ask(new Request.Resume(PlayedSaga.ID, saga.next(), "ana", "go on"));
    assertThat(saga.sent(DnsCommand.StageSwitch.class)).isPresent();
  }

  @Test
  void shouldIgnoreTheLateAnswerOfAStepThatWasLeftOut() {
    // given
    heldAtTheChecksOfTheTarget();
    saga.skip("ana", Action.CHECK_TARGET);
    saga.skip("bo", Action.CHECK_TARGET);
    int events = saga.events.size();

    // when
    saga.answer(Action.CHECK_TARGET);

    // then
    assertThat(saga.events).hasSize(events);
  }

  @ParameterizedTest
  @EnumSource(
      value = Action.class,
      names = {"CAPTURE_RECORDS", "PREPARE_REPLICATION", "LEARN_BASELINE"})
  void shouldNeverLeaveOutWhatAPromiseRestsOn(Action action) {
    // given
    saga.start("ana", SHOP);
    saga.fail(action);
    assertThat(saga.cutover.state()).isInstanceOf(Held.class);

    // when
    saga.skip("ana", action);

    // then
    assertThat(saga.refusal()).contains("can be left out", "without it");
  }

  @Test
  void shouldRefuseToLeaveOutAStepWhereItIsNotHeld() {
    // given
    saga.start("ana", SHOP).reachGo();

    // when
    saga.skip("ana", Action.FENCE_SOURCE);

    // then
    assertThat(saga.refusal()).contains("Expected to be held at step 'fence-source'");
  }

  // Who decides on a rollback.

  @Test
  void shouldAskBeforeItRollsBackWhenThePlanSaysSo() {
    // given
    saga.start("ana", Plans.asking(PlayedSaga.ID)).reachObservation();

    // when
    saga.tell(saga.trigger());

    // then
    assertThat(saga.cutover.state()).isInstanceOf(Observing.class);
    assertThat(saga.status().people().question())
        .hasValueSatisfying(
            question -> {
              assertThat(question.sentence()).isEqualTo("7 % failed.");
              assertThat(question.until()).isEqualTo(saga.now.plusSeconds(10));
            });
    assertThat(saga.status().waitingFor()).contains("[ana, dora]", "roll back", "7 % failed.");
  }

  @Test
  void shouldRollBackWhenADecisionMakerSaysSo() {
    // given
    saga.start("ana", Plans.asking(PlayedSaga.ID)).reachObservation();
    saga.tell(saga.trigger());

    // when
    saga.decide("mallory", RollbackChoice.ROLL_BACK);
    assertThat(saga.refusal()).contains("Expected one of [ana, dora]");
    saga.decide("dora", RollbackChoice.ROLL_BACK);

    // then
    assertThat(saga.cutover.state()).isInstanceOf(RollingBack.class);
    assertThat(saga.status().reason()).contains("7 % failed.", "dora decided: looked at it");
    saga.decide("ana", RollbackChoice.STAY);
    assertThat(saga.refusal()).contains("Expected an open question");
  }

  @Test
  void shouldJudgeAnewWhenADecisionMakerStays() {
    // given
    saga.start("ana", Plans.asking(PlayedSaga.ID)).reachObservation();
    RollbackTrigger first = saga.trigger();
    saga.tell(first);
    saga.sent.clear();

    // when
    saga.decide("ana", RollbackChoice.STAY);

    // then
    assertThat(saga.cutover.state())
        .isInstanceOfSatisfying(
            Observing.class,
            observing -> assertThat(observing.until()).isEqualTo(saga.now.plusSeconds(30)));
    assertThat(saga.sent(MonitorCommand.WatchHealth.class))
        .as("a watch decides once: there has to be another")
        .hasValueSatisfying(
            watch -> assertThat(watch.header().epoch()).isNotEqualTo(first.epoch()));
    saga.tell(first);
    assertThat(saga.cutover.people().question()).as("an old trigger asks nobody").isEmpty();
    saga.answer(Action.WATCH_HEALTH);
    saga.tell(saga.trigger());
    assertThat(saga.cutover.people().question()).as("another breach asks again").isPresent();
  }

  @Test
  void shouldRollBackAtTheDeadlineWhenNobodyDecides() {
    // given
    saga.start("ana", Plans.asking(PlayedSaga.ID)).reachObservation();
    saga.tell(saga.trigger());

    // when
    saga.tick(Duration.ofSeconds(9));
    assertThat(saga.cutover.state()).isInstanceOf(Observing.class);
    saga.tick(Duration.ofSeconds(1));

    // then
    assertThat(saga.cutover.state()).isInstanceOf(RollingBack.class);
    assertThat(saga.status().reason()).contains("Nobody decided in time.");
  }

  @Test
  void shouldStayAtTheDeadlineWhenThePlanSaysSo() {
    // given
    Governance stay =
        new Governance(
            List.of("ana", "bo"),
            2,
            Duration.ofHours(1),
            Optional.empty(),
            Optional.empty(),
            new RollbackDecision(true, List.of("ana"), Duration.ofSeconds(10), RollbackChoice.STAY),
            List.of());
    saga.start("ana", Plans.governed(SHOP, stay)).reachObservation();
    saga.tell(saga.trigger());

    // when
    saga.tick(Duration.ofSeconds(10));

    // then
    assertThat(saga.cutover.state()).isInstanceOf(Observing.class);
    assertThat(saga.said(PeopleEvent.RollbackDefaulted.class)).isTrue();
  }

  @Test
  void shouldDecideByDefaultThoughItIsHeld() {
    // given
    saga.start("ana", Plans.asking(PlayedSaga.ID)).reachObservation();
    saga.tell(saga.trigger());
    saga.ask(new Request.Hold(PlayedSaga.ID, saga.next(), "bo", "let me see"));

    // when
    saga.tick(Duration.ofSeconds(10));

    // then
    assertThat(saga.cutover.state()).isInstanceOf(RollingBack.class);
  }

  @Test
  void shouldNotAcceptTheTargetWhilePeopleAreAsked() {
    // given
    saga.start("ana", Plans.asking(PlayedSaga.ID)).reachObservation();
    saga.health(HealthVerdict.HEALTHY);
    saga.tick(Duration.ofSeconds(29));
    saga.tell(saga.trigger());

    // when
    saga.tick(Duration.ofSeconds(2));

    // then
    assertThat(saga.cutover.state()).isInstanceOf(Observing.class);
    assertThat(saga.sent(DnsCommand.RestoreTtl.class)).isEmpty();
  }

  // Disarming.

  @Test
  void shouldHoldInsteadOfRollingBackWhileItIsDisarmed() {
    // given
    saga.start("ana", SHOP).reachObservation();
    saga.disarm("bo", 5);

    // when
    saga.tell(saga.trigger());

    // then
    assertThat(saga.cutover.state()).isInstanceOf(Held.class);
    assertThat(saga.status().reason()).contains("7 % failed.", "bo disarmed it until");
    assertThat(saga.status().people().disarmed())
        .hasValueSatisfying(
            disarmed -> {
              assertThat(disarmed.by()).isEqualTo("bo");
              assertThat(disarmed.reason()).isEqualTo("a known fault");
              assertThat(disarmed.until()).isEqualTo(saga.now.plusSeconds(300));
              assertThat(disarmed.missed()).contains("7 % failed.");
            });
  }

  @Test
  void shouldLookAgainWhenTheTimeWithoutIsOver() {
    // given
    saga.start("ana", SHOP).reachObservation();
    saga.disarm("bo", 1);
    saga.tell(saga.trigger());
    saga.sent.clear();

    // when
    saga.tick(Duration.ofMinutes(1));

    // then
    assertThat(saga.status().people().disarmed()).isEmpty();
    assertThat(saga.sent(MonitorCommand.WatchHealth.class)).isPresent();
    saga.answer(Action.WATCH_HEALTH);
    saga.tell(saga.trigger());
    assertThat(saga.cutover.state()).isInstanceOf(RollingBack.class);
  }

  @Test
  void shouldRollBackAtOnceWhenItWasArmedAgain() {
    // given
    saga.start("ana", SHOP).reachObservation();
    saga.disarm("bo", 60);
    saga.ask(new Request.Arm(PlayedSaga.ID, saga.next(), "ana", "mended"));

    // when
    saga.tell(saga.trigger());

    // then
    assertThat(saga.cutover.state()).isInstanceOf(RollingBack.class);
  }

  @Test
  void shouldRollBackWhenAPersonAsksThoughItIsDisarmed() {
    // given
    saga.start("ana", SHOP).reachObservation();
    saga.disarm("bo", 60);

    // when
    saga.ask(new Request.RollBack(PlayedSaga.ID, saga.next(), "cy", "enough"));

    // then
    assertThat(saga.cutover.state()).isInstanceOf(RollingBack.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 61})
  void shouldRefuseToDisarmForSoLong(int minutes) {
    // given
    saga.start("ana", SHOP).reachObservation();

    // when
    saga.disarm("bo", minutes);

    // then
    assertThat(saga.refusal()).contains("Expected 1 to 60 minutes");
  }

  @Test
  void shouldRefuseToDisarmTwiceAndWhilePeopleAreAsked() {
    // given
    saga.start("ana", Plans.asking(PlayedSaga.ID)).reachObservation();
    saga.disarm("bo", 1);

    // when, then
    saga.disarm("bo", 60);
    assertThat(saga.refusal()).contains("bo disarmed it until");
    saga.tick(Duration.ofMinutes(1));
    saga.ask(new Request.Arm(PlayedSaga.ID, saga.next(), "bo", "again"));
    assertThat(saga.refusal()).contains("it is armed");
  }

  @Test
  void shouldRefuseToDisarmWhatPeopleAreAskedAbout() {
    // given
    saga.start("ana", Plans.asking(PlayedSaga.ID)).reachObservation();
    saga.tell(saga.trigger());

    // when
    saga.disarm("bo", 5);

    // then
    assertThat(saga.refusal()).contains("open question");
  }

  // Operators and claims.

  @Test
  void shouldNameWhoRunsItAfterATakeOver() {
    // given
    saga.start("ana", SHOP);
    assertThat(saga.status().people().operator()).isEqualTo("ana");

    // when
    saga.ask(new Request.TakeOver(PlayedSaga.ID, saga.next(), "cy", "ana sleeps"));

    // then
    assertThat(saga.status().people().operator()).isEqualTo("cy");
    saga.ask(new Request.TakeOver(PlayedSaga.ID, saga.next(), "cy", "ana sleeps"));
    assertThat(saga.refusal()).contains("cy is it already");
  }

  @Test
  void shouldClaimItsDatabasesAndNamesUntilItIsFinished() {
    // given
    saga.start("ana", SHOP);
    assertThat(saga.status().claims())
        .containsExactly(
            "database 127.0.0.1:5432/shop", "database 127.0.0.1:5433/shop", "name shop.test.");

    // when
    saga.ask(new Request.Abandon(PlayedSaga.ID, saga.next(), "ana", "no"));
    saga.answer(Action.DROP_REPLICATION);

    // then
    assertThat(saga.status().state()).isEqualTo("finished");
    assertThat(saga.status().claims()).isEmpty();
  }

  @Test
  void shouldKeepTheTargetFencedWhileResolversStillSendPeopleThere() {
    // given
    saga.start("ana", SHOP).reachObservation();
    saga.ask(new Request.RollBack(PlayedSaga.ID, saga.next(), "ana", "no"));
    for (Action action :
        List.of(
            Action.FENCE_TARGET,
            Action.REVERT_TRAFFIC,
            Action.DRAIN_REVERSE,
            Action.ALIGN_SOURCE_SEQUENCES,
            Action.OPEN_SOURCE,
            Action.VERIFY_REVERT,
            Action.STOP_WATCHING,
            Action.CHECK_SOURCE)) {
      saga.answer(action);
    }
    assertThat(saga.cutover.state()).isInstanceOf(Prepared.class);

    // when
    saga.ask(new Request.Abandon(PlayedSaga.ID, saga.next(), "ana", "no"));

    // then
    assertThat(saga.refusal())
        .contains("Expected to be asked after")
        .contains("refuses their writes");
    assertThat(saga.sent(SyncCommand.DropReplication.class)).isEmpty();

    // and when
    saga.tick(
        Duration.ofSeconds(SHOP.trafficSwitch().orElseThrow().loweredTtlSeconds())
            .plus(SHOP.bounds().ttlSlack()));
    saga.ask(new Request.Abandon(PlayedSaga.ID, saga.next(), "ana", "no"));

    // then
    assertThat(saga.sent(SyncCommand.DropReplication.class)).isPresent();
  }

  @Test
  void shouldLetNobodyCountTwiceAfterARollback() {
    // given
    saga.start("ana", SHOP).reachGo();
    String seen = saga.shown();
    saga.ask(new Request.Abort(PlayedSaga.ID, saga.next(), "ana", "no"));
    assertThat(saga.cutover.state()).isInstanceOf(Prepared.class);
    saga.ask(new Request.Resume(PlayedSaga.ID, saga.next(), "ana", "yes"));
    answerValidation();

    // when
    saga.approve("bo", seen);

    // then
    assertThat(saga.refusal()).contains("look again");
  }

  @Test
  void shouldFinishItsPreparationWhenAnotherGoIsAskedForTooEarly() {
    // given
    saga.start("ana", SHOP);
    saga.ask(new Request.Abort(PlayedSaga.ID, saga.next(), "ana", "not now"));
    assertThat(saga.cutover.state()).isInstanceOf(Prepared.class);
    saga.sent.clear();

    // when
    saga.ask(new Request.Resume(PlayedSaga.ID, saga.next(), "ana", "now"));

    // then
    assertThat(saga.sent(DnsCommand.CaptureRecords.class)).isPresent();
    assertThat(saga.sent(ValidatorCommand.CompareData.class)).isEmpty();
    saga.reachGo();
    assertThat(saga.cutover.state()).isInstanceOf(Waiting.class);
  }

  private void heldAtTheChecksOfTheTarget() {
    saga.start("ana", SHOP);
    for (Action action :
        PlayedSaga.BEFORE_GO.subList(0, PlayedSaga.BEFORE_GO.indexOf(Action.CHECK_TARGET))) {
      saga.answer(action);
    }
    saga.fail(Action.CHECK_TARGET);
    assertThat(saga.cutover.state()).isInstanceOf(Held.class);
  }

  private void answerValidation() {
    for (Action action :
        List.of(
            Action.COMPARE_DATA,
            Action.CHECK_TARGET,
            Action.STAGE_SWITCH,
            Action.START_REVERSE_SYNC,
            Action.RENDER_SQL,
            Action.WRITE_BUNDLE)) {
      saga.answer(action);
    }
    assertThat(saga.cutover.state()).isInstanceOf(Waiting.class);
  }
}
