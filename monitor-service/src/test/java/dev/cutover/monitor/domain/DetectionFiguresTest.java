package dev.cutover.monitor.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cutover.monitor.domain.Observation.Counted;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ties the fast and the slow test to the figures of monitor.md D9: ticks of 10 s, two hours, one in
 * a thousand, dispersion from half an hour of baseline. Seeded.
 */
class DetectionFiguresTest {
  private static final double LIMIT = 0.05;
  private static final int SPAN_TICKS = 720;
  private static final int BASELINE_TICKS = 180;
  private static final int NEVER = Integer.MAX_VALUE;
  private static final Instant START = Instant.parse("2026-11-22T20:00:00Z");

  @Test
  void shouldUseTheThresholdOfTheBound() {
    assertThat(GridCusum.Settings.of(LIMIT, 1e-3, 720, 3, 1).threshold())
        .isCloseTo(15.4, within(0.05));
    assertThat(GridCusum.Settings.of(LIMIT, 1e-3, 8640, 3, 1).threshold())
        .isCloseTo(17.9, within(0.05));
    assertThat(GridCusum.Settings.of(LIMIT, 1e-3, 720, 3, 1).alternatives())
        .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-9 ? 0 : Double.compare(a, b))
        .containsExactly(0.06, 0.075, 0.10, 0.15, 0.25, 0.5, 0.9);
  }

  @ParameterizedTest
  @CsvSource({"0.1, 0", "1, 0", "10, 0", "100, 0", "0.1, 0.01", "1, 0.01", "10, 0.01", "100, 0.01"})
  void shouldNeverFireFalselyWhenTheTrueErrorRateIsWellBelowTheLimit(
      double perSecond, double burstiness) {
    for (double share : new double[] {0.005, 0.01, 0.02}) {
      for (int seed = 0; seed < 300; seed++) {
        int fired = run(seed, perSecond, burstiness, share, new double[0]);
        assertThat(fired).as("seed %d at %s, %s rps", seed, share, perSecond).isEqualTo(NEVER);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 10, 100})
  void shouldKeepTheFastTestQuietWhenTheTrueErrorRateIsExactlyTheLimit(double perSecond) {
    // given the worst innocent share: the bound allows one run in a thousand
    int fired = 0;
    for (int seed = 0; seed < 300; seed++) {
      RandomGenerator random = new SplittableRandom(seed);
      Traffic traffic = new Traffic(random, perSecond * 10, 0);
      GridCusum fast = new GridCusum(GridCusum.Settings.of(LIMIT, 1e-3, SPAN_TICKS, 3, 1));
      boolean once = false;
      for (int tick = 0; tick < SPAN_TICKS && !once; tick++) {
        long n = traffic.requests();
        fast.add(START, n, traffic.failures(n, LIMIT));
        once = fast.fired().isPresent();
      }
      fired += once ? 1 : 0;
    }
    // then
    assertThat(fired).isLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 2", "10, 1", "10, 2", "100, 1", "100, 2"})
  void shouldNeverFireForATotalOutageOfOneOrTwoTicks(double perSecond, int ticks) {
    double[] blip = new double[ticks];
    Arrays.fill(blip, 1);
    for (int seed = 0; seed < 150; seed++) {
      assertThat(run(seed, perSecond, 0, 0.01, blip)).as("seed %d", seed).isEqualTo(NEVER);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 10, 100})
  void shouldFireWhenATotalOutageLastsThreeTicks(double perSecond) {
    int fired = 0;
    for (int seed = 0; seed < 100; seed++) {
      fired += run(seed, perSecond, 0, 0.01, new double[] {1, 1, 1}) <= 3 ? 1 : 0;
    }
    assertThat(fired).isGreaterThanOrEqualTo(95);
  }

  /** Median seconds from onset, as in the table; tolerance two ticks or an eighth. */
  @ParameterizedTest
  @CsvSource({
    "0.1, 0.2, 1095",
    "0.1, 0.5, 210",
    "0.1, 1, 70",
    "1, 0.1, 720",
    "1, 0.2, 130",
    "1, 0.5, 40",
    "1, 1, 30",
    "10, 0.06, 260",
    "10, 0.075, 200",
    "10, 0.1, 80",
    "10, 0.2, 30",
    "10, 0.5, 30",
    "10, 1, 30",
    "100, 0.06, 160",
    "100, 0.075, 40",
    "100, 0.1, 30",
    "100, 0.2, 30",
    "100, 1, 30"
  })
  void shouldDetectWithinTheMedianOfTheTable(double perSecond, double share, int medianSeconds) {
    // given
    double[] breach = new double[540];
    Arrays.fill(breach, share);
    int[] seconds = new int[200];
    // when
    for (int seed = 0; seed < seconds.length; seed++) {
      int ticks = run(seed, perSecond, 0, 0.01, breach);
      seconds[seed] = ticks == NEVER ? NEVER : ticks * 10;
    }
    Arrays.sort(seconds);
    // then
    assertThat((double) seconds[seconds.length / 2])
        .isCloseTo(medianSeconds, within(Math.max(20.0, medianSeconds / 8.0)));
  }

  /**
   * Ticks from the onset of {@code shares} to firing; healthy half an hour before and rest after.
   */
  private static int run(
      int seed, double perSecond, double burstiness, double healthy, double[] shares) {
    RandomGenerator random = new SplittableRandom(1_000_003L * seed + 17);
    Traffic traffic = new Traffic(random, perSecond * 10, burstiness);
    List<Counted> baseline = new ArrayList<>();
    for (int tick = 0; tick < BASELINE_TICKS; tick++) {
      long n = traffic.requests();
      baseline.add(
          new Counted(Duration.ofSeconds(10), n, traffic.failures(n, healthy), Histogram.EMPTY));
    }
    double dispersion = Baseline.dispersion(baseline, Counted::requests, Counted::errors);
    GridCusum fast = new GridCusum(GridCusum.Settings.of(LIMIT, 1e-3, SPAN_TICKS, 3, dispersion));
    SustainedRule slow = SustainedRule.of(LIMIT, healthy);
    for (int tick = 0; tick < SPAN_TICKS; tick++) {
      int since = tick - BASELINE_TICKS;
      double share = since >= 0 && since < shares.length ? shares[since] : healthy;
      long n = traffic.requests();
      long e = traffic.failures(n, share);
      fast.add(START.plusSeconds(10L * tick), n, e);
      slow.add(n, e);
      if (fast.fired().isPresent() || slow.isFired()) {
        return since + 1;
      }
    }
    return NEVER;
  }
}
