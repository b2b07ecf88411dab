package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.Objectives;
import dev.cutover.contract.WatchSpec;
import dev.cutover.contract.WatchSpec.Journey;
import dev.cutover.contract.WatchSpec.WatchedSide;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads what the monitor watches, and the rollback criteria. Defaults are the pattern's. */
final class PlanWatch {
  private static final Duration MILLI = Duration.ofMillis(1);
  private static final int TICK_MS = 1000;

  /** As often as most Prometheus servers are told to scrape. */
  private static final int SCRAPED_TICK_MS = 15_000;

  private PlanWatch() {}

  /**
   * What the rest of the plan says of time.
   *
   * @param observation how long the target must be healthy
   * @param proof how long proving the switch may take
   * @param loweredTtl how long old answers last; nothing without names to switch
   * @param around how long it is watched before and after all that: with shares of the traffic, and
   *     until the rollback window ends
   */
  record Spans(Duration observation, Duration proof, Duration loweredTtl, Duration around) {
    /** The false-rollback budget holds while the target is watched. */
    Duration horizon() {
      return observation.plus(proof).plus(loweredTtl).plus(around);
    }

    Duration warmUp() {
      return PlanWarmUp.usualSpan(loweredTtl, observation);
    }
  }

  static Optional<WatchSpec> read(YamlSection watch, Spans spans, YamlFaults faults) {
    YamlSection sourceSide = watch.section("source");
    YamlSection targetSide = watch.section("target");
    boolean measured = isMeasured(targetSide);
    if (measured != isMeasured(sourceSide)) {
      watch.fault("Expected metrics of both sides or of neither, but one is missing");
    }
    if (!measured && !watch.has("journeys")) {
      watch.fault("Expected metrics or journeys to judge the target by, but found neither");
    }
    if (watch.has("journeys") && !(sourceSide.has("probe") && targetSide.has("probe"))) {
      watch.fault(
          "journeys", "Expected a probe address on both sides for journeys, but one is missing");
    }
    boolean isScraped = sourceSide.has("prometheus") || targetSide.has("prometheus");
    WatchedSide source = side(sourceSide);
    WatchedSide target = side(targetSide);
    if (isScraped && source.metricsUrl().equals(target.metricsUrl())) {
      watch.fault(
          "Expected 'match' to tell the target's series from the source's, but both sides have the same");
    }
    List<Journey> journeys = journeys(watch);
    Optional<Objectives> objectives =
        watch
            .optionalSection("objectives")
            .map(entry -> objectives(entry, spans, isScraped, faults))
            .orElseGet(() -> Optional.of(defaults(spans, isScraped)));
    watch.end();
    return faults.none()
        ? objectives.map(criteria -> new WatchSpec(source, target, journeys, criteria))
        : Optional.empty();
  }

  private static boolean isMeasured(YamlSection side) {
    return side.has("metrics") || side.has("prometheus");
  }

  private static WatchedSide side(YamlSection side) {
    if (side.has("metrics") && side.has("prometheus")) {
      side.fault("Expected 'metrics' or 'prometheus', but both are there");
    }
    if (side.has("match") && !side.has("prometheus")) {
      side.fault("match", "Expected 'match' beside 'prometheus', but that is missing");
    }
    String metrics =
        side.has("prometheus")
            ? server(side)
            : side.valueOr(
                "metrics", "an address such as http://host:9100/metrics", "", PlanValues::url);
    String probe =
        side.valueOr("probe", "an address such as http://10.0.0.2:8080", "", PlanValues::url);
    side.end();
    return new WatchedSide(metrics, probe);
  }

  /** The query API of a Prometheus server, with what tells the side's series from the other's. */
  private static String server(YamlSection side) {
    String address =
        side.valueOr(
            "prometheus", "an address such as http://prometheus:9090", "", PlanValues::url);
    String match =
        side.valueOr(
            "match",
            "matchers of labels such as side=\"target\"",
            "",
            PlanValues.matching(
                "[a-zA-Z_]\\w*(=|!=|=~|!~)\"[^\"]*\"(, *[a-zA-Z_]\\w*(=|!=|=~|!~)\"[^\"]*\")*"));
    return address + "/api/v1/query?match=" + URLEncoder.encode(match, StandardCharsets.UTF_8);
  }

