package dev.cutover.monitor.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.Side;
import dev.cutover.contract.WatchSpec.Journey;
import dev.cutover.monitor.domain.ProbeResult.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProbeRuleTest {
  private static final Instant START = Instant.parse("2026-11-22T20:00:00Z");
  private static final Journey BROWSE = Specs.reading("browse", "/products");
  private static final Journey CHECKOUT = Specs.writing("checkout", "/orders");

  private final ProbeRule rule =
      new ProbeRule(List.of(BROWSE, CHECKOUT), 3, true, Duration.ofSeconds(15), START);

  @Test
  void shouldBeStaleWhenNothingHasEnded() {
    assertThat(state("browse", 0)).isEqualTo(SignalState.INSUFFICIENT_TRAFFIC);
    assertThat(state("browse", 16)).isEqualTo(SignalState.STALE);
  }

  @Test
  void shouldBeStaleWhenTheLastWalkIsTooLongAgo() {
    walk(0, "browse", Side.TARGET, "pinned", true);
    assertThat(state("browse", 15)).isEqualTo(SignalState.OK);
    assertThat(state("browse", 16)).isEqualTo(SignalState.STALE);
  }

  @Test
  void shouldOnlySuspectWhenItFailedTwice() {
    pass(0, Side.SOURCE);
    fail(1, "pinned", 2);
    assertThat(state("browse", 2)).isEqualTo(SignalState.SUSPECT);
  }

  @Test
  void shouldForgetFailuresWhenItPassesBetween() {
    pass(0, Side.SOURCE);
    fail(0, "pinned", 2);
    walk(2, "browse", Side.TARGET, "pinned", true);
    fail(3, "pinned", 2);
    assertThat(state("browse", 5)).isEqualTo(SignalState.SUSPECT);
  }

  @Test
  void shouldBreachWhenItFailsThreeTimesInARowWhileTheSourcePasses() {
    fail(1, "pinned", 3);
    pass(3, Side.SOURCE);
    Signal signal = signal("browse", 4);
    assertThat(signal.state()).isEqualTo(SignalState.BREACH);
    assertThat(signal.breach().orElseThrow().since()).isEqualTo(START.plusSeconds(1));
    assertThat(signal.breach().orElseThrow().reason().failures()).isEqualTo(3);
  }

  @Test
  void shouldOnlySuspectWhenTheSourcesWalkBeganBeforeTheTargetFailed() {
    pass(1, Side.SOURCE); // ended as the target failed, began before: both may have broken
    fail(1, "pinned", 3);
    assertThat(signal("browse", 4).detail()).contains("whether the source manages is not known");
    assertThat(state("browse", 4)).isEqualTo(SignalState.SUSPECT);
  }

  @Test
  void shouldNotBreachWhenTheSourceFailsToo() {
    fail(1, "pinned", 3);
    walk(4, "browse", Side.SOURCE, "pinned", false);
    assertThat(signal("browse", 4).detail()).contains("fails on the source too");
    assertThat(state("browse", 4)).isEqualTo(SignalState.SUSPECT);
  }

  @Test
  void shouldNotBreachWhenTheSourceIsNotKnown() {
    fail(1, "pinned", 3);
    assertThat(signal("browse", 4).detail()).contains("not known");
    assertThat(state("browse", 4)).isEqualTo(SignalState.SUSPECT);
  }

  @Test
  void shouldNeedTwoVantagePointsWhenTwoAreAlive() {
    pass(0, Side.SOURCE);
    walk(0, "browse", Side.TARGET, "public", true);
    fail(1, "pinned", 3);
    assertThat(state("browse", 4)).isEqualTo(SignalState.SUSPECT);
    fail(5, "public", 3);
    pass(7, Side.SOURCE);
    assertThat(state("browse", 8)).isEqualTo(SignalState.BREACH);
  }

  @Test
  void shouldBreachAtOneVantagePointWhenTheOtherIsDead() {
    walk(0, "browse", Side.TARGET, "public", true);
    fail(17, "pinned", 3);
    pass(19, Side.SOURCE);
    assertThat(state("browse", 20)).isEqualTo(SignalState.BREACH);
  }

  @Test
  void shouldJudgeAWritingJourneyByTheReadingOnesOfTheSource() {
    for (int i = 0; i < 3; i++) {
      walk(i, "checkout", Side.TARGET, "pinned", false);
    }
    assertThat(state("checkout", 3)).isEqualTo(SignalState.SUSPECT);
    pass(3, Side.SOURCE);
    assertThat(state("checkout", 4)).isEqualTo(SignalState.BREACH);
    walk(4, "browse", Side.SOURCE, "pinned", false);
    assertThat(state("checkout", 4)).isEqualTo(SignalState.SUSPECT);
  }

  @Test
  void shouldCountAResultOnceWhenItIsReadTwice() {
    pass(0, Side.SOURCE);
    for (int i = 0; i < 5; i++) {
      walk(1, "browse", Side.TARGET, "pinned", false);
    }
    assertThat(state("browse", 2)).isEqualTo(SignalState.SUSPECT);
  }

  private void pass(int second, Side side) {
    walk(second, "browse", side, "pinned", true);
  }

  private void fail(int second, String vantage, int times) {
    for (int i = 0; i < times; i++) {
      walk(second + i, "browse", Side.TARGET, vantage, false);
    }
  }

  private void walk(int second, String journey, Side side, String vantage, boolean passed) {
    rule.add(
        new ProbeResult(
            journey,
            side,
            vantage,
            START.plusSeconds(second).minusMillis(5),
            START.plusSeconds(second),
            passed ? new Outcome.Passed(Duration.ofMillis(5)) : new Outcome.Failed("status 500")));
  }

  private SignalState state(String journey, int second) {
    return signal(journey, second).state();
  }

  private Signal signal(String journey, int second) {
    return rule.judge(START.plusSeconds(second)).stream()
        .filter(signal -> signal.name().equals("critical:" + journey))
        .findFirst()
        .orElseThrow();
  }
}
