package dev.cutover.orchestrator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.Command;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.HealthReported;
import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.HealthReported.SideHealth;
import dev.cutover.contract.Notice;
import dev.cutover.contract.NoticeBoard;
import dev.cutover.contract.NoticeKind;
import dev.cutover.contract.OutboundCommand.DeliverNotice;
import dev.cutover.contract.OutboundReply.NoticeAccepted;
import dev.cutover.contract.PartitionsAssigned;
import dev.cutover.contract.Request;
import dev.cutover.contract.StepFailed;
import dev.cutover.orchestrator.domain.NoticeEvent.*;
import dev.cutover.orchestrator.simulation.Plans;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who is told what, when, and how often it is tried. */
final class NoticesTest {
  private static final CutoverId ID = new CutoverId("shop");
  private static final Instant OPENS = Instant.parse("2026-12-01T01:00:00Z");
  private static final Failure DOWN = new Failure(FailureKind.UNREACHABLE, "down", true);

  private Cutover cutover = Cutover.named(ID);
  private Instant now = OPENS.minus(Duration.ofDays(10));
  private final List<SagaEvent> journal = new ArrayList<>();
  private final List<DeliverNotice> orders = new ArrayList<>();

  @Test
  void shouldTellTheTimelineOnceEachHoweverOftenTheClockIsRead() {
    // given
    startAndRest();

    // when
    for (Duration before :
        List.of(
            Duration.ofDays(7),
            Duration.ofDays(7),
            Duration.ofDays(1),
            Duration.ofHours(1),
            Duration.ofHours(2))) { // the clock goes back an hour
      now = OPENS.minus(before);
      tick();
      List.copyOf(orders).forEach(this::accept);
    }

    // then
    assertThat(kinds())
        .containsExactly(NoticeKind.WEEK_BEFORE, NoticeKind.DAY_BEFORE, NoticeKind.HOUR_BEFORE);
  }

  @Test
  void shouldWakeWhenTheNextIsDueAndNotBefore() {
    startAndRest();

    assertThat(Timetable.next(cutover)).contains(OPENS.minus(Duration.ofDays(7)));
    now = OPENS.minus(Duration.ofDays(7)).minusMillis(1);
    tick();
    assertThat(orders).isEmpty();
  }

  @Test
  void shouldSkipWithAReasonWhatIsLongPastWhenThePlanStarts() {
    // given a plan that starts two days before
    now = OPENS.minus(Duration.ofDays(2));

    // when
    startAndRest();
    tick();

    // then
    assertThat(orders).isEmpty();
    assertThat(cutover.correspondence().skipped())
        .singleElement()
        .satisfies(
            skipped -> {
              assertThat(skipped.kind()).isEqualTo(NoticeKind.WEEK_BEFORE);
              assertThat(skipped.reason()).contains("2026-11-24T01:00:00Z");
            });
    assertThat(Timetable.next(cutover)).contains(OPENS.minus(Duration.ofDays(1)));
  }

  @Test
  void shouldTellALittleLateWhenTheOrchestratorWasDown() {
    startAndRest();
    now = OPENS.minus(Duration.ofDays(1)).plus(Duration.ofHours(3));

    tick();

    assertThat(kinds()).containsExactly(NoticeKind.DAY_BEFORE);
    assertThat(cutover.correspondence().skipped()).hasSize(1);
  }

  @Test
  void shouldSayThatItIsDelayedWhenTheWindowIsOpenAndNothingHasBegun() {
    now = OPENS.plus(Duration.ofMinutes(14));
    startAndRest();
    tick();
    assertThat(kinds()).isEmpty();

    now = OPENS.plus(Duration.ofMinutes(15));
    tick();

    assertThat(kinds()).containsExactly(NoticeKind.DELAYED);
    assertThat(orders.getFirst().notice().text()).contains("It waits for ");
  }

  @Test
  void shouldTellNothingByTheClockOnceItIsCancelled() {
    start();
    ask(new Request.Abandon(ID, "n", "ana", "no"));
    answerAll();

    now = OPENS.minus(Duration.ofDays(7));
    tick();

    assertThat(kinds()).doesNotContain(NoticeKind.WEEK_BEFORE);
  }

