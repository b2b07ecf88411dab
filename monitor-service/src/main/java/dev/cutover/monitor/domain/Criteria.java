package dev.cutover.monitor.domain;

import dev.cutover.contract.HealthBaseline;
import dev.cutover.contract.Objectives;
import dev.cutover.contract.Objectives.WarmUp;
import dev.cutover.contract.WatchSpec;
import dev.cutover.monitor.domain.AttributionGate.Arm;
import java.time.Duration;
import java.util.Optional;

/**
 * Turns objectives and a baseline into signals. The false-rollback budget is split: half to errors,
 * three tenths to latency, the rest is left to the probes (monitor.md D7), and each of these by
 * time between the warm-up and what follows. All windows are counted in ticks, so that short ticks
 * decide sooner. Pure.
 *
 * @param warmUp the looser limits, when these are the criteria of the warm-up
 */
record Criteria(WatchSpec spec, HealthBaseline baseline, Optional<WarmUp> warmUp) {
  /** Bad ticks that it takes at least: a shorter blip never fires. */
  static final int TICKS_MIN = 3;

  private static final double ERROR_BUDGET = 0.5;
  private static final double LATENCY_BUDGET = 0.3;
  private static final int WINDOW_TICKS = 6;
  private static final Duration WINDOW_MIN = Duration.ofSeconds(20);

  /** The objectives as they are. */
  static Criteria usual(WatchSpec spec, HealthBaseline baseline) {
    return new Criteria(spec, baseline, Optional.empty());
  }

  /** Those of the warm-up, if there is one. */
  static Optional<Criteria> warming(WatchSpec spec, HealthBaseline baseline) {
    return spec.objectives()
        .warmUp()
        .map(warmUp -> new Criteria(spec, baseline, Optional.of(warmUp)));
  }

  /** Whether too many requests fail. */
  RateSignal errorRate() {
    Objectives objectives = spec.objectives();
    Arm control = new Arm(baseline.requests(), baseline.errors());
    double limit = warmUp.map(WarmUp::errorRateMax).orElse(objectives.errorRateMax());
    return new RateSignal(
        new RateSignal.Settings(
            "error-rate",
            "The error rate of the target",
            "%s, %s 5xx, at %s"
                .formatted(
                    objectives.requestsCounter(),
                    objectives.statusLabel(),
                    spec.target().metricsUrl()),
            limit,
            control,
            control.share(),
            cusum(limit, ERROR_BUDGET),
            tick(),
            window(),
            objectives.worseThanSource(),
            warmUp.isPresent()));
  }

  /** Whether too many requests are slower than {@link #slowSeconds}. */
  RateSignal latency() {
    Objectives objectives = spec.objectives();
    double limit = 1 - objectives.latencyQuantile();
    return new RateSignal(
        new RateSignal.Settings(
            "latency",
            "The share of requests slower than %s on the target (the source's %s quantile is %s)"
                .formatted(
                    Text.ms(slowSeconds()),
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
            objectives.worseThanSource(),
            warmUp.isPresent()));
  }

  /** From where on a request is slow. */
  double slowSeconds() {
    Objectives objectives = spec.objectives();
    double factor = warmUp.map(WarmUp::latencyFactorMax).orElse(objectives.latencyFactorMax());
    return Baseline.slowSeconds(baseline.latencyQuantileMs(), objectives, factor);
  }

  /**
   * From where on at least a bucket edge may stand in for {@link #slowSeconds}, where none is at or
   * above that: the warm-up's duration may be beyond a histogram that shows the usual one.
   */
  double slowSecondsLeast() {
    return Baseline.slowSeconds(baseline.latencyQuantileMs(), spec.objectives());
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

  private GridCusum.Settings cusum(double limit, double share) {
    Budget budget = budget().share(share);
    return GridCusum.Settings.of(
        limit, budget.probability(), budget.ticks(), TICKS_MIN, Math.max(1, baseline.dispersion()));
  }

  /**
   * What these criteria may spend, of both signals together with the probes. The warm-up's tests go
   * on for {@link #TICKS_MIN} ticks while the usual ones begin, so those ticks are counted twice.
   */
  Budget budget() {
    Objectives objectives = spec.objectives();
    long horizon = Math.max(1, objectives.horizonSeconds() * 1000 / objectives.tickMs());
    long warming =
        objectives.warmUp().map(it -> -Math.floorDiv(-it.span().toMillis(), tickMs())).orElse(0L);
    long usual = Math.max(1, horizon - warming);
    long both = warming == 0 ? 0 : warming + TICKS_MIN;
    return new Budget(objectives.falseRollbackBudget(), usual + both)
        .during(warmUp.isPresent() ? both : usual);
  }

  private long tickMs() {
    return spec.objectives().tickMs();
  }

  static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) >= 0 ? one : other;
  }
}
