package dev.cutover.orchestrator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.*;
import dev.cutover.contract.DnsCommand.VerifyView;
import dev.cutover.contract.DnsReply.RecordsCaptured;
import dev.cutover.orchestrator.domain.SagaState.*;
import dev.cutover.orchestrator.simulation.ChangedPlan;
import dev.cutover.orchestrator.simulation.Plans;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A private zone beside the public one, proven from inside. */
final class ViewsTest {
  private static final Plan SHOP = Plans.shop(PlayedSaga.ID);
  private static final SwitchSpec PUBLIC = SHOP.trafficSwitch().orElseThrow();
  private static final SwitchSpec PRIVATE =
      PUBLIC.withAuthorities(List.of(new ServerAddress("10.0.0.53", 53)));

  private static final List<RecordSet> INSIDE =
      PRIVATE.plain(Side.SOURCE).stream().map(set -> set.withTtlSeconds(90)).toList();

  private final PlayedSaga saga = new PlayedSaga();

  private static Plan plan() {
    SwitchView view = new SwitchView("private", "corporate", PRIVATE);
    return ChangedPlan.of(
        SHOP, changed -> changed.trafficSwitch = Optional.of(PUBLIC.withViews(List.of(view))));
  }

  /** The view's records had another TTL than the public's, and were kept by a tool. */
  private void capture(Plan plan) {
    saga.start("ana", plan);
    Command order = saga.cutover.ledger().step(Action.CAPTURE_RECORDS).orElseThrow().command();
    RecordsCaptured open = (RecordsCaptured) Plans.success(order, saga.now);
    KeeperMark mark =
        new KeeperMark("shop.test.", Keeper.OCTODNS, "_owner.a.shop.test.", "", "", false);
    saga.decide(
        new SagaInput.Answered(
            new RecordsCaptured(
                open.step(),
                open.records(),
                open.ttlSeconds(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(List.of(new ViewRecords("private", INSIDE))),
                Optional.of(
                    List.of(
                        new ViewLook(
                            "private",
                            List.of(mark),
                            Optional.empty(),
                            Optional.of("the zone is not signed")))),
                Optional.empty())));
  }

  @Test
  void shouldSayWhatEachViewWasLookedThroughForAndWhatItsToolHasToBeTold() {
    // given
    SwitchedName name = PRIVATE.names().getFirst();
    SwitchSpec kept =
        PRIVATE.withNames(
            List.of(
                new SwitchedName(
                    name.name(),
                    name.source(),
                    name.target(),
                    Optional.of(ManagedBy.paused(Keeper.OCTODNS, "pause")))));
    Plan plan =
        ChangedPlan.of(
            SHOP,
            changed ->
                changed.trafficSwitch =
                    Optional.of(
                        PUBLIC.withViews(List.of(new SwitchView("private", "corporate", kept)))));
    // when
    capture(plan);
    // then
    assertThat(saga.cutover.ledger().step(Action.CAPTURE_RECORDS).orElseThrow().detail())
        .contains("; view 'private': _owner.a.shop.test. TXT says that octodns keeps shop.test.")
        .endsWith("; no parent was asked, since the plan names none; the zone is not signed");
    assertThat(KeptRecords.lines(saga.cutover, Optional.of("COMPLETED")))
        .singleElement()
        .satisfies(
            line -> {
              assertThat(line.name()).isEqualTo("shop.test. in view 'private'");
              assertThat(line.marks()).hasSize(1);
              assertThat(line.source()).contains("ttl: 90");
            });
  }

  @Test
  void shouldHaveEveryViewWatchedWithWhatItIsByNow() {
    // given
    capture(plan());
    for (Action action : PlayedSaga.BEFORE_GO) {
      if (action != Action.CAPTURE_RECORDS) {
        saga.answer(action);
      }
    }
    saga.sent.clear();
    // when: a new instance asks what there is to do
    saga.tell(new PartitionsAssigned(PlayedSaga.ID, "dns", List.of(0)));
    // then
    assertThat(saga.sent(DnsCommand.WatchRecords.class).orElseThrow().views())
        .contains(List.of(new DnsCommand.WatchedView("private", PRIVATE.lowered(INSIDE), INSIDE)));
  }

  @Test
  void shouldHoldWithTheNameOfTheViewInWhichSomebodyElseWrote() {
    // given
    saga.start("ana", plan()).reachGo();
    RecordSet ordered = PRIVATE.plain(Side.SOURCE).getFirst();
    RecordSet found = new RecordSet(ordered.name(), ordered.type(), 5, List.of("10.9.9.9"));
    // when
    saga.tell(
        new RecordsObserved(
            PlayedSaga.ID,
            saga.cutover.ledger().step(Action.WATCH_RECORDS).orElseThrow().epoch(),
            saga.now,
            RecordsObserved.Verdict.DRIFTED,
            2,
            ServedSide.SOURCE,
            List.of(
                new RecordsObserved.RecordDrift(PRIVATE.authorities().getFirst(), ordered, found)
                    .ofView("private")),
            List.of(),
            true,
            ""));
    // then
    assertThat(saga.cutover.readiness().seen().records().orElseThrow().drifts())
        .singleElement()
        .asString()
        .contains(" A in view 'private' at 10.0.0.53:53: expected ", "but found 10.9.9.9 for 5 s");
  }

  private void reachTheProofOfViews() {
    saga.start("ana", plan()).reachGo();
    saga.approve("ana");
    saga.approve("bo");
    for (Action action :
        List.of(
            Action.ALIGN_TARGET_SEQUENCES,
            Action.PROVE_ROUND_TRIP,
            Action.COMPARE_CHANGED,
            Action.FENCE_SOURCE,
            Action.VALIDATE_FINAL,
            Action.SHIFT_TRAFFIC,
            Action.OPEN_TARGET,
            Action.VERIFY_SHIFT,
            Action.WATCH_HEALTH)) {
      saga.answer(action);
    }
  }

  @Test
  void shouldHoldWhenTheVantagePointSaysNothing() {
    // given
    reachTheProofOfViews();
    // when
    for (int attempt = 0; attempt < 10; attempt++) {
      saga.tick(plan().bounds().proof());
      saga.health(HealthReported.HealthVerdict.HEALTHY);
    }
    // then
    assertThat(saga.cutover.state())
        .isInstanceOfSatisfying(
            Held.class,
            held ->
                assertThat(held.reason())
                    .startsWith(
                        "verify-view-private: Expected the dns-service at vantage point 'corporate'"
                            + " to prove view 'private' within"));
    assertThat(saga.cutover.world().serving()).contains(Side.TARGET);
    assertThat(saga.events)
        .filteredOn(SagaEvent.AttemptFailed.class::isInstance)
        .map(event -> (SagaEvent.AttemptFailed) event)
        .extracting(failed -> failed.failure().kind())
        .containsOnly(FailureKind.INCONCLUSIVE);
  }

  @Test
  void shouldProveTheViewFromItsVantagePointThereAndBack() {
    // given
    reachTheProofOfViews();
    // then
    VerifyView there = saga.sent(VerifyView.class).orElseThrow();
    assertThat(there.spec()).isEqualTo(PRIVATE);
    assertThat(there.vantage()).isEqualTo("corporate");
    assertThat(there.side()).isEqualTo(Side.TARGET);

    // when
    saga.answer(Action.VERIFY_VIEW);
    saga.tick(Duration.ofSeconds(8));
    saga.answer(Action.CHECK_TARGET_WRITES);
    // then
    assertThat(saga.cutover.state()).isInstanceOf(Observing.class);

    // and when
    saga.sent.clear();
    saga.ask(new Request.RollBack(PlayedSaga.ID, "back", "ana", "it is slow"));
    for (Action action :
        List.of(
            Action.FENCE_TARGET,
            Action.REVERT_TRAFFIC,
            Action.DRAIN_REVERSE,
            Action.ALIGN_SOURCE_SEQUENCES,
            Action.OPEN_SOURCE)) {
      saga.answer(action);
    }
    // then
    VerifyView back = saga.sent(VerifyView.class).orElseThrow();
    assertThat(back.header().step().step()).isEqualTo("verify-reverted-view-private");
    assertThat(back.side()).isEqualTo(Side.SOURCE);

    // and nothing but a word is kept from the source by a vantage point that says nothing
    saga.answer(Action.VERIFY_REVERT);
    saga.answer(Action.STOP_WATCHING);
    for (int attempt = 0; attempt < 5; attempt++) {
      saga.tick(plan().bounds().proof().plusSeconds(5));
    }
    saga.answer(Action.CHECK_SOURCE);
    assertThat(saga.cutover.state()).isInstanceOf(Prepared.class);
    assertThat(saga.cutover.world().serving()).contains(Side.SOURCE);
  }

  @Test
  void shouldKeepTheWayBackOfEachViewInTheBundle() {
    // given
    SwitchSpec traffic = plan().trafficSwitch().orElseThrow();
    // when
    String page =
        BreakGlass.files(plan(), java.util.Map.of(), Optional.of("revert"), Optional.of("lift"))
            .get("case.md");
    // then
    assertThat(page)
        .contains(
            "nsupdate -y \"$TSIG\" dns-revert.nsupdate\n"
                + "nsupdate -y \"$TSIG\" dns-revert-private.nsupdate")
        .contains("For view 'private': `TSIG` is key 'key'");
    assertThat(BreakGlass.revertFile(traffic.everyView().getFirst()))
        .isEqualTo("dns-revert-private.nsupdate");
  }
}
