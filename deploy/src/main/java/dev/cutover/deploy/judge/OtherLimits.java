package dev.cutover.deploy.judge;

import dev.cutover.contract.Objectives;
import dev.cutover.contract.Objectives.WarmUp;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Limits to judge by instead of those of the recording; whatever is not given stays. */
final class OtherLimits {
  @Option(
      names = "--error-rate-max",
      paramLabel = "SHARE",
      description = "Share of requests that may fail, such as 0.02.")
  private @Nullable Double errorRateMax;

  @Option(
      names = "--latency-factor-max",
      paramLabel = "N",
      description = "How many times the source's quantile a request may take, such as 1.5.")
  private @Nullable Double latencyFactorMax;

  @Option(
      names = "--latency-floor-ms",
      paramLabel = "MS",
      description = "At least so much above the source's quantile is no breach.")
  private @Nullable Integer latencyFloorMs;

  @Option(
      names = "--probe-failures-max",
      paramLabel = "N",
      description = "Failures of a critical function in a row that are a breach.")
  private @Nullable Integer probeFailuresMax;

  @Option(
      names = "--false-rollback-budget",
      paramLabel = "P",
      description = "Probability of a false rollback that is accepted, such as 0.01.")
  private @Nullable Double falseRollbackBudget;

  @Option(
      names = "--worse-than-source",
      paramLabel = "true|false",
      description = "Whether a breach needs the source to be better.")
  private @Nullable Boolean worseThanSource;

  @Option(names = "--no-warm-up", description = "The usual limits from the beginning on.")
  private boolean noWarmUp;

  /** Whether there are any. */
  boolean areGiven() {
    return noWarmUp
        || Stream.of(
                Optional.ofNullable(errorRateMax),
                Optional.ofNullable(latencyFactorMax),
                Optional.ofNullable(latencyFloorMs),
                Optional.ofNullable(probeFailuresMax),
                Optional.ofNullable(falseRollbackBudget),
                Optional.ofNullable(worseThanSource))
            .anyMatch(Optional::isPresent);
  }

  /**
   * Looks at what was given, whatever the recording has.
   *
   * @throws IllegalArgumentException with the first that can't be
   */
  void require() {
    share("--error-rate-max", errorRateMax);
    share("--false-rollback-budget", falseRollbackBudget);
    if (latencyFactorMax != null && !(latencyFactorMax > 1)) {
      throw new IllegalArgumentException(
          "Expected --latency-factor-max above 1, but got " + latencyFactorMax);
    }
    if (latencyFloorMs != null && latencyFloorMs < 0) {
      throw new IllegalArgumentException(
          "Expected --latency-floor-ms of 0 or more, but got " + latencyFloorMs);
    }
    if (probeFailuresMax != null && probeFailuresMax < 1) {
      throw new IllegalArgumentException(
          "Expected --probe-failures-max of 1 or more, but got " + probeFailuresMax);
    }
  }

  private static void share(String option, @Nullable Double share) {
    if (share != null && !(share > 0 && share < 1)) {
      throw new IllegalArgumentException(
          "Expected %s between 0 and 1, but got %s".formatted(option, share));
    }
  }

  /**
   * The limits of the recording with these. A warm-up that would be stricter than what follows it
   * is as loose.
   */
  Objectives instead(Objectives of) {
    double errors = or(errorRateMax, of.errorRateMax());
    double latency = or(latencyFactorMax, of.latencyFactorMax());
    return new Objectives(
        errors,
        latency,
        of.latencyQuantile(),
        or(latencyFloorMs, of.latencyFloorMs()),
        or(probeFailuresMax, of.probeFailuresMax()),
        or(falseRollbackBudget, of.falseRollbackBudget()),
        of.tickMs(),
        of.horizonSeconds(),
        of.baselineRequestsMin(),
        or(worseThanSource, of.worseThanSource()),
        of.requestsCounter(),
        of.statusLabel(),
        of.latencyHistogram(),
        of.warmUp()
            .filter(_ -> !noWarmUp)
            .map(
                warmUp ->
                    new WarmUp(
                        warmUp.span(),
                        Math.max(latency, warmUp.latencyFactorMax()),
                        Math.max(errors, warmUp.errorRateMax()))));
  }

  private static <T> T or(@Nullable T given, T recorded) {
    return given == null ? recorded : given;
  }
}
