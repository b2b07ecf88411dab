package dev.cutover.monitor.domain;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Durations of some requests, as counts at or below each bucket's edge.
 *
 * @param atMost edge in seconds, the last {@code +Inf}, to how many were at or below it; never
 *     falling; empty when nothing was measured
 */
public record Histogram(SortedMap<Double, Long> atMost) {
  /** Nothing was measured. */
  public static final Histogram EMPTY = new Histogram(new TreeMap<>());

  public Histogram {
    atMost = Collections.unmodifiableSortedMap(new TreeMap<>(atMost));
    long below = 0;
    for (Map.Entry<Double, Long> bucket : atMost.entrySet()) {
      if (bucket.getKey().isNaN() || bucket.getValue() < below) {
        throw new IllegalArgumentException(
            "Expected counts that never fall from bucket to bucket, but got " + atMost);
      }
      below = bucket.getValue();
    }
    if (!atMost.isEmpty() && atMost.lastKey() != Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("Expected a last bucket of +Inf, but got " + atMost);
    }
  }

  /** How many requests were measured. */
  public long count() {
    return atMost.isEmpty() ? 0 : atMost.getOrDefault(atMost.lastKey(), 0L);
  }

  /**
   * The first bucket edge at or above a duration: the nearest at which it can be judged.
   *
   * @return empty when only {@code +Inf} is above: slower requests cannot be told apart (trap 9)
   */
  public OptionalDouble edgeFrom(double seconds) {
    SortedMap<Double, Long> above = atMost.tailMap(seconds);
    return above.isEmpty() || above.firstKey().isInfinite()
        ? OptionalDouble.empty()
        : OptionalDouble.of(above.firstKey());
  }

  /**
   * The same, or else the highest finite edge, where that is no lower than {@code least}: judging
   * more strictly than was asked for is better than not at all.
   */
  OptionalDouble edgeFrom(double seconds, double least) {
    OptionalDouble above = edgeFrom(seconds);
    if (above.isPresent()) {
      return above;
    }
    SortedMap<Double, Long> finite = atMost.headMap(Double.POSITIVE_INFINITY);
    return finite.isEmpty() || finite.lastKey() < least
        ? OptionalDouble.empty()
        : OptionalDouble.of(finite.lastKey());
  }

  /** How many were slower than an edge of {@link #edgeFrom}. */
  public long slowerThan(double edgeSeconds) {
    Long below = atMost.get(edgeSeconds);
    if (below == null) {
      throw new IllegalArgumentException(
          "Expected one of the edges %s, but got %s".formatted(atMost.keySet(), edgeSeconds));
    }
    return count() - below;
  }

  /** The quantile in seconds, linear within its bucket; empty when unknown or beyond all edges. */
  public OptionalDouble quantile(double q) {
    return rank(q * count());
  }

  /**
   * An upper bound of the quantile in seconds that holds with the given confidence, by the order
   * statistics of the binomial; empty with too few requests, or beyond all finite edges.
   */
  public OptionalDouble quantileBound(double q, double confidence) {
    long rank = Binomial.upperRank(count(), q, confidence);
    return rank > count() ? OptionalDouble.empty() : rank((double) rank);
  }

  /** Both together; a side without requests leaves the other as it is. */
  public Histogram plus(Histogram other) {
    if (atMost.isEmpty()) {
      return other;
    }
    TreeMap<Double, Long> sum = new TreeMap<>(atMost);
    other.atMost.forEach((edge, count) -> sum.merge(edge, count, Long::sum));
    return new Histogram(sum);
  }

  private OptionalDouble rank(double rank) {
    double lowerEdge = 0;
    long below = 0;
    for (Map.Entry<Double, Long> bucket : atMost.entrySet()) {
      long upTo = bucket.getValue();
      if (upTo >= rank && upTo > 0) {
        double edge = bucket.getKey();
        if (Double.isInfinite(edge)) {
          return OptionalDouble.empty();
        }
        double share = upTo == below ? 1 : (rank - below) / (upTo - below);
        return OptionalDouble.of(lowerEdge + share * (edge - lowerEdge));
      }
      lowerEdge = bucket.getKey();
      below = upTo;
    }
    return OptionalDouble.empty();
  }
}
