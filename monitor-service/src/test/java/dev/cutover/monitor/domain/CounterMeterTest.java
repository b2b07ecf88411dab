package dev.cutover.monitor.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.monitor.domain.Observation.Counted;
import dev.cutover.monitor.domain.Observation.Gap;
import dev.cutover.monitor.domain.Reading.Kind;
import dev.cutover.monitor.domain.Reading.Sample;
import dev.cutover.monitor.domain.Reading.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CounterMeterTest {
  private static final Instant START = Instant.parse("2026-11-22T20:00:00Z");
  private static final Series GOOD = new Series(Kind.REQUESTS, "requests{status=200}", 0);
  private static final Series BAD = new Series(Kind.ERRORS, "requests{status=500}", 0);
  private static final Series STARTED = new Series(Kind.PROCESS_START, "started", 0);

  private final CounterMeter meter = new CounterMeter(Duration.ofSeconds(5));

  @Test
  void shouldCountNothingWhenTheCounterFell() {
    observe(0, Map.of(GOOD, 1000.0));
    assertThat(state(observe(1, Map.of(GOOD, 10.0)))).isEqualTo(SignalState.NO_DATA);
    // then it goes on from there
    assertThat(counted(observe(2, Map.of(GOOD, 15.0))).requests()).isEqualTo(5);
  }

  @Test
  void shouldCountNothingWhenTheProcessRestarted() {
    observe(0, Map.of(GOOD, 1000.0, STARTED, 1.0));
    assertThat(state(observe(1, Map.of(GOOD, 2000.0, STARTED, 2.0))))
        .isEqualTo(SignalState.NO_DATA);
  }

  @Test
  void shouldCountNothingWhenASeriesVanished() {
    observe(0, Map.of(GOOD, 10.0, BAD, 1.0));
    assertThat(state(observe(1, Map.of(GOOD, 20.0)))).isEqualTo(SignalState.NO_DATA);
  }

  @Test
  void shouldCountNothingWhenTheSampleIsRepeated() {
    observe(0, Map.of(GOOD, 10.0));
    assertThat(state(meter.observe(new Sample(at(0), Map.of(GOOD, 10.0)), at(1))))
        .isEqualTo(SignalState.STALE);
  }

  @Test
  void shouldCountNothingWhenTheSampleIsOldOrFromTheFuture() {
    observe(0, Map.of(GOOD, 10.0));
    assertThat(state(meter.observe(new Sample(at(1), Map.of(GOOD, 20.0)), at(20))))
        .isEqualTo(SignalState.STALE);
    assertThat(state(meter.observe(new Sample(at(60), Map.of(GOOD, 20.0)), at(20))))
        .isEqualTo(SignalState.STALE);
  }

  @Test
  void shouldStartAgainWhenTheSampleBeforeIsTooLongAgo() {
    observe(0, Map.of(GOOD, 10.0));
    assertThat(state(observe(30, Map.of(GOOD, 9000.0)))).isEqualTo(SignalState.NO_DATA);
    assertThat(counted(observe(31, Map.of(GOOD, 9001.0))).requests()).isEqualTo(1);
  }

  @Test
  void shouldTellMissingFromUnreadable() {
    assertThat(state(meter.observe(new Reading.Missing("none"), START)))
        .isEqualTo(SignalState.NO_DATA);
    assertThat(state(meter.observe(new Reading.Unreadable("503"), START)))
        .isEqualTo(SignalState.PROVIDER_ERROR);
  }

  @Test
  void shouldCountTheFirstErrorsWhenTheirSeriesAppears() {
    observe(0, Map.of(GOOD, 10.0));
    Counted counted = counted(observe(1, Map.of(GOOD, 20.0, BAD, 3.0)));
    assertThat(counted.requests()).isEqualTo(13);
    assertThat(counted.errors()).isEqualTo(3);
  }

  @Test
  void shouldRefuseBucketsThatFallButForgiveATornPage() {
    Map<Series, Double> zero = buckets(0, 0, 0);
    observe(0, zero);
    assertThat(counted(observe(1, buckets(1000, 1002, 999))).latency().count()).isEqualTo(1002);
    assertThat(state(observe(2, buckets(3000, 3000, 2000)))).isEqualTo(SignalState.PROVIDER_ERROR);
  }

  private static Map<Series, Double> buckets(double first, double second, double all) {
    Map<Series, Double> counters = new HashMap<>();
    counters.put(GOOD, all);
    counters.put(new Series(Kind.LATENCY, "b", 0.1), first);
    counters.put(new Series(Kind.LATENCY, "b", 0.2), second);
    counters.put(new Series(Kind.LATENCY, "b", Double.POSITIVE_INFINITY), all);
    return counters;
  }

  private Observation observe(int second, Map<Series, Double> counters) {
    return meter.observe(new Sample(at(second), counters), at(second));
  }

  private static Instant at(int second) {
    return START.plusSeconds(second);
  }

  private static SignalState state(Observation observation) {
    assertThat(observation).isInstanceOf(Gap.class);
    return ((Gap) observation).state();
  }

  private static Counted counted(Observation observation) {
    assertThat(observation).isInstanceOf(Counted.class);
    return (Counted) observation;
  }
}
