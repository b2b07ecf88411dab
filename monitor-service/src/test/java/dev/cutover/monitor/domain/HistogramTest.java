package dev.cutover.monitor.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HistogramTest {
  private static final Histogram HISTOGRAM =
      new Histogram(
          new TreeMap<>(Map.of(0.1, 900L, 0.2, 980L, 0.4, 990L, Double.POSITIVE_INFINITY, 1000L)));

  @Test
  void shouldRefuseBucketsThatFall() {
    assertThatThrownBy(
            () -> new Histogram(new TreeMap<>(Map.of(0.1, 5L, Double.POSITIVE_INFINITY, 4L))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldSayNothingWhenTheQuantileIsBeyondTheFiniteBuckets() {
    assertThat(HISTOGRAM.quantile(0.995)).isEmpty();
    assertThat(HISTOGRAM.edgeFrom(0.5)).isEmpty();
    assertThat(Histogram.EMPTY.quantile(0.5)).isEmpty();
    assertThat(Histogram.EMPTY.quantileBound(0.5, 0.99)).isEmpty();
  }

  @Test
  void shouldInterpolateAndCountTheSlow() {
    assertThat(HISTOGRAM.quantile(0.94).getAsDouble()).isCloseTo(0.15, within(1e-9));
    assertThat(HISTOGRAM.edgeFrom(0.3)).hasValue(0.4);
    assertThat(HISTOGRAM.edgeFrom(0.4)).hasValue(0.4);
    assertThat(HISTOGRAM.slowerThan(0.4)).isEqualTo(10);
  }

  @Test
  void shouldBoundTheQuantileFromAboveByOrderStatistics() {
    // given 1000 durations: the 0.95 quantile is at most the 967th smallest with 99 %
    assertThat(Binomial.upperRank(1000, 0.95, 0.99)).isBetween(966L, 968L);
    assertThat(HISTOGRAM.quantileBound(0.95, 0.99).getAsDouble())
        .isGreaterThan(HISTOGRAM.quantile(0.95).getAsDouble())
        .isLessThan(0.2);
    // and too few say nothing
    assertThat(Binomial.upperRank(20, 0.95, 0.99)).isEqualTo(21);
  }
}
