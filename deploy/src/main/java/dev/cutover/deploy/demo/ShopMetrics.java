package dev.cutover.deploy.demo;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts requests and their durations, and shows them in Prometheus' text format. */
final class ShopMetrics {
  /**
   * Upper edges of the histogram in seconds: each 1.3 times the one before, so that twice a
   * baseline is never hidden within one.
   */
  private static final double[] EDGES = edges();

  private final Map<Integer, LongAdder> requests = new ConcurrentSkipListMap<>();
  private final LongAdder[] buckets = new LongAdder[EDGES.length + 1];
  private final LongAdder sumNanos = new LongAdder();

  ShopMetrics() {
    Arrays.setAll(buckets, i -> new LongAdder());
  }

  void record(int status, long nanos) {
    requests.computeIfAbsent(status, s -> new LongAdder()).increment();
    int at = Arrays.binarySearch(EDGES, nanos / 1e9);
    buckets[at >= 0 ? at : -at - 1].increment();
    sumNanos.add(nanos);
  }

  String text() {
    StringBuilder text = new StringBuilder(4096);
    text.append(
        """
        # HELP http_requests_total Requests answered, by status.
        # TYPE http_requests_total counter
        """);
    requests.forEach(
        (status, count) ->
            text.append("http_requests_total{status=\"%d\"} %d%n".formatted(status, count.sum())));
    text.append(
        """
        # HELP http_request_duration_seconds Time to answer.
        # TYPE http_request_duration_seconds histogram
        """);
    long sum = 0;
    for (int i = 0; i <= EDGES.length; i++) {
      sum += buckets[i].sum();
      String edge = i == EDGES.length ? "+Inf" : Double.toString(EDGES[i]);
      text.append("http_request_duration_seconds_bucket{le=\"%s\"} %d%n".formatted(edge, sum));
    }
    text.append("http_request_duration_seconds_sum %s%n".formatted(sumNanos.sum() / 1e9));
    text.append("http_request_duration_seconds_count %d%n".formatted(sum));
    return text.toString();
  }

  private static double[] edges() {
    double[] edges = new double[36];
    for (int i = 0; i < edges.length; i++) {
      edges[i] = Math.round(1000 * Math.pow(1.3, i)) / 1e6;
    }
    return edges;
  }
}
