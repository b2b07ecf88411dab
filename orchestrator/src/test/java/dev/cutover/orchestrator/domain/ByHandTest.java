package dev.cutover.orchestrator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.*;
import dev.cutover.contract.DatabaseState.AppliedStream;
import dev.cutover.contract.DatabaseState.Fence;
import dev.cutover.contract.DatabaseState.Slot;
import dev.cutover.contract.DnsReply.SwitchMark;
import dev.cutover.contract.DnsReply.SwitchRead;
import dev.cutover.contract.SyncReply.DatabasesRead;
import dev.cutover.orchestrator.domain.SagaState.*;
import dev.cutover.orchestrator.simulation.Plans;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** People take over, and hand back. */
final class ByHandTest {
  private static final CutoverId ID = PlayedSaga.ID;
  private static final boolean OPEN = false;
  private static final boolean FENCED = true;

  private final PlayedSaga saga = new PlayedSaga();

  @Test
  void shouldHoldAndNeitherRetryNorGoBackWhenAServiceMeetsAPersonsMark() {
    // given
    reachFence();

    // when
    meetMark(Action.FENCE_SOURCE);
    saga.sent.clear();
    saga.tick(Duration.ofMinutes(10));

    // then
    assertThat(saga.cutover.state())
        .isInstanceOfSatisfying(
            Held.class,
            held -> assertThat(held.reason()).isEqualTo("fence-source: ana has taken over"));
    assertThat(saga.sent).noneMatch(ByHandTest::changes);
    assertThat(WayBack.refusal(saga.cutover))
        .hasValue("A person has taken over: fence-source: ana has taken over");
  }

  @Test
  void shouldHoldWhenADrillOfTheFenceMeetsAPersonsMark() {
    // given
    saga.start("ana", Plans.shop(ID)).reachGo();
    saga.ask(new Request.Drill(ID, "drill", "ana", 2_000));
    assertThat(saga.cutover.state()).isInstanceOf(SagaState.Waiting.class);

    // when
    meetMark(Action.DRILL_FENCE);

    // then
    assertThat(saga.cutover.state())
        .isInstanceOfSatisfying(
            Held.class,
            held -> assertThat(held.reason()).isEqualTo("drill-fence: ana has taken over"));
  }

  @Test
  void shouldNotGoOnWithAWayBackThatAPersonHasTakenOver() {
    // given
    saga.start("ana", Plans.shop(ID)).reachObservation();
    saga.ask(new Request.RollBack(ID, "back", "ana", "it is slow"));

    // when
    meetMark(Action.FENCE_TARGET);
    saga.ask(new Request.Resume(ID, "on", "ana", "?"));

    // then
    assertThat(saga.cutover.state()).isInstanceOf(Held.class);
    assertThat(saga.refusal()).contains("a person has taken over", "adopt");
  }

  @Test
  void shouldReadTheWorldAndChangeNothingWhenAskedToAdopt() {
    // given
    reachFence();
    meetMark(Action.FENCE_SOURCE);
    saga.sent.clear();

    // when
    adopt();
    found(FENCED, 40, FENCED, 4, false, ServedSide.SOURCE, true);

    // then
    assertThat(saga.sent)
        .hasSize(2)
        .hasExactlyElementsOfTypes(SyncCommand.ReadDatabases.class, DnsCommand.ReadSwitch.class);
  }

  @Test
  void shouldBePreparedWhenTheSourceServes() {
    // given
    reachFence();
    meetMark(Action.FENCE_SOURCE);

    // when
    adopt();
    found(OPEN, 901, FENCED, 4, false, ServedSide.SOURCE, false);

    // then
    assertThat(saga.cutover.state()).isInstanceOf(Prepared.class);
    assertThat(saga.cutover.world().serving()).contains(Side.SOURCE);
    assertThat(saga.cutover.nextEpoch()).isGreaterThan(902);
    assertThat(saga.cutover.nextEpoch() % 2).isZero();
  }

