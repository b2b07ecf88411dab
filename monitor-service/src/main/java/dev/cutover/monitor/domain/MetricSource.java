package dev.cutover.monitor.domain;

/** Reads the counters of one side. */
public interface MetricSource {
  /**
   * Looks once. Blocks at most for the adapter's own time-out, never throws for what the other side
   * does, and never makes up a number: what is not there is {@link Reading.Missing}, what cannot be
   * had is {@link Reading.Unreadable}.
   */
  Reading read(Query query) throws InterruptedException;

  /**
   * Where and what.
   *
   * @param url the metrics page; or {@code .../api/v1/query?match=MATCHERS} of a Prometheus server,
   *     which knows all of a side's processes
   * @param requestsCounter name of a counter, with label matchers if need be, as in PromQL
   * @param statusLabel its label that holds the HTTP status; values beginning with 5 are errors
   * @param latencyHistogram name of a histogram in seconds without {@code _bucket}, with label
   *     matchers if need be; blank when latency is not judged
   */
  record Query(String url, String requestsCounter, String statusLabel, String latencyHistogram) {}
}