  @Test
  void shouldTryAgainWithTheSameWordsAndIdWithinBounds() {
    // given
    startAndRest();
    now = OPENS.minus(Duration.ofDays(7));
    tick();
    Instant first = now;

    // when every attempt fails
    for (int i = 0; i < 20 && Deliveries.next(cutover).isPresent(); i++) {
      decide(new SagaInput.Answered(new StepFailed(orders.getLast().header().step(), DOWN)));
      Deliveries.next(cutover).ifPresent(at -> now = at);
      tick();
    }

    // then
    assertThat(orders).hasSize(Deliveries.TRIES_MAX);
    assertThat(orders.stream().map(DeliverNotice::notice).distinct()).hasSize(1);
    assertThat(orders.stream().map(order -> order.header().step().attempt()))
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(orders.stream().map(order -> order.header().epoch()).distinct()).hasSize(1);
    assertThat(Duration.between(first, now)).isLessThan(Duration.ofHours(1));
    assertThat(board().failed()).isEqualTo(1);
    assertThat(board().notices().getLast().detail()).isEqualTo("down");
    assertThat(cutover.state().label()).isEqualTo("held");
  }

  @Test
  void shouldNotTryAgainWhatCanNotSucceed() {
    assertThat(Deliveries.retryDelay(1, new Failure(FailureKind.REFUSED, "no", false))).isEmpty();
    assertThat(Deliveries.retryDelay(Deliveries.TRIES_MAX, DOWN)).isEmpty();
    assertThat(Deliveries.retryDelay(1, DOWN)).contains(Duration.ofSeconds(15));
    assertThat(Deliveries.retryDelay(2, DOWN)).contains(Duration.ofSeconds(30));
    assertThat(Deliveries.retryDelay(7, DOWN)).contains(Duration.ofMinutes(10));
  }

  @Test
  void shouldCallSilenceAFailureAndTakeALateAnswerStill() {
    // given
    startAndRest();
    now = OPENS.minus(Duration.ofDays(7));
    tick();
    DeliverNotice order = orders.getFirst();

    // when nobody answers
    now = Deliveries.next(cutover).orElseThrow();
    tick();

    // then
    assertThat(journal).filteredOn(NoticeFailed.class::isInstance).hasSize(1);

    // and when the answer comes after all
    accept(order);

    // then
    assertThat(Deliveries.next(cutover)).isEmpty();
    assertThat(board().notices())
        .allMatch(notice -> notice.progress() == NoticeBoard.Progress.DELIVERED);
  }

  @Test
  void shouldDeliverAgainWithTheSameIdWhenADeliveryWasCutShort() {
    // given an order that no instance has answered
    startAndRest();
    now = OPENS.minus(Duration.ofDays(7));
    tick();
    DeliverNotice first = orders.getFirst();

    // when a new instance has taken its partition over
    decide(new SagaInput.Told(new PartitionsAssigned(ID, "outbound", List.of(0)), now, false));

    // then
    assertThat(orders).containsExactly(first, first);
    accept(first);
    accept(first);
    assertThat(journal).filteredOn(NoticeDelivered.class::isInstance).hasSize(1);
    decide(new SagaInput.Told(new PartitionsAssigned(ID, "outbound", List.of(0)), now, false));
    assertThat(orders).hasSize(2);
  }

  @Test
  void shouldTellThatItIsHeldAndThatItGoesOn() {
    start();

    ask(new Request.Hold(ID, "h", "ana", "the network team is late"));
    ask(new Request.Resume(ID, "r", "bo", "they are here"));

    assertThat(kinds()).containsExactly(NoticeKind.HELD, NoticeKind.HELD, NoticeKind.RESUMED);
    assertThat(orders.getFirst().notice().text()).contains("the network team is late");
    assertThat(orders.getLast().notice().text()).contains("bo let the cutover go on");
    assertThat(orders.get(0).notice().id()).isNotEqualTo(orders.get(1).notice().id());
  }

  @Test
  void shouldCorrectWhatWasAnnouncedWhenItIsCalledOff() {
    start();
    now = OPENS.minus(Duration.ofDays(1));
    tick();

    ask(new Request.Abort(ID, "b", "ana", "not ready"));

    assertThat(cutover.state()).isInstanceOf(SagaState.Prepared.class);
    assertThat(kinds()).endsWith(NoticeKind.CORRECTION);
    assertThat(orders.getLast().notice().text()).contains("not ready");
  }

