package dev.cutover.monitor.domain;

import dev.cutover.contract.HealthBaseline;
import dev.cutover.contract.Objectives;
import dev.cutover.contract.WatchSpec;
import dev.cutover.monitor.domain.AttributionGate.Arm;
import java.time.Duration;

/**
 * Turns objectives and a baseline into signals. The false-rollback budget is split: half to errors,
 * three tenths to latency, the rest is left to the probes (monitor.md D7). All windows are counted
 * in ticks, so that short ticks decide sooner. Pure.
 */
record Criteria(WatchSpec spec, HealthBaseline baseline) {
  /** Bad ticks that it takes at least: a shorter blip never fires. */
  static final int TICKS_MIN = 3;

  private static final double ERROR_BUDGET = 0.5;
  private static final double LATENCY_BUDGET = 0.3;
  private static final int WINDOW_TICKS = 6;
  private static final Duration WINDOW_MIN = Duration.ofSeconds(20);

  /** Whether too many requests fail. */
  RateSignal errorRate() {
    Objectives objectives = spec.objectives();
    Arm control = new Arm(baseline.requests(), baseline.errors());
    return new RateSignal(
        new RateSignal.Settings(
            "error-rate",
            "The error rate of the target",
            "%s, %s 5xx, at %s"
                .formatted(
                    objectives.requestsCounter(),
                    objectives.statusLabel(),
                    spec.target().metricsUrl()),
            objectives.errorRateMax(),
            control,
            control.share(),
            cusum(objectives.errorRateMax(), ERROR_BUDGET),
            tick(),
            window(),
            objectives.worseThanSource()));
  }

  /** Whether too many requests are slower than {@link Baseline#slowSeconds}. */
  RateSignal latency() {
    Objectives objectives = spec.objectives();
    double limit = 1 - objectives.latencyQuantile();
    return new RateSignal(
        new RateSignal.Settings(
            "latency",
            "The share of requests slower than %s on the target (the source's %s quantile is %s)"
                .formatted(
                    Text.ms(Baseline.slowSeconds(baseline.latencyQuantileMs(), objectives)),
                    objectives.latencyQuantile(),
                    Text.ms(baseline.latencyQuantileMs() / 1000)),
            "%s at %s".formatted(objectives.latencyHistogram(), spec.target().metricsUrl()),
            limit,
            // By definition of the quantile no more than this was slower on the source.
            new Arm(baseline.requests(), (long) Math.floor(baseline.requests() * limit)),
            0,
            cusum(limit, LATENCY_BUDGET),
            tick(),
            window(),
            objectives.worseThanSource()));
  }

  Duration tick() {
    return Duration.ofMillis(spec.objectives().tickMs());
  }

  /** As many ticks as a breach takes at least, and no less than that. */
  Duration ticksMin(Duration least) {
    return longer(tick().multipliedBy(TICKS_MIN), least);
  }

  /** How long a journey and its turn may take before its silence is strange. */
  Duration journeysMax() {
    return spec.journeys().stream()
        .map(journey -> Duration.ofMillis(journey.timeoutMs()).plus(tick().multipliedBy(2)))
        .reduce(Duration.ZERO, Criteria::longer);
  }

  private Duration window() {
    return longer(tick().multipliedBy(WINDOW_TICKS), WINDOW_MIN);
  }

  private GridCusum.Settings cusum(double limit, double budget) {
    Objectives objectives = spec.objectives();
    long ticks = Math.max(1, objectives.horizonSeconds() * 1000 / objectives.tickMs());
    return GridCusum.Settings.of(
        limit,
        objectives.falseRollbackBudget() * budget,
        ticks,
        TICKS_MIN,
        Math.max(1, baseline.dispersion()));
  }

  static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