  @Test
  void shouldHoldOnTheTargetAndGoOnBehindTheOpeningWhenTheTargetServes() {
    // given
    reachFence();
    meetMark(Action.FENCE_SOURCE);

    // when
    adopt();
    found(FENCED, 30, OPEN, 901, true, ServedSide.TARGET, false);

    // then
    assertThat(saga.cutover.state()).isInstanceOf(Held.class);
    assertThat(saga.cutover.world().serving()).contains(Side.TARGET);
    saga.sent.clear();
    saga.ask(new Request.Resume(ID, "on", "ana", "it is healthy"));
    assertThat(saga.sent(DnsCommand.VerifyTraffic.class)).isPresent();
  }

  @Test
  void shouldTakeEverythingBackWhenTheTargetServesAndPeopleDoNotWantIt() {
    // given
    reachFence();
    meetMark(Action.FENCE_SOURCE);
    adopt();
    found(FENCED, 30, OPEN, 901, true, ServedSide.TARGET, false);
    saga.sent.clear();

    // when
    saga.ask(new Request.RollBack(ID, "back", "ana", "no"));
    saga.answer(Action.FENCE_TARGET);
    saga.answer(Action.REVERT_TRAFFIC);
    saga.answer(Action.DRAIN_REVERSE);
    saga.answer(Action.ALIGN_SOURCE_SEQUENCES);

    // then
    assertThat(saga.sent(SyncCommand.FenceTarget.class).orElseThrow().header().epoch())
        .isGreaterThan(902);
    assertThat(saga.sent(SyncCommand.OpenSource.class).orElseThrow().expectedEpoch()).isEqualTo(30);
  }

  @Test
  void shouldGoBackWhenNoSideServes() {
    // given
    reachFence();
    meetMark(Action.FENCE_SOURCE);
    saga.sent.clear();

    // when
    adopt();
    found(FENCED, 40, FENCED, 4, false, ServedSide.TARGET, false);

    // then: never opened, so nothing is drained
    assertThat(saga.sent(DnsCommand.RevertTraffic.class)).isPresent();
    assertThat(saga.sent(SyncCommand.FenceTarget.class)).isEmpty();
    saga.answer(Action.REVERT_TRAFFIC);
    assertThat(saga.sent(SyncCommand.OpenSource.class).orElseThrow().expectedEpoch()).isEqualTo(40);
  }

  @Test
  void shouldDrainFirstWhenNoSideServesAndTheTargetWasOpened() {
    // given
    reachFence();
    meetMark(Action.FENCE_SOURCE);
    saga.sent.clear();

    // when
    adopt();
    found(FENCED, 40, FENCED, 50, true, ServedSide.SOURCE, false);
    saga.answer(Action.FENCE_TARGET);

    // then
    assertThat(saga.sent(SyncCommand.DrainReverse.class)).isPresent();
    assertThat(saga.sent(SyncCommand.OpenSource.class)).isEmpty();
  }

  @Test
  void shouldShowBothReadingsWhenTheyFitNothing() {
    // given
    reachFence();
    meetMark(Action.FENCE_SOURCE);

    // when
    adopt();
    found(OPEN, 41, OPEN, 51, true, ServedSide.NEITHER, false);

    // then
    assertThat(saga.cutover.state())
        .isInstanceOfSatisfying(
            Held.class,
            held ->
                assertThat(held.reason())
                    .contains(
                        "source: open at epoch 41",
                        "target: open at epoch 51",
                        "neither is served",
                        "The journal says that no side serves"));
  }

  @Test
  void shouldSayWhatCouldNotBeRead() {
    // given
    reachFence();
    meetMark(Action.FENCE_SOURCE);

    // when
    adopt();
    saga.fail(Action.ADOPT_SWITCH);
    saga.answer(Action.ADOPT_DATABASES);

    // then
    assertThat(saga.cutover.state())
        .isInstanceOfSatisfying(
            Held.class,
            held ->
                assertThat(held.reason()).contains("not everything could be read", "it says no"));
  }

  @Test
  void shouldPrepareAnewWhenTheJournalBeganAnewAndTheSourceServes() {
    // given
    saga.start("ana", Plans.shop(ID));

    // when
    adopt();
    found(OPEN, 901, FENCED, 880, false, ServedSide.SOURCE, false);
    saga.sent.clear();
    saga.ask(new Request.Resume(ID, "on", "ana", "again"));

    // then
    assertThat(saga.sent(SyncCommand.PrepareReplication.class).orElseThrow().header().epoch())
        .isGreaterThan(902);
  }

