package dev.cutover.contract;

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
    String latencyHistogram) {
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
  }
}
