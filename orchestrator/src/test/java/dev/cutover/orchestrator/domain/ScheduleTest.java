package dev.cutover.orchestrator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.HealthReported;
import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.HealthReported.SideHealth;
import dev.cutover.contract.ReadinessLine;
import dev.cutover.contract.ReadinessStatus.Milestone;
import dev.cutover.contract.ReadinessStatus.Moment;
import dev.cutover.contract.ReadinessStatus.Verdict;
import dev.cutover.orchestrator.domain.ReadinessEvent.DecommissionDue;
import dev.cutover.orchestrator.domain.ReadinessEvent.MilestoneReached;
import dev.cutover.orchestrator.domain.ReadinessEvent.PointOfNoReturnPassed;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Windows, schedules and milestones. */
final class ScheduleTest {
  private static final Instant OPENS = SagaDriver.START.plus(Duration.ofHours(5));
  private static final ReadinessPolicy LENIENT = ReadinessPolicy.DEFAULT.requiringCritical(false);

  private final SagaDriver saga = new SagaDriver();

  private static Window window(Duration length, Duration expected) {
    return new Window(
        "Europe/Amsterdam",
        Optional.of(OPENS),
        Optional.of(OPENS.plus(length)),
        Optional.of(expected),
        Optional.of(50.0));
  }

  @Test
  void shouldDeriveTheScheduleFromTheWindow() {
    // when
    Plan plan = SagaDriver.plan(LENIENT, window(Duration.ofHours(2), Duration.ofMinutes(40)));

    // then
    assertThat(Schedule.of(plan))
        .contains(
            new Moment("T-1w: stakeholders are told", OPENS.minus(Duration.ofDays(7))),
            new Moment("TTL lowered at the latest", OPENS.minus(Duration.ofHours(24))),
            new Moment("T-0: window opens", OPENS),
            new Moment("T+24h: milestone", OPENS.plus(Duration.ofHours(24))),
            new Moment("T+72h: milestone", OPENS.plus(Duration.ofHours(72))),
            new Moment("source may go, after a final backup", OPENS.plus(Duration.ofDays(14))))
        .isSortedAccordingTo(java.util.Comparator.comparing(Moment::at));
    assertThat(Schedule.of(SagaDriver.plan(LENIENT, Window.ALWAYS))).isEmpty();
  }

  @Test
  void shouldProveAQuietWindowOnlyWithHalfAsMuchAgain() {
    // given
    saga.start(SagaDriver.plan(LENIENT, window(Duration.ofMinutes(59), Duration.ofMinutes(40))));

    // when, then
    assertThat(saga.line(ReadinessLine.QUIET_WINDOW).verdict()).isEqualTo(Verdict.FAILED);
    SagaDriver other = new SagaDriver();
    other.start(SagaDriver.plan(LENIENT, window(Duration.ofMinutes(60), Duration.ofMinutes(40))));
    assertThat(other.line(ReadinessLine.QUIET_WINDOW).verdict()).isEqualTo(Verdict.PROVEN);
  }

  @Test
  void shouldWarnWhenThereIsMoreTrafficThanExpected() {
    // given the source has 100 requests a second, and 50 are expected
    saga.toGo(SagaDriver.plan(LENIENT, window(Duration.ofHours(2), Duration.ofMinutes(40))));

    // when, then
    assertThat(saga.status().warnings()).anyMatch(warning -> warning.startsWith("traffic: "));
  }

  @Test
  void shouldWarnWhenTheCriticalPathNoLongerFits() {
    // given steps that may take 30 s + 15 s + 4 x 5 s + 10 s + 7 s + 10 s
    saga.toGo(SagaDriver.plan(LENIENT, window(Duration.ofMinutes(10), Duration.ofMinutes(5))));
    assertThat(saga.status().warnings()).noneMatch(warning -> warning.startsWith("window: "));
    assertThat(saga.status().time().criticalPathSeconds()).contains(92L);

    // when
    saga.now = OPENS.plus(Duration.ofMinutes(9));

    // then
    assertThat(saga.status().warnings()).anyMatch(warning -> warning.contains("no longer fits"));
  }

  @Test
  void shouldWaitForPeopleUntilTheWindowCloses() {
    // given a window in five hours, and people who have ten minutes
    saga.toGo(SagaDriver.plan(LENIENT, window(Duration.ofHours(2), Duration.ofMinutes(40))));

    // when
    saga.live(Duration.ofHours(4));

    // then
    assertThat(saga.cutover.state()).isInstanceOf(SagaState.Waiting.class);
    saga.live(Duration.ofMinutes(75));
    assertThat(saga.cutover.state()).isInstanceOf(SagaState.Held.class);
  }

  @Test
  void shouldReachEachMilestoneOnceWhateverTheClockDoes() {
    // given
    complete();

    // when the clock jumps an hour back, and forward again
    saga.live(Duration.ofHours(25));
    saga.now = saga.now.minus(Duration.ofHours(1));
    saga.live(Duration.ofHours(2));
    saga.live(Duration.ofDays(3));

    // then
    assertThat(saga.events(MilestoneReached.class))
        .extracting(event -> event.milestone().name())
        .containsExactly("T+24h", "T+72h");
    assertThat(saga.events(MilestoneReached.class))
        .extracting(MilestoneReached::milestone)
        .allMatch(Milestone::stable);
    saga.live(Duration.ofDays(15));
    assertThat(saga.events(DecommissionDue.class)).hasSize(1);
    assertThat(Saga.nextDue(saga.cutover)).isEmpty();
  }

  @Test
  @Tag("F1")
  void shouldDeclareThePointOfNoReturnOnce() {
    // when
    complete();

    // then
    assertThat(saga.events(PointOfNoReturnPassed.class)).hasSize(1);
    assertThat(saga.status().time().pointOfNoReturnAt()).isPresent();
    assertThat(saga.status().freeze().from()).as("the freeze is over").isEmpty();
  }

  private void complete() {
    saga.toObservation(SagaDriver.plan(LENIENT, Window.ALWAYS));
    assertThat(saga.status().time().rollbackEnds()).isPresent();
    for (int second = 0; second < 40; second += 2) {
      if (saga.cutover.state() instanceof SagaState.Observing) {
        long epoch = saga.cutover.ledger().step(Action.WATCH_HEALTH).orElseThrow().epoch();
        saga.tell(
            new HealthReported(
                SagaDriver.ID,
                epoch,
                HealthVerdict.HEALTHY,
                "",
                SideHealth.UNKNOWN,
                SideHealth.UNKNOWN));
      }
      saga.tick(Duration.ofSeconds(2)).settle();
    }
    assertThat(saga.cutover.state()).isInstanceOf(SagaState.Finished.class);
  }
}
