package dev.cutover.monitor.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cutover.monitor.adapter.PrometheusText.Point;
import dev.cutover.monitor.domain.MetricSource;
import dev.cutover.monitor.domain.Reading;
import dev.cutover.monitor.domain.Reading.Kind;
import dev.cutover.monitor.domain.Reading.Missing;
import dev.cutover.monitor.domain.Reading.Sample;
import dev.cutover.monitor.domain.Reading.Series;
import dev.cutover.monitor.domain.Reading.Unreadable;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads raw counters of all a side's processes from a Prometheus server: {@code
 * http://host:9090/api/v1/query?match=side%3D%22target%22}. Differences are our own, never {@code
 * rate()}, which extrapolates (monitor.md trap 8). An instant vector may be five minutes old
 * without a sign (trap 5), so the samples' own times are asked for, and the oldest counts. An
 * answer with warnings is a part of the truth (trap 11), and is none.
 */
public final class PrometheusApiSource implements MetricSource {
  private static final String PATH = "/api/v1/query";
  private static final String MATCH = "match=";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final WebClient client;
  private final Duration timeout;
  private final InstantSource clock;

  /**
   * Reads by this client.
   *
   * @param timeout for each of the three queries of a look
   */
  public PrometheusApiSource(WebClient client, Duration timeout, InstantSource clock) {
    this.client = client;
    this.timeout = timeout;
    this.clock = clock;
  }