  @Test
  void shouldOnlyGoBackWhenTheJournalBeganAnewAndTheTargetServes() {
    // given
    saga.start("ana", Plans.shop(ID));

    // when
    adopt();
    found(FENCED, 901, OPEN, 910, true, ServedSide.TARGET, false);
    saga.ask(new Request.Resume(ID, "on", "ana", "again"));

    // then
    assertThat(saga.refusal()).contains("this one began anew");
    saga.ask(new Request.RollBack(ID, "back", "ana", "no"));
    assertThat(saga.sent(SyncCommand.FenceTarget.class).orElseThrow().header().epoch())
        .isGreaterThan(911);
  }

  @Test
  void shouldHoldForAPersonWithTheNameOfTheViewThatIsElsewhere() {
    // given
    reachFence();
    meetMark(Action.FENCE_SOURCE);

    // when: by hand, everything was brought back but what people inside are given
    adopt();
    found(OPEN, 901, FENCED, 4, false, ServedSide.SOURCE, true);
    SwitchMark mark = new SwitchMark("shop.test.", 20, Optional.of(ID), false, "mark");
    saga.decide(
        new SagaInput.Answered(
            new SwitchRead(
                step(Action.ADOPT_SWITCH),
                List.of(),
                List.of(mark),
                ServedSide.SOURCE,
                true,
                "",
                Optional.of(
                    List.of(
                        new ViewRead(
                            "private", List.of(), List.of(mark), ServedSide.TARGET, true, ""))))));

    // then
    assertThat(saga.cutover.state())
        .isInstanceOfSatisfying(
            Held.class,
            held ->
                assertThat(held.reason())
                    .contains("source is served, marks [mark], target is served in view 'private'")
                    .contains("make one of them serve, and adopt again"));
  }

  private void reachFence() {
    saga.start("ana", Plans.shop(ID)).reachGo();
    saga.approve("ana");
    saga.approve("bo");
    saga.answer(Action.ALIGN_TARGET_SEQUENCES);
    saga.answer(Action.PROVE_ROUND_TRIP);
    saga.answer(Action.COMPARE_CHANGED);
  }

  private void adopt() {
    saga.ask(new Request.Adopt(ID, "adopt", "root", "mended by hand"));
  }

  private void meetMark(Action action) {
    Command command = saga.cutover.ledger().step(action).orElseThrow().command();
    saga.decide(
        new SagaInput.Answered(
            new StepFailed(
                command.header().step(),
                new Failure(FailureKind.MANUAL, "ana has taken over", true))));
  }

  /**
   * Answers both readings, or only the first.
   *
   * @param first whether only the databases are read yet
   */
  private void found(
      boolean sourceFenced,
      long sourceEpoch,
      boolean targetFenced,
      long targetEpoch,
      boolean opened,
      ServedSide served,
      boolean first) {
    saga.decide(
        new SagaInput.Answered(
            new DatabasesRead(
                step(Action.ADOPT_DATABASES),
                saga.now,
                state(sourceFenced, sourceEpoch, false),
                state(targetFenced, targetEpoch, opened))));
    if (first) {
      return;
    }
    SwitchMark mark = new SwitchMark("shop.test.", 20, Optional.of(ID), false, "mark");
    saga.decide(
        new SagaInput.Answered(
            new SwitchRead(step(Action.ADOPT_SWITCH), List.of(), List.of(mark), served, true, "")));
  }

  private StepRef step(Action action) {
    return saga.cutover.ledger().step(action).orElseThrow().command().header().step();
  }

  private static DatabaseState state(boolean fenced, long epoch, boolean opened) {
    Fence fence =
        new Fence(
            fenced,
            epoch,
            Optional.of("shop/break-glass/1"),
            Optional.of(ID),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            false,
            Optional.empty(),
            opened);
    return new DatabaseState(
        Optional.empty(),
        false,
        Optional.of(fence),
        List.of(),
        List.of(new AppliedStream("stream", "0/1", 1, false)),
        List.of(new Slot("slot", true, 0, 0, "reserved")),
        Optional.empty(),
        0,
        0);
  }

  private static boolean changes(Command command) {
    return command instanceof SyncCommand || command instanceof DnsCommand;
  }
}
