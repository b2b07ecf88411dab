package dev.cutover.monitor.domain;

import dev.cutover.monitor.domain.Reading.Kind;
import dev.cutover.monitor.domain.Reading.Sample;
import dev.cutover.monitor.domain.Reading.Series;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** A server's counters, as they grow: half of the requests take 40 ms, slow ones a second. */
final class Counters {
  private long good;
  private long errors;
  private long slow;

  Counters serve(long requests, long failed, long slowOnes) {
    good += requests - failed;
    errors += failed;
    slow += slowOnes;
    return this;
  }

  Sample sample(Instant at) {
    Map<Series, Double> counters = new HashMap<>();
    counters.put(new Series(Kind.REQUESTS, "http_requests_total{status=200}", 0), (double) good);
    counters.put(new Series(Kind.ERRORS, "http_requests_total{status=500}", 0), (double) errors);
    double all = good + errors;
    bucket(counters, 0.05, all - slow);
    bucket(counters, 0.2, all - slow);
    bucket(counters, 0.5, all - slow);
    bucket(counters, 2, all);
    bucket(counters, Double.POSITIVE_INFINITY, all);
    return new Sample(at, counters);
  }

  private static void bucket(Map<Series, Double> counters, double edge, double count) {
    counters.put(new Series(Kind.LATENCY, "http_request_duration_seconds_bucket{}", edge), count);
  }
}
