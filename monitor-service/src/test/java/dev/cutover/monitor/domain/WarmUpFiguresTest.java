package dev.cutover.monitor.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Objectives;
import dev.cutover.contract.Objectives.WarmUp;
import dev.cutover.contract.RollbackTrigger;
import dev.cutover.contract.Side;
import dev.cutover.contract.WatchSpec;
import dev.cutover.monitor.domain.Reading.Kind;
import dev.cutover.monitor.domain.Reading.Sample;
import dev.cutover.monitor.domain.Reading.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the warm-up buys and what it costs, by simulation: log-normal latency of sigma 0.8 with a
 * 0.95 quantile of 100 ms, ticks of 1 s, the defaults of a plan (30 s, 6 times, 10 %). Seeded.
 */
class WarmUpFiguresTest {
  private static final Instant START = Instant.parse("2026-11-22T20:00:00Z");
  private static final Optional<WarmUp> WARM =
      Optional.of(new WarmUp(Duration.ofSeconds(30), 6, 0.1));
  private static final int NEVER = Integer.MAX_VALUE;
  private static final double SIGMA = 0.8;
  private static final double[] EDGES = {0.05, 0.1, 0.2, 0.6, 1.2, 5};
  private static final int SPAN_SECONDS = 60;

  /** Latency at five times the usual, falling to it within 20 s. */
  private static double ramp(int second) {
    return Math.max(1, 5 - 4.0 * second / 20);
  }

  @ParameterizedTest
  @ValueSource(doubles = {5, 50, 500})
  void shouldLetATargetWarmUpThatIsColdForTwentySeconds(double perSecond) {
    int fired = 0;
    for (int seed = 0; seed < 1000; seed++) {
      int at = run(seed, WARM, perSecond, second -> 0.01, WarmUpFiguresTest::ramp);
      fired += at == NEVER ? 0 : 1;
    }
    // at least 99.9 % are let be
    assertThat(fired).isZero();
  }

  @ParameterizedTest
  @ValueSource(doubles = {50, 500})
  void shouldHaveRolledThatTargetBackWithoutAWarmUp(double perSecond) {
    int fired = 0;
    for (int seed = 0; seed < 100; seed++) {
      int at = run(seed, Optional.empty(), perSecond, second -> 0.01, WarmUpFiguresTest::ramp);
      fired += at == NEVER ? 0 : 1;
    }
    assertThat(fired).isEqualTo(100);
  }

  /** The row of the table: three ticks for a total outage at any traffic. */
  @ParameterizedTest
  @CsvSource({"10, 0", "10, 12", "10, 28", "10, 29", "10, 31", "100, 0", "100, 12", "100, 29"})
  void shouldFindATotalOutageWithinTheTableWheneverItBegins(double perSecond, int onset) {
    for (int seed = 0; seed < 100; seed++) {
      int at = run(seed, WARM, perSecond, second -> second < onset ? 0.01 : 1, second -> 1);
      // The first sample is only compared with: what came before it is not counted.
      assertThat(at - Math.max(1, onset)).as("seed %d", seed).isBetween(3, 4);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {5, 50, 500})
  void shouldNotFireFalselyAtTheLimitOfEachPhase(double perSecond) {
    // given the worst innocent target: exactly at the limit, in the warm-up and after it
    int fired = 0;
    for (int seed = 0; seed < 200; seed++) {
      int at = run(seed, WARM, perSecond, second -> second < 30 ? 0.1 : 0.04, second -> 1);
      fired += at < 33 ? 1 : 0;
    }
    assertThat(fired).isZero();
  }

  @Test
  void shouldFireFalselyWithinTheBudgetInTheWarmUpAlone() {
    // given a budget large enough to be measured, and a target at exactly the looser limits
    Budget budget = new Budget(0.5, 33);
    int fired = 0;
    int runs = 4000;
    for (int seed = 0; seed < runs; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Traffic traffic = new Traffic(random, 50, 0);
      GridCusum fast =
          new GridCusum(GridCusum.Settings.of(0.1, budget.probability(), budget.ticks(), 3, 1));
      boolean once = false;
      for (int tick = 0; tick < budget.ticks() && !once; tick++) {
        long n = traffic.requests();
        fast.add(START, n, traffic.failures(n, 0.1));
        once = fast.fired().isPresent();
      }
      fired += once ? 1 : 0;
    }
    assertThat((double) fired / runs).isLessThan(budget.probability());
  }

  /**
   * One watch of a target.
   *
   * @param errors share of failed requests at each second
   * @param slowness how many times the usual latency at each second
   * @return second of the decision
   */
  private static int run(
      int seed,
      Optional<WarmUp> warmUp,
      double perSecond,
      IntToDoubleFunction errors,
      IntToDoubleFunction slowness) {
    Traffic traffic = new Traffic(new SplittableRandom(7919L * seed + 3), perSecond, 0);
    Objectives objectives = Specs.objectives(1000).withWarmUp(warmUp);
    WatchSpec spec = Specs.spec("http://source", "http://target", 1000).withObjectives(objectives);
    BreachDetector detector =
        new BreachDetector(
            new CutoverId("shop"), 7, spec, Specs.baseline(START), Duration.ofMinutes(2), START);
    Map<Series, Double> counters = new HashMap<>();
    for (int second = 0; second <= SPAN_SECONDS; second++) {
      long n = traffic.requests();
      long failed = traffic.failures(n, errors.applyAsDouble(second));
      grow(counters, new Series(Kind.REQUESTS, "ok", 0), n - failed);
      grow(counters, new Series(Kind.ERRORS, "failed", 0), failed);
      long slower = n;
      double shareBefore = 1;
      for (double edge : EDGES) {
        double share = slowerThan(edge, slowness.applyAsDouble(second));
        slower = traffic.failures(slower, share / shareBefore);
        shareBefore = share;
        grow(counters, new Series(Kind.LATENCY, "b", edge), n - slower);
      }
      grow(counters, new Series(Kind.LATENCY, "b", Double.POSITIVE_INFINITY), n);
      Instant now = START.plusSeconds(second);
      detector.add(Side.TARGET, new Sample(now, counters), now);
      Optional<RollbackTrigger> decision = detector.judge(now).decision();
      if (decision.isPresent()) {
        return second + 1;
      }
    }
    return NEVER;
  }

  private static void grow(Map<Series, Double> counters, Series series, long by) {
    counters.merge(series, (double) by, Double::sum);
  }

  /** Share of requests slower than that, of a log-normal whose 0.95 quantile is 100 ms. */
  private static double slowerThan(double seconds, double slowness) {
    double z = Math.log(seconds / (0.1 * slowness)) / SIGMA + 1.6448536;
    return upperTail(z);
  }

  /** Of the standard normal distribution; Abramowitz and Stegun 26.2.17, error below 1e-7. */
  private static double upperTail(double z) {
    if (z < 0) {
      return 1 - upperTail(-z);
    }
    double t = 1 / (1 + 0.2316419 * z);
    double polynomial =
        t
            * (0.319381530
                + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    return Math.max(1e-12, Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * polynomial);
  }
}
