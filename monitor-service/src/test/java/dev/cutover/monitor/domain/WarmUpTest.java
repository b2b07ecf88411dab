package dev.cutover.monitor.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.HealthBaseline;
import dev.cutover.contract.Objectives;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.contract.RollbackTrigger.BreachReason;
import dev.cutover.contract.Side;
import dev.cutover.contract.WatchSpec;
import dev.cutover.contract.WatchSpec.Journey;
import dev.cutover.contract.WatchSpec.WatchedSide;
import dev.cutover.monitor.domain.BreachDetector.Judgement;
import dev.cutover.monitor.domain.ProbeResult.Outcome;
import dev.cutover.monitor.domain.Reading.Kind;
import dev.cutover.monitor.domain.Reading.Sample;
import dev.cutover.monitor.domain.Reading.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A target that has only begun to serve is judged by looser limits, and is not yet healthy. */
class WarmUpTest {
  private static final Instant START = Instant.parse("2026-11-22T20:00:00Z");
  private static final Journey BROWSE = Specs.reading("browse", "/products");
  private static final int TICK_MS = 1000;
  private static final Duration SPAN = Duration.ofSeconds(30);

  private final Counters target = new Counters();
  private final List<RollbackTrigger> decisions = new ArrayList<>();
  private BreachDetector detector = detector(Specs.warming(TICK_MS, SPAN), BROWSE);
  private int tick;
  private boolean passes = true;

  @Test
  void shouldBeInconclusiveAndSaySoWhileAllIsWithinTheLooserLimits() {
    Judgement judgement = run(20, 100, 1, 0);
    assertThat(judgement.verdict()).isInstanceOf(Verdict.Inconclusive.class);
    assertThat(judgement.detail())
        .startsWith("Warming up for another 10 s: ")
        .contains("in the warm-up, where 20 % are allowed")
        .contains("slower than 1000 ms")
        .contains("browse passes");
  }

  @Test
  void shouldBeHealthyOnlyOnWhatCameAfterIt() {
    run(30, 100, 1, 0);
    Judgement first = detector.judge(at(tick));
    assertThat(first.verdict()).isInstanceOf(Verdict.Inconclusive.class);
    assertThat(first.detail()).contains("Only 0 requests of users");
    Judgement quiet = run(10, 0, 0, 0);
    assertThat(quiet.verdict()).isInstanceOf(Verdict.Inconclusive.class);
    Judgement after = run(2, 100, 1, 0);
    assertThat(after.verdict()).isInstanceOf(Verdict.Healthy.class);
    assertThat(after.detail()).doesNotContain("arm").contains("at most 5.0 % is allowed");
  }

  @Test
  void shouldNotBeDilutedByWhatCameInIt() {
    run(30, 10_000, 0, 0);
    run(5, 100, 50, 0);
    assertThat(decisions).hasSize(1);
    BreachReason reason = decisions.getFirst().reasons().getFirst();
    assertThat(reason.observed()).isEqualTo(0.5);
    assertThat(reason.limit()).isEqualTo(0.05);
    assertThat(decisions.getFirst().breachedAt()).isAfterOrEqualTo(START.plus(SPAN));
  }

  @Test
  void shouldNotTriggerOnWhatCameInIt() {
    run(30, 100, 18, 90);
    assertThat(run(30, 100, 1, 0).verdict()).isInstanceOf(Verdict.Healthy.class);
    assertThat(decisions).isEmpty();
  }

