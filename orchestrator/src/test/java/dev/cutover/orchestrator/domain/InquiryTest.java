package dev.cutover.orchestrator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.ReadinessStatus.Moment;
import dev.cutover.contract.Request;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a rollback came of, and when the next go is. */
final class InquiryTest {
  private static final ZoneId ZONE = ZoneId.of("Europe/Amsterdam");

  /** Three o'clock in the last night of a week that ends with summer time. */
  private static final Instant OPENS =
      SagaDriver.START.atZone(ZONE).with(LocalTime.of(3, 0)).toInstant();

  private static final Plan PLAN =
      SagaDriver.plan(
          ReadinessPolicy.DEFAULT.requiringCritical(false),
          Window.within(
              ZONE.getId(), Optional.of(OPENS), Optional.of(OPENS.plus(Duration.ofHours(4)))));

  private final SagaDriver saga = new SagaDriver();

  @Test
  void shouldAskForTheCauseAfterARollbackUntilItIsNamed() {
    // given
    rollBack("back");
    assertThat(waitingFor()).contains("to name the cause of the rollback");

    // when
    Instant retryAt = saga.now.plus(Duration.ofDays(2));
    saga.ask(name("1", "the cache was cold", Optional.empty()));
    saga.ask(name("2", "the cache was cold; it is warmed now", Optional.of(retryAt)));

    // then what was said last counts
    assertThat(waitingFor())
        .isEqualTo(
            "a person to resume or abandon; ana named the cause: the cache was cold; it is warmed"
                + " now");
    assertThat(moments()).contains(new Moment("next go, as ana planned it", retryAt));
  }

  @Test
  void shouldOfferTheSameHoursOfTheNextWeekWhenNobodyPlannedThem() {
    // given
    assertThat(moments()).noneMatch(moment -> moment.name().startsWith("next go"));

    // when
    rollBack("back");

    // then
    assertThat(moments())
        .filteredOn(moment -> moment.name().startsWith("next go"))
        .singleElement()
        .satisfies(
            moment -> {
              assertThat(moment.at()).isAfter(saga.now);
              assertThat(moment.at().atZone(ZONE).toLocalTime()).isEqualTo(LocalTime.of(3, 0));
              assertThat(moment.at().atZone(ZONE).getDayOfWeek())
                  .isEqualTo(OPENS.atZone(ZONE).getDayOfWeek());
            });
  }

  @Test
  void shouldKeepTheHourWhenTheClocksAreChangedMeanwhile() {
    Instant before = Instant.parse("2026-10-24T01:00:00Z"); // 03:00 in Amsterdam, in summer
    Window window = Window.within(ZONE.getId(), Optional.of(before), Optional.empty());

    assertThat(window.next(before)).contains(Instant.parse("2026-10-31T02:00:00Z"));
    assertThat(window.next(before.minusSeconds(1))).contains(before);
    assertThat(Window.ALWAYS.next(before)).isEmpty();
  }

  @Test
  void shouldAskAgainAfterEachRollback() {
    // given
    rollBack("back");
    saga.ask(name("1", "the cache was cold", Optional.empty()));

    // when
    saga.ask(new Request.Resume(SagaDriver.ID, "again", "ana", ""));
    saga.settle();
    rollBack("back again");

    // then
    assertThat(waitingFor()).contains("to name the cause of the rollback");
  }

  @Test
  void shouldRefuseACauseOfNothingAndATimeThatIsOver() {
    // given nothing went back
    saga.start(PLAN);
    saga.ask(name("1", "a guess", Optional.empty()));
    assertThat(saga.lastRefusal().orElseThrow().reason()).contains("that was rolled back");

    // when
    saga.settle();
    rollBack("back");
    saga.ask(name("2", "the cache was cold", Optional.of(saga.now)));

    // then
    assertThat(saga.lastRefusal().orElseThrow().reason()).contains("Expected retryAt after");
    assertThat(saga.cutover.correspondence().cause()).isEmpty();
  }

  private void rollBack(String id) {
    if (saga.cutover.plan().isEmpty()) {
      saga.start(PLAN);
    }
    saga.settle().tick(Duration.ofSeconds(63)).settle();
    saga.go().settle().tick(Duration.ofSeconds(8)).settle();
    assertThat(saga.cutover.state()).isInstanceOf(SagaState.Observing.class);
    saga.ask(new Request.RollBack(SagaDriver.ID, id, "ana", "it is slow"));
    saga.settle();
    saga.live(Duration.ofMinutes(2));
    assertThat(saga.cutover.state()).isEqualTo(new SagaState.Prepared("ana: it is slow", true));
  }

  private static Request name(String id, String cause, Optional<Instant> retryAt) {
    return new Request.NameCause(SagaDriver.ID, id, "ana", cause, retryAt);
  }

  private String waitingFor() {
    return SagaView.of(saga.cutover, "", saga.now).waitingFor();
  }

  private List<Moment> moments() {
    return saga.cutover.plan().isEmpty() ? List.of() : saga.status().time().schedule();
  }
}