  @Test
  void shouldCorrectNothingWhenNobodyWasTold() {
    start();

    ask(new Request.Abort(ID, "b", "ana", "not ready"));

    assertThat(kinds()).isEmpty();
  }

  @Test
  void shouldNeitherPageNorTellThePublicInARehearsal() {
    decide(
        new SagaInput.StartAsked(
            new Request.StartCutover(ID, "s", "ana", ""),
            Plans.told(Plans.shop(ID), Window.ALWAYS, true)));

    ask(new Request.Hold(ID, "h", "ana", "wait"));

    assertThat(orders)
        .singleElement()
        .satisfies(
            order -> {
              assertThat(order.channel().name()).isEqualTo("mail");
              assertThat(order.notice().subject()).startsWith("[REHEARSAL] ");
            });
  }

  @Test
  void shouldSayWindowZoneAndWarRoomInWords() {
    startAndRest();
    now = OPENS.minus(Duration.ofDays(7));
    tick();

    Notice notice = orders.getFirst().notice();
    assertThat(notice.subject())
        .isEqualTo("Migration scheduled for Tuesday 1 December 2026: the shop moves");
    assertThat(notice.text())
        .contains("Tuesday 1 December 2026, 02:00 to 04:00 Europe/Amsterdam")
        .contains("Bridge: https://meet.example.com/1")
        .contains("Channel: #migration")
        .contains("On call: ana (primary), bo (secondary), cy (escalation)")
        .contains("Expected impact: no orders for two minutes")
        .doesNotContain("${");
  }

  @Test
  void shouldPreviewEveryNoticeWithoutAnUnknownVariable() {
    assertThat(NoticeWriter.preview(plan()))
        .hasSize(NoticeKind.values().length)
        .allSatisfy(preview -> assertThat(preview.text()).doesNotContain("${"));
  }

  @Test
  void shouldNameWhoIsMissingAtTheRollCall() {
    // given
    start();
    ask(new Request.AnswerRollCall(ID, "1", "ana"));
    assertThat(refusals()).hasSize(1); // a week too early
    now = OPENS.minus(Duration.ofHours(1));

    // when
    ask(new Request.AnswerRollCall(ID, "2", "ana"));
    ask(new Request.AnswerRollCall(ID, "3", "mallory"));

    // then
    assertThat(board().rollCall())
        .isEqualTo(new NoticeBoard.RollCall(true, List.of("ana"), List.of("bo")));
    assertThat(refusals()).hasSize(2);
  }

  @Test
  void shouldRefuseAWordOnStabilityBeforeThereIsAnythingToSay() {
    start();

    ask(new Request.ReportStability(ID, "1", "ana", true, ""));

    assertThat(refusals()).singleElement().asString().contains("whose target was proven");
    assertThat(board().reportDueAt()).isEmpty();
  }

  @Test
  void shouldTellThatItIsDoneAndTakeAWordADayLater() {
    // given
    reachObservation();
    assertThat(kinds()).containsExactly(NoticeKind.STARTED, NoticeKind.COMPLETED);
    Instant proven = now;

    // when it is said too early, then without a summary, then rightly, then again
    ask(new Request.ReportStability(ID, "1", "ana", true, ""));
    now = proven.plus(Duration.ofHours(24));
    assertThat(board().reportDueAt().orElseThrow()).isBeforeOrEqualTo(now);
    ask(new Request.ReportStability(ID, "2", "ana", false, " "));
    ask(new Request.ReportStability(ID, "3", "ana", false, "the cache was cold; it is warm"));
    ask(new Request.ReportStability(ID, "4", "bo", true, ""));

    // then
    assertThat(refusals()).hasSize(3);
    assertThat(kinds()).endsWith(NoticeKind.DAY_AFTER);
    assertThat(orders.getLast().notice().text())
        .contains("Issues were identified and resolved: the cache was cold; it is warm")
        .contains("target takes writes");
    assertThat(board().reportDueAt()).isEmpty();
  }