  @Test
  void shouldTriggerAfterItWhenTheSameGoesOn() {
    run(30, 100, 18, 0);
    assertThat(decisions).isEmpty();
    run(10, 100, 18, 0);
    assertThat(decisions).hasSize(1);
    assertThat(decisions.getFirst().sentence()).contains("at most 5.0 % is allowed");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 10, 26, 27, 28, 29, 30, 31, 32, 40})
  void shouldTriggerInThreeTicksWhenAllFailsWheneverThatBegins(int onset) {
    run(onset, 100, 1, 0);
    run(3, 100, 100, 0);
    assertThat(decisions).hasSize(1);
    RollbackTrigger trigger = decisions.getFirst();
    assertThat(trigger.decidedAt()).isEqualTo(at(onset + 3));
    boolean warm = onset < 30;
    assertThat(trigger.reasons().getFirst().limit()).isEqualTo(warm ? 0.2 : 0.05);
    assertThat(trigger.sentence().contains("in the warm-up, where 20 % are allowed"))
        .isEqualTo(warm);
  }

  @Test
  void shouldTriggerOnACriticalFunctionAsEver() {
    run(3, 100, 0, 0);
    passes = false;
    run(3, 100, 0, 0);
    assertThat(decisions).hasSize(1);
    assertThat(decisions.getFirst().reasons())
        .extracting(BreachReason::signal)
        .containsExactly("critical:browse");
  }

  @Test
  void shouldJudgeFromTheFirstMomentWhenThereIsNone() {
    detector = detector(Specs.objectives(TICK_MS), BROWSE);
    assertThat(run(5, 100, 1, 0).verdict()).isInstanceOf(Verdict.Healthy.class);
  }

  @Test
  void shouldNotWarmUpWhenOnlyJourneysAreWatched() {
    WatchSpec spec =
        new WatchSpec(
            new WatchedSide("", "http://source"),
            new WatchedSide("", "http://target"),
            List.of(BROWSE),
            Specs.warming(TICK_MS, SPAN));
    detector =
        new BreachDetector(
            new CutoverId("shop"), 7, spec, journeysOnly(), Duration.ofMinutes(2), START);
    detector.add(walk(Side.TARGET, at(1), true));
    assertThat(detector.judge(at(1)).verdict()).isInstanceOf(Verdict.Healthy.class);
  }

  @Test
  void shouldBeBlindInItToo() {
    run(3, 100, 1, 0);
    for (int i = 0; i < 10; i++) {
      Instant now = at(++tick);
      detector.add(Side.TARGET, new Reading.Unreadable("503"), now);
      detector.add(walk(Side.TARGET, now, true));
    }
    assertThat(detector.judge(at(tick)).verdict()).isInstanceOf(Verdict.Blind.class);
  }

  @Test
  void shouldTakeTheHighestEdgeWhenNoneIsAsHighAsTheLooserLimit() {
    // given a histogram that shows 200 ms but not 1000 ms
    Map<Double, Long> edges = Map.of(0.2, 90L, 0.5, 95L, Double.POSITIVE_INFINITY, 100L);
    Histogram histogram = new Histogram(new TreeMap<>(edges));
    assertThat(histogram.edgeFrom(1, 0.2)).hasValue(0.5);
    assertThat(histogram.edgeFrom(0.3, 0.2)).hasValue(0.5);
    assertThat(histogram.edgeFrom(1, 0.6)).isEmpty();
    assertThat(Histogram.EMPTY.edgeFrom(1, 0.2)).isEmpty();
  }

  @Test
  void shouldScaleTheFloorWithTheFactor() {
    Objectives objectives = Specs.objectives(TICK_MS);
    assertThat(Baseline.slowSeconds(3, objectives, 10)).isCloseTo(0.253, within(1e-9));
    assertThat(Baseline.slowSeconds(100, objectives, 10)).isCloseTo(1.0, within(1e-9));
    assertThat(Baseline.slowSeconds(3, objectives, 2))
        .isEqualTo(Baseline.slowSeconds(3, objectives));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 500, 30_000, 900_000, 7_200_000, 9_000_000})
  void shouldSplitTheBudgetByTimeWithoutMakingAnyTestSlower(long spanMs) {
    // given
    Objectives objectives = Specs.warming(TICK_MS, Duration.ofMillis(spanMs));
    WatchSpec spec = spec(objectives, BROWSE);
    // when
    Budget usual = Criteria.usual(spec, baseline()).budget();
    Budget warm = Criteria.warming(spec, baseline()).orElseThrow().budget();
    // then
    long overlap = Criteria.TICKS_MIN;
    assertThat(warm.ticks()).isEqualTo((spanMs + 999) / 1000 + overlap);
    assertThat(usual.ticks()).isEqualTo(Math.max(1, 7200 - (spanMs + 999) / 1000));
    assertThat(usual.probability() + warm.probability()).isCloseTo(1e-3, within(1e-15));
    double perTick = 1e-3 / (usual.ticks() + warm.ticks());
    assertThat(usual.probability() / usual.ticks()).isCloseTo(perTick, within(1e-15));
    assertThat(warm.probability() / warm.ticks()).isCloseTo(perTick, within(1e-15));
    assertThat(usual.share(0.5)).isEqualTo(new Budget(usual.probability() / 2, usual.ticks()));
  }

  @Test
  void shouldSpendTheWholeBudgetOnTheUsualLimitsWhenThereIsNone() {
    WatchSpec spec = spec(Specs.objectives(TICK_MS), BROWSE);
    assertThat(Criteria.usual(spec, baseline()).budget()).isEqualTo(new Budget(1e-3, 7200));
    assertThat(Criteria.warming(spec, baseline())).isEmpty();
  }

  @Test
  void shouldDecideTheSameWhenFedTheSame() {
    run(29, 100, 30, 0);
    List<RollbackTrigger> first = List.copyOf(decisions);
    detector = detector(Specs.warming(TICK_MS, SPAN), BROWSE);
    decisions.clear();
    tick = 0;
    run(29, 100, 30, 0);
    assertThat(decisions).hasSize(1).isEqualTo(first);
  }

  @Test
  void shouldCountTheSlowOnesByTheEdgeOfEachPhase() {
    // given requests of 300 ms: slow by the usual limit of 200 ms, not by that of 1000 ms
    BreachDetector other = detector(Specs.warming(TICK_MS, SPAN));
    Optional<RollbackTrigger> decision = Optional.empty();
    int decidedAt = 0;
    for (int i = 0; i < 60 && decision.isEmpty(); i++) {
      double count = 100.0 * i;
      Sample sample =
          new Sample(
              at(i),
              Map.of(
                  new Series(Kind.REQUESTS, "ok", 0), count,
                  new Series(Kind.LATENCY, "b", 0.2), 0.0,
                  new Series(Kind.LATENCY, "b", 1), count,
                  new Series(Kind.LATENCY, "b", Double.POSITIVE_INFINITY), count));
      other.add(Side.TARGET, sample, at(i));
      decision = other.judge(at(i)).decision();
      decidedAt = i;
    }
    assertThat(decision).isPresent();
    assertThat(decision.orElseThrow().sentence()).contains("slower than 200 ms");
    assertThat(decidedAt).isEqualTo(33);
  }

  private static HealthBaseline baseline() {
    return Specs.baseline(START);
  }

  private static HealthBaseline journeysOnly() {
    return Baseline.ofJourneysOnly(START.minusSeconds(60), START);
  }

  private static WatchSpec spec(Objectives objectives, Journey... journeys) {
    return Specs.spec("http://source", "http://target", TICK_MS, journeys)
        .withObjectives(objectives);
  }

  private static BreachDetector detector(Objectives objectives, Journey... journeys) {
    return new BreachDetector(
        new CutoverId("shop"),
        7,
        spec(objectives, journeys),
        baseline(),
        Duration.ofMinutes(2),
        START);
  }

  private Judgement run(int ticks, long requests, long errors, long slow) {
    if (tick == 0) {
      detector.add(Side.TARGET, target.sample(START), START);
    }
    Judgement judgement = detector.judge(at(tick));
    for (int i = 0; i < ticks; i++) {
      Instant now = at(++tick);
      target.serve(requests, errors, slow);
      detector.add(Side.TARGET, target.sample(now), now);
      detector.add(walk(Side.TARGET, now, passes));
      // The source is walked oftener, as the watch does: a thin arm would delay the comparison.
      for (int quarter = 3; quarter >= 0; quarter--) {
        detector.add(walk(Side.SOURCE, now.minusMillis(quarter * 250L), true));
      }
      judgement = detector.judge(now);
      Optional<RollbackTrigger> decision = judgement.decision();
      decision.ifPresent(decisions::add);
    }
    return judgement;
  }

  private static ProbeResult walk(Side side, Instant at, boolean passed) {
    return new ProbeResult(
        "browse",
        side,
        "pinned",
        at.minusMillis(3),
        at,
        passed ? new Outcome.Passed(Duration.ofMillis(3)) : new Outcome.Failed("status 500"));
  }

  private static Instant at(int tick) {
    return START.plusMillis((long) TICK_MS * tick);
  }
}