  private static List<Journey> journeys(YamlSection watch) {
    List<Journey> journeys = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (YamlSection entry : watch.sections("journeys")) {
      String name = entry.text("name", "the name of a journey");
      if (!names.add(name)) {
        entry.fault("name", "Expected each journey once, but '%s' is there twice".formatted(name));
      }
      Duration timeout = PlanHttp.timeout(entry, Duration.ofSeconds(10));
      journeys.add(
          new Journey(name, PlanHttp.steps(entry, List.of("unique")), (int) timeout.toMillis()));
      entry.end();
    }
    return journeys;
  }

  /**
   * The pattern's.
   *
   * @param isScraped whether a Prometheus server is asked, which looks itself only now and then
   */
  private static Objectives defaults(Spans spans, boolean isScraped) {
    double errorRate = 0.05;
    double latencyFactor = 2;
    return new Objectives(
        errorRate,
        latencyFactor,
        0.95,
        50,
        3,
        0.001,
        isScraped ? SCRAPED_TICK_MS : TICK_MS,
        spans.horizon().toSeconds(),
        1000,
        true,
        "http_requests_total",
        "status",
        "http_request_duration_seconds",
        PlanWarmUp.usual(spans.warmUp(), latencyFactor, errorRate));
  }

  private static Optional<Objectives> objectives(
      YamlSection entry, Spans spans, boolean isScraped, YamlFaults faults) {
    Objectives usual = defaults(spans, isScraped);
    String share = "a share such as 5% or 0.05";
    String name = "the name of a metric";
    double errorRate =
        entry.valueOr("errorRateMax", share, usual.errorRateMax(), PlanValues::share);
    double latencyFactor =
        entry.valueOr(
            "latencyFactorMax", "a number above 1", usual.latencyFactorMax(), PlanValues.above(1));
    double quantile =
        entry.valueOr("latencyQuantile", share, usual.latencyQuantile(), PlanValues::share);
    int floorMs =
        millis(entry, "latencyFloor", Duration.ZERO, Duration.ofMinutes(1), usual.latencyFloorMs());
    int probeFailures =
        entry.valueOr(
            "probeFailuresMax",
            "a whole number of 1 to 100",
            usual.probeFailuresMax(),
            PlanValues.number(1, 100));
    double budget =
        entry.valueOr("falseRollbackBudget", share, usual.falseRollbackBudget(), PlanValues::share);
    int tickMs =
        millis(entry, "tick", Duration.ofMillis(50), Duration.ofMinutes(1), usual.tickMs());
    Duration second = Duration.ofSeconds(1);
    Duration month = Duration.ofDays(31);
    long horizonSeconds =
        entry
            .valueOr(
                "horizon",
                PlanValues.durationWord(second, month),
                spans.horizon(),
                PlanValues.duration(second, month))
            .toSeconds();
    long requests =
        entry.valueOr(
            "baselineRequestsMin",
            "a whole number of 1 or more",
            usual.baselineRequestsMin(),
            PlanValues.whole(1, 1_000_000_000));
    boolean worse =
        entry.valueOr(
            "worseThanSource", "true or false", usual.worseThanSource(), PlanValues::flag);
    String counter =
        entry.valueOr("requestsCounter", name, usual.requestsCounter(), PlanWatch::metric);
    String label =
        entry.valueOr("statusLabel", "the name of a label", usual.statusLabel(), PlanWatch::metric);
    String histogram =
        entry.valueOr("latencyHistogram", name, usual.latencyHistogram(), PlanWatch::metric);
    Objectives read =
        new Objectives(
            errorRate,
            latencyFactor,
            quantile,
            floorMs,
            probeFailures,
            budget,
            tickMs,
            horizonSeconds,
            requests,
            worse,
            counter,
            label,
            histogram,
            PlanWarmUp.usual(spans.warmUp(), latencyFactor, errorRate));
    Objectives all =
        entry
            .optionalSection("warmUp")
            .map(
                warmUp ->
                    read.withWarmUp(
                        PlanWarmUp.read(warmUp, read, spans.warmUp(), spans.observation(), faults)))
            .orElse(read);
    entry.end();
    return faults.none() ? Optional.of(all) : Optional.empty();
  }

  private static int millis(
      YamlSection entry, String key, Duration min, Duration max, int fallbackMs) {
    return (int)
        entry
            .valueOr(
                key,
                PlanValues.durationWord(min, max),
                MILLI.multipliedBy(fallbackMs),
                PlanValues.duration(min, max))
            .toMillis();
  }

  private static String metric(String text) {
    return PlanValues.matching("[a-zA-Z_:][a-zA-Z0-9_:]*").apply(text);
  }
}
