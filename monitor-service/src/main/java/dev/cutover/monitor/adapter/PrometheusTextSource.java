package dev.cutover.monitor.adapter;

import dev.cutover.monitor.adapter.PrometheusText.MalformedText;
import dev.cutover.monitor.adapter.PrometheusText.Point;
import dev.cutover.monitor.domain.MetricSource;
import dev.cutover.monitor.domain.Reading;
import dev.cutover.monitor.domain.Reading.Kind;
import dev.cutover.monitor.domain.Reading.Missing;
import dev.cutover.monitor.domain.Reading.Series;
import dev.cutover.monitor.domain.Reading.Unreadable;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads counters from a Prometheus text endpoint directly, without a Prometheus server between: no
 * scrape interval to wait for, no look-back, no extrapolation (monitor.md traps 5 to 8). Answers
 * all matching series, so that none silently wins over the others (trap 12).
 */
public final class PrometheusTextSource implements MetricSource {
  private static final String START_TIME = "process_start_time_seconds";
  private static final String EDGE = "le";

  private final WebClient client;
  private final Duration timeout;
  private final InstantSource clock;

  /**
   * Reads by this client.
   *
   * @param timeout for one whole exchange
   */
  public PrometheusTextSource(WebClient client, Duration timeout, InstantSource clock) {
    this.client = client;
    this.timeout = timeout;
    this.clock = clock;
  }

  @Override
  public Reading read(Query query) throws InterruptedException {
    try {
      HttpResponse<Buffer> answer =
          client
              .getAbs(query.url())
              .putHeader("Accept", "text/plain;version=0.0.4")
              .timeout(timeout.toMillis())
              .send()
              .toCompletionStage()
              .toCompletableFuture()
              .get(timeout.toMillis() + 500, TimeUnit.MILLISECONDS);
      Instant now = clock.instant();
      if (answer.statusCode() != 200) {
        return new Unreadable(
            "Expected status 200 from %s, but got %d".formatted(query.url(), answer.statusCode()));
      }
      String page = answer.bodyAsString();
      return page == null
          ? new Missing("Expected metrics from %s, but the page is empty".formatted(query.url()))
          : counters(query, PrometheusText.parse(page), now);
    } catch (ExecutionException e) {
      return new Unreadable(
          "Expected metrics from %s, but: %s".formatted(query.url(), Cause.of(e)));
    } catch (TimeoutException e) {
      return new Unreadable(
          "Expected metrics from %s within %s, but got none".formatted(query.url(), timeout));
    } catch (MalformedText e) {
      return new Unreadable("%s: %s".formatted(query.url(), e.getMessage()));
    } catch (IllegalArgumentException e) {
      return new Unreadable(Cause.of(e));
    }
  }

  /** Picks the series; pure. */
  static Reading counters(Query query, List<Point> points, Instant now) {
    Map<Series, Double> counters = new HashMap<>();
    Instant at = now;
    SeriesSelector requests = SeriesSelector.parse(query.requestsCounter());
    SeriesSelector buckets =
        query.latencyHistogram().isBlank()
            ? new SeriesSelector("", Map.of())
            : SeriesSelector.parse(query.latencyHistogram()).suffixed("_bucket");
    boolean anyRequests = false;
    boolean anyBucket = query.latencyHistogram().isBlank();
    for (Point point : points) {
      Series series;
      if (requests.selects(point)) {
        String status = point.labels().get(query.statusLabel());
        if (status == null) {
          return new Missing(
              "Expected the label %s on every %s of %s, but one has only %s"
                  .formatted(
                      query.statusLabel(),
                      query.requestsCounter(),
                      query.url(),
                      point.labels().keySet()));
        }
        anyRequests = true;
        series = new Series(status.startsWith("5") ? Kind.ERRORS : Kind.REQUESTS, text(point), 0);
        OptionalLong atMs = point.atMs();
        if (atMs.isPresent() && Instant.ofEpochMilli(atMs.getAsLong()).isBefore(at)) {
          at = Instant.ofEpochMilli(atMs.getAsLong());
        }
      } else if (buckets.selects(point)) {
        anyBucket = true;
        series = new Series(Kind.LATENCY, text(point), edge(point));
      } else if (point.name().equals(START_TIME)) {
        series = new Series(Kind.PROCESS_START, text(point), 0);
      } else {
        continue;
      }
      if (!Double.isFinite(point.value()) || point.value() < 0) {
        return new Missing(
            "Expected a counter's value at %s, but %s is %s"
                .formatted(query.url(), text(point), point.value()));
      }
      if (counters.put(series, point.value()) != null) {
        return new Unreadable(
            "Expected each series once at %s, but %s is there twice"
                .formatted(query.url(), text(point)));
      }
    }
    if (!anyRequests || !anyBucket) {
      return new Missing(
          "Expected series of %s at %s, but there are none"
              .formatted(
                  anyRequests ? query.latencyHistogram() : query.requestsCounter(), query.url()));
    }
    return new Reading.Sample(at, counters);
  }

  private static double edge(Point point) {
    String edge = point.labels().getOrDefault(EDGE, "");
    return edge.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(edge);
  }

  private static String text(Point point) {
    Map<String, String> labels = new TreeMap<>(point.labels());
    labels.remove(EDGE);
    return point.name() + labels;
  }
}