  @Test
  void shouldRefuseToCallItStableWhenTheMonitorSaysOtherwise() {
    // given
    reachObservation();
    now = now.plus(Duration.ofHours(24));
    long watch = cutover.ledger().step(Action.WATCH_HEALTH).orElseThrow().epoch();
    decide(
        new SagaInput.Told(
            new HealthReported(
                ID, watch, HealthVerdict.BLIND, "", SideHealth.UNKNOWN, SideHealth.UNKNOWN),
            now,
            false));

    // when
    ask(new Request.ReportStability(ID, "1", "ana", true, ""));

    // then
    assertThat(refusals()).singleElement().asString().contains("blind");
    assertThat(kinds()).doesNotContain(NoticeKind.DAY_AFTER);
  }

  @Test
  void shouldCorrectItWhereItWasCalledDone() {
    // given
    reachObservation();

    // when
    ask(new Request.RollBack(ID, "k", "ana", "orders are slow"));
    for (int i = 0; i < 20 && !(cutover.state() instanceof SagaState.Prepared); i++) {
      answerAll();
    }

    // then
    assertThat(kinds())
        .containsExactly(
            NoticeKind.STARTED,
            NoticeKind.COMPLETED,
            NoticeKind.ROLLING_BACK,
            NoticeKind.ROLLING_BACK,
            NoticeKind.CORRECTION,
            NoticeKind.ROLLED_BACK);
    assertThat(orders.get(4).channel().name()).isEqualTo("mail");
    assertThat(orders.get(4).notice().text()).contains("orders are slow");
    assertThat(board().reportDueAt()).isEmpty();
  }

  /** Without a window: only what happens is told. */
  private void reachObservation() {
    decide(new SagaInput.StartAsked(new Request.StartCutover(ID, "s", "ana", ""), Plans.told(ID)));
    for (int i = 0; i < 200 && !(cutover.state() instanceof SagaState.Observing); i++) {
      answerAll();
      now = now.plusSeconds(1);
      tick();
      if (cutover.state() instanceof SagaState.Waiting) {
        ask(
            new Request.Approve(
                ID, "a" + i, "ana", "go", "", SagaView.of(cutover, "", now).evidenceHash()));
        ask(
            new Request.Approve(
                ID, "b" + i, "bo", "go", "", SagaView.of(cutover, "", now).evidenceHash()));
      }
    }
    assertThat(cutover.state()).isInstanceOf(SagaState.Observing.class);
    journal.clear();
  }

  /** Every step that is under way succeeds. */
  private void answerAll() {
    for (Command command : Saga.pending(cutover)) {
      if (!(command instanceof DeliverNotice)) {
        decide(new SagaInput.Answered(Plans.success(command, now)));
      }
    }
    List.copyOf(orders).forEach(this::accept);
  }

  private static Plan plan() {
    return Plans.told(
        Plans.shop(ID),
        Window.within(
            "Europe/Amsterdam", Optional.of(OPENS), Optional.of(OPENS.plus(Duration.ofHours(2)))),
        false);
  }

  private void start() {
    decide(new SagaInput.StartAsked(new Request.StartCutover(ID, "s", "ana", ""), plan()));
  }

  /** Its steps rest, so that nothing but the clock is heard of; nobody was told anything. */
  private void startAndRest() {
    start();
    ask(new Request.Hold(ID, "hold", "ana", "rest"));
    List.copyOf(orders).forEach(this::accept);
    orders.clear();
    journal.clear();
  }

  private void tick() {
    decide(new SagaInput.TimePassed(true));
  }

  private void ask(Request request) {
    decide(new SagaInput.Asked(request));
  }

  private void accept(DeliverNotice order) {
    decide(
        new SagaInput.Answered(
            new NoticeAccepted(order.header().step(), order.notice().id(), "reference")));
  }

  private void decide(SagaInput input) {
    Decision decision = Saga.decide(cutover, input, now);
    cutover = decision.after();
    journal.addAll(decision.events());
    for (Command command : decision.commands()) {
      if (command instanceof DeliverNotice order) {
        orders.add(order);
      }
    }
  }

  private List<NoticeKind> kinds() {
    return orders.stream().map(order -> order.notice().kind()).toList();
  }

  private List<String> refusals() {
    return journal.stream()
        .filter(SagaEvent.RequestRefused.class::isInstance)
        .map(event -> ((SagaEvent.RequestRefused) event).reason())
        .toList();
  }

  private NoticeBoard board() {
    return SagaView.of(cutover, "head", now).notices();
  }
}
