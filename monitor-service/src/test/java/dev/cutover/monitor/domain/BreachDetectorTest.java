package dev.cutover.monitor.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.contract.RollbackTrigger.BreachReason;
import dev.cutover.contract.Side;
import dev.cutover.contract.WatchSpec.Journey;
import dev.cutover.monitor.domain.BreachDetector.Judgement;
import dev.cutover.monitor.domain.ProbeResult.Outcome;
import dev.cutover.monitor.domain.Reading.Kind;
import dev.cutover.monitor.domain.Reading.Sample;
import dev.cutover.monitor.domain.Reading.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BreachDetectorTest {
  private static final Instant START = Instant.parse("2026-11-22T20:00:00Z");
  private static final CutoverId CUTOVER = new CutoverId("shop");
  private static final Journey BROWSE = Specs.reading("browse", "/products");
  private static final int TICK_MS = 500;

  private final Counters target = new Counters();
  private final Counters source = new Counters();
  private final BreachDetector detector = detector(BROWSE);
  private final List<RollbackTrigger> decisions = new ArrayList<>();
  private int tick;
  private boolean sourcePasses = true;
  private boolean sourceIsWalked = true;

  @Test
  void shouldNotBeHealthyBeforeEnoughWasSeen() {
    assertThat(detector.judge(START).verdict()).isNotInstanceOf(Verdict.Healthy.class);
    assertThat(run(1, 100, 0, 0).verdict()).isInstanceOf(Verdict.Inconclusive.class);
  }

  @Test
  void shouldBeHealthyWhenAllIsWithinItsObjective() {
    Judgement judgement = run(40, 100, 1, 2);
    assertThat(judgement.verdict()).isInstanceOf(Verdict.Healthy.class);
    assertThat(judgement.target().requests()).isEqualTo(39 * 100);
    assertThat(judgement.target().requestsPerSecond()).isEqualTo(200);
    assertThat(judgement.target().errorRate()).isEqualTo(0.01);
    assertThat(judgement.target().latencyMs()).isBetween(40.0, 50.0);
    assertThat(decisions).isEmpty();
  }

  @Test
  void shouldBeInconclusiveWhenNoTrafficHasArrived() {
    Judgement judgement = run(20, 0, 0, 0);
    assertThat(judgement.verdict()).isInstanceOf(Verdict.Inconclusive.class);
    assertThat(judgement.detail()).contains("Only 0 requests of users");
  }

  @Test
  void shouldBeInconclusiveWhenOnlyOurOwnProbesArrived() {
    assertThat(run(60, 1, 0, 0).verdict()).isInstanceOf(Verdict.Inconclusive.class);
  }

  @Test
  void shouldDecideOnceWhenErrorsRise() {
    run(40, 100, 1, 0);
    int onset = tick;
    run(40, 100, 50, 0);
    assertThat(decisions).hasSize(1);
    RollbackTrigger trigger = decisions.getFirst();
    assertThat(trigger.decisionId()).isEqualTo(DecisionId.rollback(CUTOVER, 7)).hasSize(32);
    assertThat(trigger.epoch()).isEqualTo(7);
    assertThat(trigger.sentence())
        .contains("error rate of the target is 50 %")
        .contains("baseline is 1.0 %");
    assertThat(trigger.breachedAt()).isEqualTo(at(onset + 1));
    assertThat(Duration.between(trigger.breachedAt(), trigger.decidedAt()))
        .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(8));
    BreachReason reason = trigger.reasons().getFirst();
    assertThat(reason.signal()).isEqualTo("error-rate");
    assertThat(reason.limit()).isEqualTo(0.05);
    assertThat(reason.baseline()).isEqualTo(0.01);
    assertThat(reason.statistic()).isGreaterThanOrEqualTo(reason.threshold() - 1e-6);
    assertThat(reason.worseThanSourceProbability()).isBetween(0.0, 1e-3);
    assertThat(reason.query()).contains("http_requests_total").contains("http://target");
  }

  @Test
  void shouldGiveTheSameIdWhenWatchedAgainAfterARestart() {
    assertThat(DecisionId.rollback(CUTOVER, 7)).isEqualTo(DecisionId.rollback(CUTOVER, 7));
    assertThat(DecisionId.rollback(CUTOVER, 8)).isNotEqualTo(DecisionId.rollback(CUTOVER, 7));
    assertThat(DecisionId.rollback(new CutoverId("shop-2"), 7))
        .isNotEqualTo(DecisionId.rollback(CUTOVER, 7));
  }

  @Test
  void shouldNotFireForABlipOfTwoTicks() {
    run(40, 100, 1, 0);
    run(2, 100, 100, 0);
    run(60, 100, 1, 0);
    assertThat(decisions).isEmpty();
  }

  @Test
  void shouldDecideWhenLatencyDoubles() {
    run(40, 100, 1, 2);
    run(40, 100, 1, 40);
    assertThat(decisions).hasSize(1);
    assertThat(decisions.getFirst().reasons().getFirst().signal()).isEqualTo("latency");
    assertThat(decisions.getFirst().sentence()).contains("slower than 200 ms");
  }

  @Test
  void shouldHoldWhenTheSourceIsAsBad() {
    run(40, 100, 1, 0);
    sourcePasses = false;
    Judgement judgement = run(80, 100, 50, 0);
    assertThat(decisions).isEmpty();
    assertThat(judgement.verdict()).isInstanceOf(Verdict.Inconclusive.class);
    assertThat(judgement.detail()).contains("going back may not help");
  }

  /** A minute of good walks before it must not make the source look better than it is. */
  @Test
  void shouldHoldFromTheFirstTickWhenADependencyFailsBothSidesAtOnce() {
    // given
    run(120, 100, 0, 0);
    // when
    sourcePasses = false;
    Judgement judgement = run(120, 1000, 1000, 0);
    // then
    assertThat(decisions).isEmpty();
    assertThat(judgement.detail()).contains("100 % since then").contains("going back may not help");
  }

  @Test
  void shouldWaitForASightOfTheSourceWhenNoneWasHadSinceTheTargetFails() {
    // given
    run(120, 100, 0, 0);
    sourceIsWalked = false;
    // when
    Judgement unseen = run(8, 1000, 1000, 0);
    // then
    assertThat(decisions).isEmpty();
    assertThat(unseen.detail()).contains("not seen since then");
    // when
    sourceIsWalked = true;
    run(1, 1000, 1000, 0);
    // then
    assertThat(decisions).hasSize(1);
  }

  @Test
  void shouldSayAllReasonsInOneDecisionWhenSeveralBreakAtOnce() {
    run(40, 100, 1, 0);
    run(40, 100, 100, 100);
    assertThat(decisions).hasSize(1);
  }

  @Test
  void shouldDecideWhenACriticalFunctionBreaksThoughMetricsAreBlind() {
    run(20, 100, 1, 0);
    for (int i = 0; i < 12; i++) {
      Instant now = at(++tick);
      detector.add(Side.TARGET, new Reading.Unreadable("Connection refused"), now);
      detector.add(walk(Side.TARGET, now, false));
      detector.add(walk(Side.SOURCE, now, true));
      detector.judge(now).decision().ifPresent(decisions::add);
    }
    assertThat(decisions).hasSize(1);
    assertThat(decisions.getFirst().reasons())
        .extracting(BreachReason::signal)
        .containsExactly("critical:browse");
  }

  @Test
  void shouldBeBlindWhenTheTargetsMetricsStayAway() {
    run(40, 100, 1, 0);
    Judgement judgement = detector.judge(at(tick));
    for (int i = 0; i < 10; i++) {
      Instant now = at(++tick);
      detector.add(Side.TARGET, new Reading.Unreadable("503"), now);
      detector.add(walk(Side.TARGET, now, true));
      detector.add(walk(Side.SOURCE, now, true));
      judgement = detector.judge(now);
      assertThat(judgement.verdict()).isNotInstanceOf(Verdict.Healthy.class);
    }
    assertThat(judgement.verdict()).isInstanceOf(Verdict.Blind.class);
    assertThat(judgement.detail()).contains("503");
  }

  @Test
  void shouldBeBlindWhenNothingComesAtAll() {
    assertThat(detector(BROWSE).judge(at(60)).verdict()).isInstanceOf(Verdict.Blind.class);
    run(40, 100, 1, 0);
    assertThat(detector.judge(at(tick + 60)).verdict()).isInstanceOf(Verdict.Blind.class);
  }

  @Test
  void shouldBeBlindWhenTheTargetsBucketsCannotShowSlowness() {
    Map<Series, Double> counters = new HashMap<>();
    Judgement judgement = detector.judge(START);
    for (int i = 1; i < 20; i++) {
      counters.put(new Series(Kind.REQUESTS, "ok", 0), 100.0 * i);
      counters.put(new Series(Kind.LATENCY, "b", 0.1), 90.0 * i);
      counters.put(new Series(Kind.LATENCY, "b", Double.POSITIVE_INFINITY), 100.0 * i);
      detector.add(Side.TARGET, new Sample(at(i), counters), at(i));
      detector.add(walk(Side.TARGET, at(i), true));
      judgement = detector.judge(at(i));
    }
    assertThat(judgement.verdict()).isInstanceOf(Verdict.Blind.class);
    assertThat(judgement.detail()).contains("no bucket edge");
  }

  /** Invariant I8: whatever is not a number of now is neither health nor breach. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void shouldNeitherBeHealthyNorBreachedOnAnyInputThatSaysNothing(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    BreachDetector metricsOnly = detector();
    Counters counters = new Counters();
    for (int i = 1; i < 400; i++) {
      Instant now = at(i);
      counters.serve(100, random.nextInt(101), random.nextInt(101));
      Reading nothing =
          switch (random.nextInt(6)) {
            case 0 -> new Reading.Missing("no series");
            case 1 -> new Reading.Unreadable("503");
            case 2 -> new Sample(now.minusSeconds(3600), counters.sample(now).counters()); // stale
            case 3 -> new Sample(START.minusSeconds(1), counters.sample(now).counters());
            case 4 -> new Sample(now.plusSeconds(3600), counters.sample(now).counters()); // ahead
            default -> restarted(now, i); // a counter that falls each time
          };
      metricsOnly.add(random.nextBoolean() ? Side.TARGET : Side.SOURCE, nothing, now);
      Judgement judgement = metricsOnly.judge(now);
      assertThat(judgement.verdict())
          .as("seed %d tick %d %s", seed, i, nothing)
          .isNotInstanceOf(Verdict.Healthy.class)
          .isNotInstanceOf(Verdict.Breached.class);
      assertThat(judgement.decision()).isEmpty();
    }
    assertThat(metricsOnly.judge(at(400)).verdict()).isInstanceOf(Verdict.Blind.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldDecideAtMostOnceOnAnyMixtureOfInputs(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 400; i++) {
      Instant now = at(++tick);
      target.serve(random.nextInt(200), 0, 0).serve(50, random.nextInt(51), random.nextInt(51));
      detector.add(
          Side.TARGET, random.nextInt(5) == 0 ? new Reading.Missing("") : target.sample(now), now);
      detector.add(walk(Side.TARGET, now, random.nextInt(3) > 0));
      detector.add(walk(Side.SOURCE, now, true));
      detector.judge(now).decision().ifPresent(decisions::add);
    }
    assertThat(decisions).hasSize(1);
  }

  @Test
  void shouldDecideTheSameWhenFedTheSame() {
    List<Optional<RollbackTrigger>> first = replay(detector(BROWSE));
    List<Optional<RollbackTrigger>> second = replay(detector(BROWSE));
    assertThat(first).isEqualTo(second).anyMatch(Optional::isPresent);
  }

  private static List<Optional<RollbackTrigger>> replay(BreachDetector detector) {
    List<Optional<RollbackTrigger>> decisions = new ArrayList<>();
    Counters counters = new Counters();
    for (int i = 1; i < 60; i++) {
      counters.serve(100, i > 20 ? 30 : 1, 0);
      detector.add(Side.TARGET, counters.sample(at(i)), at(i));
      decisions.add(detector.judge(at(i)).decision());
    }
    return decisions;
  }

  private static Sample restarted(Instant now, int i) {
    return new Sample(
        now, Map.of(new Series(Kind.REQUESTS, "http_requests_total{status=200}", 0), 1e6 - i));
  }

  private static BreachDetector detector(Journey... journeys) {
    return new BreachDetector(
        CUTOVER,
        7,
        Specs.spec("http://source", "http://target", TICK_MS, journeys),
        Specs.baseline(START),
        Duration.ofMinutes(2),
        START);
  }

  private Judgement run(int ticks, long requests, long errors, long slow) {
    Judgement judgement = detector.judge(at(tick));
    for (int i = 0; i < ticks; i++) {
      Instant now = at(++tick);
      target.serve(requests, errors, slow);
      detector.add(Side.TARGET, target.sample(now), now);
      detector.add(Side.SOURCE, source.sample(now), now);
      detector.add(walk(Side.TARGET, now, true));
      if (sourceIsWalked) {
        detector.add(walk(Side.SOURCE, now, sourcePasses));
      }
      judgement = detector.judge(now);
      judgement.decision().ifPresent(decisions::add);
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
