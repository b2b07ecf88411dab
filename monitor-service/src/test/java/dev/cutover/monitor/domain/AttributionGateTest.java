package dev.cutover.monitor.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cutover.monitor.domain.AttributionGate.Arm;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttributionGateTest {
  private static final Instant START = Instant.parse("2026-11-22T20:00:00Z");
  private static final Duration TICK = Duration.ofSeconds(10);

  @Test
  void shouldGiveTheExactTailWhenComparedWithFiguresByHand() {
    // 0.5^10; 1 - 0.5^10; P(Bin(20, 0.8) >= 20) = 0.8^20; P(Bin(100, 0.5) >= 60) of tables
    assertThat(Binomial.upperTail(10, 10, 0.5)).isCloseTo(Math.pow(0.5, 10), within(1e-15));
    assertThat(Binomial.upperTail(1, 10, 0.5)).isCloseTo(1 - Math.pow(0.5, 10), within(1e-12));
    assertThat(Binomial.upperTail(20, 20, 0.8)).isCloseTo(Math.pow(0.8, 20), within(1e-13));
    assertThat(Binomial.upperTail(60, 100, 0.5)).isCloseTo(0.02844396682, within(1e-9));
    assertThat(Binomial.upperTail(0, 10, 0.5)).isEqualTo(1);
    assertThat(Binomial.upperTail(11, 10, 0.5)).isEqualTo(0);
  }

  @ParameterizedTest
  @CsvSource({
    "100, 0.01, 5.35e-04",
    "50, 0.02, 7.84e-02",
    "500, 0.03, 5.46e-03",
    "1000, 0.02, 2.96e-09"
  })
  void shouldGiveTheProbabilitiesOfTheSimulationNotes(long n, double p, double expected) {
    // given P(Bin(n, p) / n > 5 %)
    long above = n / 20 + (n == 50 ? 0 : 1);
    long first = n == 50 ? 3 : above;
    // then
    assertThat(Binomial.upperTail(first, n, p)).isCloseTo(expected, within(expected * 0.01));
  }

  @Test
  void shouldCallTheTargetWorseWhenOnlyItFails() {
    assertThat(AttributionGate.STANDARD.judge(new Arm(600, 120), new Arm(60, 0)).worse()).isTrue();
  }

  @Test
  void shouldNotCallTheTargetWorseWhenBothFailAlike() {
    assertThat(AttributionGate.STANDARD.judge(new Arm(600, 120), new Arm(60, 12)).worse())
        .isFalse();
  }

  @Test
  void shouldNotCallTheTargetWorseWhenThereIsNothingToCompareWith() {
    assertThat(AttributionGate.STANDARD.judge(new Arm(600, 600), new Arm(0, 0)).worse()).isFalse();
    assertThat(AttributionGate.STANDARD.judge(new Arm(0, 0), new Arm(600, 0)).worse()).isFalse();
  }

  /** The figures of monitor.md D9 for the gate; median seconds, share that fires in 20 minutes. */
  @ParameterizedTest
  @CsvSource({
    "1, 0.20, 0.01, 1.00, 50", "10, 0.20, 0.01, 1.00, 30", "1, 0.10, 0.01, 0.96, 300",
    "1, 0.20, 0.20, 0.01, -", "10, 0.20, 0.20, 0.02, -", "1, 0.50, 0.50, 0.00, -"
  })
  void shouldRollBackForTheTargetsFaultOnlyAndHoldForASharedOne(
      double sourcePerSecond, double target, double source, double share, String median) {
    // given
    int runs = 200;
    double[] seconds = new double[runs];
    // when
    for (int seed = 0; seed < runs; seed++) {
      seconds[seed] = run(seed, TICK, 10, sourcePerSecond, target, source, 30, 120);
    }
    Arrays.sort(seconds);
    long fired = Arrays.stream(seconds).filter(s -> s < Double.MAX_VALUE).count();
    // then
    assertThat((double) fired / runs).isCloseTo(share, within(0.045));
    if (!median.equals("-")) {
      double expected = Double.parseDouble(median);
      assertThat(seconds[(int) fired / 2]).isCloseTo(expected, within(Math.max(20, expected / 4)));
    }
  }

  /** The pace of a demonstration: ticks of half a second, 200 requests/s, eight probes/s. */
  @ParameterizedTest
  @CsvSource({
    "0.30, 0.01, 1.00, 4",
    "0.50, 0.01, 1.00, 3",
    "1.00, 0.01, 1.00, 3",
    "0.30, 0.30, 0.00, 0"
  })
  void shouldDecideWithinSecondsAtShortTicksAndStillHoldForASharedFault(
      double target, double source, double share, double medianMax) {
    // given
    int runs = 200;
    double[] seconds = new double[runs];
    // when
    for (int seed = 0; seed < runs; seed++) {
      seconds[seed] = run(seed, Duration.ofMillis(500), 200, 8, target, source, 60, 240);
    }
    Arrays.sort(seconds);
    long fired = Arrays.stream(seconds).filter(s -> s < Double.MAX_VALUE).count();
    // then
    assertThat((double) fired / runs).isCloseTo(share, within(0.03));
    if (fired > runs / 2) {
      assertThat(seconds[runs / 2]).isLessThanOrEqualTo(medianMax);
    }
  }

  private static double run(
      int seed,
      Duration tick,
      double targetPerSecond,
      double sourcePerSecond,
      double targetShare,
      double sourceShare,
      int healthyTicks,
      int brokenTicks) {
    double tickSeconds = tick.toMillis() / 1000.0;
    SplittableRandom random = new SplittableRandom(7_919L * seed + 3);
    Traffic target = new Traffic(random, targetPerSecond * tickSeconds, 0);
    Traffic source = new Traffic(random, sourcePerSecond * tickSeconds, 0);
    Duration window = tick.multipliedBy(6);
    RateSignal signal =
        new RateSignal(
            new RateSignal.Settings(
                "error-rate",
                "The error rate",
                "",
                0.05,
                new Arm(0, 0),
                0.01,
                GridCusum.Settings.of(0.05, 1e-3, 720, 3, 1),
                tick,
                window.toSeconds() < 20 ? Duration.ofSeconds(20) : window,
                true,
                false));
    for (int i = 0; i < healthyTicks + brokenTicks; i++) {
      boolean broken = i >= healthyTicks;
      Instant now = START.plus(tick.multipliedBy(i));
      long n = target.requests();
      signal.addTarget(now, n, target.failures(n, broken ? targetShare : 0.01));
      long m = source.requests();
      signal.addSource(now, m, source.failures(m, broken ? sourceShare : 0.01));
      if (signal.judge(now).state() == SignalState.BREACH) {
        return (i - healthyTicks + 1) * tickSeconds;
      }
    }
    return Double.MAX_VALUE;
  }
}
