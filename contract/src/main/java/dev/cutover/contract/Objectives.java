package dev.cutover.contract;

import java.time.Duration;
import java.util.Optional;

/**
 * The rollback criteria.
 *
 * @param errorRateMax share of requests that may fail, 0 to 1 exclusive; the pattern says 0.05
 * @param latencyFactorMax how many times the baseline's quantile; the pattern says 2
 * @param latencyQuantile which quantile, such as 0.95
 * @param latencyFloorMs at least this much above the baseline, so that noise near zero is no breach
 * @param probeFailuresMax consecutive failures of a journey at one vantage point that are a breach
 * @param falseRollbackBudget probability of a false rollback that the team accepts per cutover
 * @param tickMs how often counts are judged
 * @param horizonSeconds length of the span watched, over which the budget holds
 * @param baselineRequestsMin a baseline with fewer requests is refused as thin
 * @param worseThanSource whether a breach needs the source to be better (shared dependencies)
 * @param requestsCounter counter of requests, with a label for the status
 * @param statusLabel label that holds the HTTP status; values beginning with 5 are errors
 * @param latencyHistogram histogram of durations in seconds
 * @param warmUp looser limits for a target that has only begun to serve; empty for none
 */
public record Objectives(
    double errorRateMax,
    double latencyFactorMax,
    double latencyQuantile,
    int latencyFloorMs,
    int probeFailuresMax,
    double falseRollbackBudget,
    int tickMs,
    long horizonSeconds,
    long baselineRequestsMin,
    boolean worseThanSource,
    String requestsCounter,
    String statusLabel,
    String latencyHistogram,
    Optional<WarmUp> warmUp) {
  public Objectives {
    Arguments.require(
        errorRateMax > 0 && errorRateMax < 1,
        "Expected errorRateMax between 0 and 1, but got " + errorRateMax);
    Arguments.require(
        latencyFactorMax > 1, "Expected latencyFactorMax above 1, but got " + latencyFactorMax);
    Arguments.require(
        latencyQuantile > 0 && latencyQuantile < 1,
        "Expected latencyQuantile between 0 and 1, but got " + latencyQuantile);
    Arguments.require(
        falseRollbackBudget > 0 && falseRollbackBudget < 1,
        "Expected falseRollbackBudget between 0 and 1, but got " + falseRollbackBudget);
    Arguments.require(tickMs > 0, "Expected tickMs above 0, but got " + tickMs);
    warmUp.ifPresent(
        looser ->
            Arguments.require(
                looser.errorRateMax() >= errorRateMax
                    && looser.latencyFactorMax() >= latencyFactorMax,
                "Expected a warm-up no stricter than the objectives, but got " + looser));
  }

  /** The same with another warm-up, or none. */
  public Objectives withWarmUp(Optional<WarmUp> other) {
    return new Objectives(
        errorRateMax,
        latencyFactorMax,
        latencyQuantile,
        latencyFloorMs,
        probeFailuresMax,
        falseRollbackBudget,
        tickMs,
        horizonSeconds,
        baselineRequestsMin,
        worseThanSource,
        requestsCounter,
        statusLabel,
        latencyHistogram,
        other);
  }

  /**
   * Limits of errors and latency while caches fill, code is compiled and connections are made. They
   * hold at first instead of the others; critical functions are judged as ever.
   *
   * @param span from when the watch begins
   * @param latencyFactorMax how many times the baseline's quantile; the floor grows with it
   * @param errorRateMax share of requests that may fail, 0 to 1 exclusive
   */
  public record WarmUp(Duration span, double latencyFactorMax, double errorRateMax) {
    public WarmUp {
      Arguments.require(
          span.isPositive(), "Expected a warm-up longer than nothing, but got " + span);
      Arguments.require(
          errorRateMax > 0 && errorRateMax < 1,
          "Expected errorRateMax between 0 and 1, but got " + errorRateMax);
      Arguments.require(
          latencyFactorMax > 1, "Expected latencyFactorMax above 1, but got " + latencyFactorMax);
    }

    /** What is left of it after that time; empty when it is over. */
    public Optional<WarmUp> after(Duration elapsed) {
      Duration left = elapsed.isNegative() ? span : span.minus(elapsed);
      return left.isPositive()
          ? Optional.of(new WarmUp(left, latencyFactorMax, errorRateMax))
          : Optional.empty();
    }
  }
}