  /** Whether an address is such a server's, and not a page of metrics. */
  static boolean serves(String url) {
    try {
      return String.valueOf(URI.create(url).getPath()).endsWith(PATH);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public Reading read(Query query) throws InterruptedException {
    Instant now = clock.instant();
    String match = match(query.url());
    String address = query.url().replaceFirst("\\?.*", "");
    String requests = matching(query.requestsCounter(), match);
    try {
      List<Point> points = new ArrayList<>();
      Map<Map<String, String>, Long> takenAtMs = new HashMap<>();
      for (Point taken : ask(address, "timestamp(%s)".formatted(requests), now)) {
        takenAtMs.put(taken.labels(), Math.round(taken.value() * 1000));
      }
      for (Point point : ask(address, requests, now)) {
        Long atMs = takenAtMs.get(point.labels());
        points.add(
            new Point(
                SeriesSelector.parse(query.requestsCounter()).name(),
                point.labels(),
                point.value(),
                OptionalLong.of(atMs == null ? 0 : atMs))); // of unknown age: the oldest there is
      }
      if (!query.latencyHistogram().isBlank()) {
        SeriesSelector buckets = SeriesSelector.parse(query.latencyHistogram()).suffixed("_bucket");
        String selected = matching(bucketsOf(query.latencyHistogram()), match);
        for (Point bucket : ask(address, selected, now)) {
          points.add(
              new Point(buckets.name(), bucket.labels(), bucket.value(), OptionalLong.empty()));
        }
      }
      return withProcesses(PrometheusTextSource.counters(query, points, now), points);
    } catch (NoAnswer e) {
      return e.reading;
    } catch (IllegalArgumentException e) {
      return new Unreadable(Cause.of(e));
    }
  }

  /**
   * A process that came or went changes the sums by all that it ever counted: another set of
   * processes is told like another start of one.
   */
  private static Reading withProcesses(Reading reading, List<Point> points) {
    if (!(reading instanceof Sample sample)) {
      return reading;
    }
    TreeSet<String> processes = new TreeSet<>();
    points.forEach(
        point ->
            processes.add(
                point.labels().getOrDefault("job", "")
                    + " "
                    + point.labels().getOrDefault("instance", "")));
    Map<Series, Double> counters = new HashMap<>(sample.counters());
    counters.put(
        new Series(Kind.PROCESS_START, "set of processes", 0),
        (double) Integer.toUnsignedLong(processes.hashCode()));
    return new Sample(sample.at(), counters);
  }

  /** What the address says after {@code match=}. */
  private static String match(String url) {
    String parameters = String.valueOf(URI.create(url).getRawQuery());
    return parameters.startsWith(MATCH)
        ? URLDecoder.decode(parameters.substring(MATCH.length()), StandardCharsets.UTF_8)
        : "";
  }

  /** {@code name{a="b"}} with further matchers. */
  private static String matching(String selector, String match) {
    String text = selector.strip();
    if (match.isBlank()) {
      return text;
    }
    int end = text.lastIndexOf('}');
    if (end < 0) {
      return "%s{%s}".formatted(text, match);
    }
    String inner = text.substring(text.indexOf('{') + 1, end).strip();
    return text.substring(0, text.indexOf('{') + 1)
        + (inner.isEmpty() || inner.endsWith(",") ? inner : inner + ",")
        + match
        + "}";
  }

  private static String bucketsOf(String histogram) {
    String text = histogram.strip();
    int at = text.indexOf('{');
    return at < 0
        ? text + "_bucket"
        : text.substring(0, at).strip() + "_bucket" + text.substring(at);
  }

  private List<Point> ask(String address, String promql, Instant at)
      throws InterruptedException, NoAnswer {
    try {
      HttpResponse<Buffer> answer =
          client
              .getAbs(address)
              .addQueryParam("query", promql)
              .addQueryParam("time", at.toString())
              .addQueryParam("timeout", timeout.toMillis() + "ms")
              .timeout(timeout.toMillis())
              .send()
              .toCompletionStage()
              .toCompletableFuture()
              .get(timeout.toMillis() + 500, TimeUnit.MILLISECONDS);
      return points(address, promql, answer);
    } catch (ExecutionException e) {
      throw new NoAnswer(
          "Expected an answer of Prometheus at %s, but: %s".formatted(address, Cause.of(e)));
    } catch (TimeoutException e) {
      throw new NoAnswer(
          "Expected an answer of Prometheus at %s within %s, but got none"
              .formatted(address, timeout));
    }
  }

  private static List<Point> points(String address, String promql, HttpResponse<Buffer> answer)
      throws NoAnswer {
    JsonNode body;
    try {
      body = JSON.readTree(String.valueOf(answer.bodyAsString()));
    } catch (JsonProcessingException e) {
      throw new NoAnswer(
          "Expected JSON of Prometheus at %s, but got status %d and something else"
              .formatted(address, answer.statusCode()));
    }
    if (answer.statusCode() != 200 || !body.path("status").asText().equals("success")) {
      throw new NoAnswer(
          "Expected Prometheus at %s to answer %s, but got status %d: %s"
              .formatted(address, promql, answer.statusCode(), body.path("error").asText("?")));
    }
    if (!body.path("warnings").isEmpty()) {
      throw new NoAnswer(
          "Expected the whole truth of Prometheus at %s, but it warns: %s"
              .formatted(address, body.path("warnings").path(0).asText()));
    }
    List<Point> points = new ArrayList<>();
    for (JsonNode series : body.path("data").path("result")) {
      Map<String, String> labels = new HashMap<>();
      for (Map.Entry<String, JsonNode> label : series.path("metric").properties()) {
        if (!label.getKey().equals("__name__")) {
          labels.put(label.getKey(), label.getValue().asText());
        }
      }
      points.add(
          new Point(
              "", labels, number(series.path("value").path(1).asText()), OptionalLong.empty()));
    }
    if (points.isEmpty()) {
      throw new NoAnswer(
          new Missing(
              "Expected series of %s in Prometheus at %s, but there are none"
                  .formatted(promql, address)));
    }
    return points;
  }

  /** As Prometheus writes numbers; what is none is no counter's value, and is refused as such. */
  private static double number(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }

  /** Ends a look with what it gave. */
  private static final class NoAnswer extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Reading reading;

    NoAnswer(Reading reading) {
      this.reading = reading;
    }

    NoAnswer(String reason) {
      this(new Unreadable(reason));
    }
  }
}
