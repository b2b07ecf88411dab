package dev.cutover.monitor.domain;

import dev.cutover.monitor.domain.Observation.Counted;
import dev.cutover.monitor.domain.Observation.Gap;
import dev.cutover.monitor.domain.Reading.Kind;
import dev.cutover.monitor.domain.Reading.Sample;
import dev.cutover.monitor.domain.Reading.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Turns counters that only grow into what happened since the reading before. Works on raw
 * differences per series, never on an extrapolated rate (trap 8), and counts nothing across a
 * restart, a vanished series, a repeated sample or a long gap: those are gaps, not zeros.
 *
 * <p>A series that appears beside others of the same process starts at zero, since libraries create
 * a status's series with its first request.
 */
public final class CounterMeter {
  /** Libraries read their buckets one after the other, while requests end: so much may be torn. */
  private static final long TORN_MAX = 5;

  private static final double TORN_SHARE_MAX = 0.02;

  private final Duration staleAfter;
  private @Nullable Sample last;

  /**
   * Meters one side.
   *
   * @param staleAfter a sample older than this, or this long after the one before, is not counted
   */
  public CounterMeter(Duration staleAfter) {
    this.staleAfter = staleAfter;
  }

  /** Takes the next reading, in the order of their taking. */
  public Observation observe(Reading reading, Instant now) {
    return switch (reading) {
      case Reading.Missing missing -> new Gap(SignalState.NO_DATA, missing.reason());
      case Reading.Unreadable unreadable ->
          new Gap(SignalState.PROVIDER_ERROR, unreadable.reason());
      case Sample sample -> observe(sample, now);
    };
  }

  private Observation observe(Sample sample, Instant now) {
    if (Duration.between(sample.at(), now).compareTo(staleAfter) > 0) {
      return new Gap(
          SignalState.STALE,
          "Expected a sample younger than %s, but it was taken at %s"
              .formatted(staleAfter, sample.at()));
    }
    if (sample.at().isAfter(now.plus(staleAfter))) {
      return new Gap(
          SignalState.STALE,
          "Expected a sample of the past, but it is stamped %s: check the clocks"
              .formatted(sample.at()));
    }
    Sample before = last;
    if (before != null && !sample.at().isAfter(before.at())) {
      return new Gap(
          SignalState.STALE,
          "Expected a newer sample than that of %s, but got one of %s"
              .formatted(before.at(), sample.at()));
    }
    last = sample;
    if (before == null) {
      return new Gap(SignalState.NO_DATA, "Only one sample so far: the next one can be counted");
    }
    Duration span = Duration.between(before.at(), sample.at());
    if (span.compareTo(staleAfter) > 0) {
      return new Gap(
          SignalState.NO_DATA, "No sample for %s: counting starts again".formatted(span));
    }
    return difference(before, sample, span);
  }

  private static Observation difference(Sample before, Sample sample, Duration span) {
    Map<Kind, Double> sums = new EnumMap<>(Kind.class);
    TreeMap<Double, Double> buckets = new TreeMap<>();
    for (Series series : before.counters().keySet()) {
      if (!sample.counters().containsKey(series)) {
        return new Gap(
            SignalState.NO_DATA,
            "Series %s has vanished: another process may have answered".formatted(series.labels()));
      }
    }
    for (Map.Entry<Series, Double> entry : sample.counters().entrySet()) {
      Series series = entry.getKey();
      Double previous = before.counters().get(series);
      if (series.kind() == Kind.PROCESS_START) {
        if (!Objects.equals(previous, entry.getValue())) {
          return new Gap(SignalState.NO_DATA, "The process behind the metrics has restarted");
        }
        continue;
      }
      double growth = entry.getValue() - (previous == null ? 0 : previous);
      if (growth < 0) {
        return new Gap(
            SignalState.NO_DATA,
            "Series %s fell from %s to %s: its counter has restarted"
                .formatted(series.labels(), previous, entry.getValue()));
      }
      if (series.kind() == Kind.LATENCY) {
        buckets.merge(series.edgeSeconds(), growth, Double::sum);
      } else {
        sums.merge(series.kind(), growth, Double::sum);
      }
    }
    long good = Math.round(sums.getOrDefault(Kind.REQUESTS, 0.0));
    long errors = Math.round(sums.getOrDefault(Kind.ERRORS, 0.0));
    long above = 0;
    TreeMap<Double, Long> rounded = new TreeMap<>();
    for (Map.Entry<Double, Double> bucket : buckets.entrySet()) {
      long count = Math.round(bucket.getValue());
      if (above - count > TORN_MAX + above * TORN_SHARE_MAX) {
        return new Gap(
            SignalState.PROVIDER_ERROR,
            "Expected bucket counts that never fall, but %d followed %d".formatted(count, above));
      }
      above = Math.max(above, count);
      rounded.put(bucket.getKey(), above);
    }
    if (!rounded.isEmpty() && rounded.lastKey() != Double.POSITIVE_INFINITY) {
      return new Gap(SignalState.NO_DATA, "Expected a histogram with a bucket of +Inf");
    }
    return new Counted(span, good + errors, errors, new Histogram(rounded));
  }
}
