package dev.cutover.monitor.domain;

import dev.cutover.contract.HealthBaseline;
import dev.cutover.contract.HttpStep;
import dev.cutover.contract.Objectives;
import dev.cutover.contract.WatchSpec;
import dev.cutover.contract.WatchSpec.Journey;
import dev.cutover.contract.WatchSpec.WatchedSide;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Small worlds to judge. */
public final class Specs {
  private Specs() {}

  /** The pattern's criteria, two hours, one in a thousand. */
  public static Objectives objectives(int tickMs) {
    return new Objectives(
        0.05,
        2,
        0.95,
        50,
        3,
        1e-3,
        tickMs,
        7200,
        500,
        true,
        "http_requests_total",
        "status",
        "http_request_duration_seconds",
        Optional.empty());
  }

  /** The same with a warm-up of 20 % errors and ten times the latency. */
  public static Objectives warming(int tickMs, Duration span) {
    return objectives(tickMs).withWarmUp(Optional.of(new Objectives.WarmUp(span, 10, 0.2)));
  }

  public static WatchSpec spec(String source, String target, int tickMs, Journey... journeys) {
    return new WatchSpec(
        new WatchedSide(source + "/metrics", source),
        new WatchedSide(target + "/metrics", target),
        List.of(journeys),
        objectives(tickMs));
  }

  public static Journey reading(String name, String path) {
    return new Journey(name, List.of(step("GET", path, Map.of(), Map.of())), 1000);
  }

  public static Journey writing(String name, String path) {
    return new Journey(name, List.of(step("POST", path, Map.of(), Map.of())), 1000);
  }

  public static HttpStep step(
      String method, String path, Map<String, String> json, Map<String, String> extract) {
    return new HttpStep(
        method + " " + path,
        method,
        path,
        Map.of(),
        method.equals("POST") ? Optional.of("{}") : Optional.empty(),
        200,
        json,
        extract,
        1000);
  }

  /** One per cent of errors, 100 ms at the 0.95 quantile. */
  public static HealthBaseline baseline(Instant until) {
    return new HealthBaseline(until.minusSeconds(600), until, 60_000, 600, 100, 1, 100);
  }
}
