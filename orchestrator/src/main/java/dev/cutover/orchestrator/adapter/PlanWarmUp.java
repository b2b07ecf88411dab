package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.Objectives;
import dev.cutover.contract.Objectives.WarmUp;
import java.time.Duration;
import java.util.Optional;

/** Reads the looser limits for a target that has only begun to serve. */
final class PlanWarmUp {
  private static final Duration USUAL_MIN = Duration.ofSeconds(30);
  private static final Duration MAX = Duration.ofHours(1);
  private static final double LATENCY_TIMES = 3;
  private static final double ERROR_TIMES = 2;
  private static final double ERROR_MAX = 0.5;

  private PlanWarmUp() {}

  /**
   * How long, unless the plan says otherwise: traffic comes while old answers expire, so twice the
   * lowered TTL, at least 30 s; at most a quarter of the observation, since a target that warms up
   * is not yet healthy.
   */
  static Duration usualSpan(Duration loweredTtl, Duration observation) {
    Duration twice = loweredTtl.multipliedBy(2);
    Duration wanted = twice.compareTo(USUAL_MIN) < 0 ? USUAL_MIN : twice;
    Duration quarter = observation.dividedBy(4);
    return wanted.compareTo(quarter) < 0 ? wanted : quarter;
  }

  /** What a plan without a word of it gets; empty when nothing is left of the span. */
  static Optional<WarmUp> usual(Duration span, double latencyFactorMax, double errorRateMax) {
    return span.isZero()
        ? Optional.empty()
        : Optional.of(new WarmUp(span, latencyFactor(latencyFactorMax), errorRate(errorRateMax)));
  }

  /**
   * Reads it.
   *
   * @param objectives the usual limits
   * @param usualSpan how long unless it says so
   * @param observation it may not be longer
   */
  static Optional<WarmUp> read(
      YamlSection entry,
      Objectives objectives,
      Duration usualSpan,
      Duration observation,
      YamlFaults faults) {
    Duration span =
        entry.valueOr(
            "for",
            PlanValues.durationWord(Duration.ZERO, MAX),
            usualSpan,
            PlanValues.duration(Duration.ZERO, MAX));
    if (span.compareTo(observation) > 0) {
      entry.fault(
          "for",
          "Expected a warm-up no longer than bounds.observation (%s), but it is %s"
              .formatted(PlanValues.written(observation), PlanValues.written(span)));
    }
    double latencyFactor =
        entry.valueOr(
            "latencyFactorMax",
            "a number above 1",
            latencyFactor(objectives.latencyFactorMax()),
            PlanValues.above(1));
    if (latencyFactor < objectives.latencyFactorMax()) {
      entry.fault(
          "latencyFactorMax",
          "Expected a limit no stricter than the usual latencyFactorMax (%s), but it is %s"
              .formatted(objectives.latencyFactorMax(), latencyFactor));
    }
    double errorRate =
        entry.valueOr(
            "errorRateMax",
            "a share such as 20% or 0.2",
            errorRate(objectives.errorRateMax()),
            PlanValues::share);
    if (errorRate < objectives.errorRateMax()) {
      entry.fault(
          "errorRateMax",
          "Expected a limit no stricter than the usual errorRateMax (%s), but it is %s"
              .formatted(objectives.errorRateMax(), errorRate));
    }
    entry.end();
    return faults.none() && !span.isZero()
        ? Optional.of(new WarmUp(span, latencyFactor, errorRate))
        : Optional.empty();
  }

  private static double latencyFactor(double usual) {
    return LATENCY_TIMES * usual;
  }

  private static double errorRate(double usual) {
    return Math.max(usual, Math.min(ERROR_TIMES * usual, ERROR_MAX));
  }
}
