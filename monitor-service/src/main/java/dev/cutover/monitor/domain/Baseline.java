package dev.cutover.monitor.domain;

import dev.cutover.contract.HealthBaseline;
import dev.cutover.contract.Objectives;
import dev.cutover.monitor.domain.Observation.Counted;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.ToLongFunction;

/**
 * Judges whether what the source showed is good enough to compare the target with. Pure. Source:
 * monitor.md D1, D3 and traps 15, 16, 19.
 */
public final class Baseline {
  private static final double CONFIDENCE = 0.99;

  /** Errors that came more bunched than this came in one incident. */
  private static final double DISPERSION_MAX = 50;

  private Baseline() {}

  /** The answer. */
  public sealed interface Outcome {
    /** Good enough. */
    record Learned(HealthBaseline baseline) implements Outcome {}

    /**
     * Not good enough.
     *
     * @param reason what was expected, what was seen, what to do
     * @param retryable whether measuring again may help
     */
    record Refused(String reason, boolean retryable) implements Outcome {}
  }

  /**
   * Judges the source's ticks.
   *
   * @param ticks what was counted, in order; may be empty
   * @param gaps why readings gave nothing, one sentence each
   */
  public static Outcome learn(
      List<Counted> ticks, List<String> gaps, Objectives objectives, Instant from, Instant until) {
    long requests = sum(ticks, Counted::requests);
    long errors = sum(ticks, Counted::errors);
    if ((ticks.isEmpty() && !gaps.isEmpty()) || gaps.size() > ticks.size() / 10 + 2) {
      return new Outcome.Refused(
          "Expected readings of the source at nine ticks in ten, but %d of %d gave nothing. %s"
              .formatted(gaps.size(), gaps.size() + ticks.size(), gaps.getLast()),
          true);
    }
    if (requests < Math.max(1, objectives.baselineRequestsMin())) {
      return new Outcome.Refused(
          "Expected at least %d requests on the source to learn a baseline from, but saw %d: measure longer or at a busier hour"
              .formatted(Math.max(1, objectives.baselineRequestsMin()), requests),
          true);
    }
    if (errors >= objectives.errorRateMax() * requests) {
      return new Outcome.Refused(
          "Expected the source below its own limit of %s errors, but saw %s (%d of %d): mend it first, or raise the limit"
              .formatted(
                  Text.percent(objectives.errorRateMax()),
                  Text.percent((double) errors / requests),
                  errors,
                  requests),
          true);
    }
    double dispersion = dispersion(ticks, Counted::requests, Counted::errors);
    double latencyMs = -1;
    if (!objectives.latencyHistogram().isBlank()) {
      Histogram all = ticks.stream().map(Counted::latency).reduce(Histogram.EMPTY, Histogram::plus);
      OptionalDouble bound = all.quantileBound(objectives.latencyQuantile(), CONFIDENCE);
      if (bound.isEmpty()) {
        return new Outcome.Refused(
            "Expected enough durations within the finite buckets of %s to bound its %s quantile, but the %d measured do not: measure longer, or give the histogram larger buckets"
                .formatted(
                    objectives.latencyHistogram(), objectives.latencyQuantile(), all.count()),
            true);
      }
      latencyMs = bound.getAsDouble() * 1000;
      double slow = slowSeconds(latencyMs, objectives);
      OptionalDouble edge = all.edgeFrom(slow);
      if (edge.isEmpty()) {
        return new Outcome.Refused(
            "Expected a bucket edge of %s at or above %s, where a breach would begin, but the highest finite one is below: add buckets"
                .formatted(objectives.latencyHistogram(), Text.ms(slow)),
            false);
      }
      dispersion =
          Math.max(
              dispersion,
              dispersion(
                  ticks,
                  tick -> tick.latency().count(),
                  tick ->
                      tick.latency().count() == 0
                          ? 0
                          : tick.latency().slowerThan(edge.getAsDouble())));
    }
    if (dispersion > DISPERSION_MAX) {
      return new Outcome.Refused(
          String.format(
              Locale.ROOT,
              "Expected failures spread over the time measured, but they came in one burst (dispersion %.0f, at most %.0f): measure again when the source is calm",
              dispersion,
              DISPERSION_MAX),
          true);
    }
    double seconds =
        ticks.stream().map(Counted::span).reduce(Duration.ZERO, Duration::plus).toNanos() / 1e9;
    return new Outcome.Learned(
        new HealthBaseline(
            from, until, requests, errors, latencyMs, dispersion, requests / seconds));
  }

  /** The baseline of a plan without metrics: its journeys passed on the source. */
  public static HealthBaseline ofJourneysOnly(Instant from, Instant until) {
    return new HealthBaseline(from, until, 0, 0, -1, 1, 0);
  }

  /**
   * The duration in seconds above which a request counts as slow: so many times the baseline, and
   * at least a floor above it.
   */
  public static double slowSeconds(double baselineMs, Objectives objectives) {
    return slowSeconds(baselineMs, objectives, objectives.latencyFactorMax());
  }

  /** The same for another factor: the floor grows with it, since it may be all that counts. */
  static double slowSeconds(double baselineMs, Objectives objectives, double factor) {
    double floorMs = objectives.latencyFloorMs() * (factor / objectives.latencyFactorMax());
    return Math.max(factor * baselineMs, baselineMs + floorMs) / 1000;
  }

  /** Variance of the counts over the binomial's, at least 1. */
  static double dispersion(
      List<Counted> ticks, ToLongFunction<Counted> requests, ToLongFunction<Counted> bad) {
    long n = sum(ticks, requests);
    double p = n == 0 ? 0 : (double) sum(ticks, bad) / n;
    double expected = n * p * (1 - p);
    if (expected <= 0) {
      return 1;
    }
    double squares = 0;
    for (Counted tick : ticks) {
      double deviation = bad.applyAsLong(tick) - requests.applyAsLong(tick) * p;
      squares += deviation * deviation;
    }
    return Math.max(1, squares / expected);
  }

  private static long sum(List<Counted> ticks, ToLongFunction<Counted> count) {
    return ticks.stream().mapToLong(count).sum();
  }
}
