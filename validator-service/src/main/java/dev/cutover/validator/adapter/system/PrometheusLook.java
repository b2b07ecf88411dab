package dev.cutover.validator.adapter.system;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.contract.HttpQuestion;
import dev.cutover.contract.SystemCheck.Against;
import dev.cutover.contract.SystemCheck.PrometheusQuery;
import dev.cutover.validator.domain.SeriesJudge;
import dev.cutover.validator.domain.SeriesJudge.Compared;
import dev.cutover.validator.domain.SeriesJudge.Newest;
import dev.cutover.validator.domain.SeriesJudge.Value;
import dev.cutover.validator.domain.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.StringJoiner;

/**
 * Asks Prometheus. An answer with warnings may have left series out, and decides nothing (research,
 * monitor.md). An instant query's time is that of the question, never of the sample: how old
 * samples are is seen from a range.
 */
final class PrometheusLook {
  /** Old samples are shown as old, and not as missing. */
  private static final int RANGES_LOOKED_BACK = 5;

  private final Web web;
  private final Reach reach;

  PrometheusLook(Web web, Reach reach) {
    this.web = web;
    this.reach = reach;
  }

  Verdict look(PrometheusQuery check, Instant deadline) throws Unasked, InterruptedException {
    if (check.youngerThan().isPresent()) {
      Verdict fresh = fresh(check, check.youngerThan().get(), deadline);
      boolean more =
          check.atLeast().isPresent() || check.atMost().isPresent() || check.against().isPresent();
      if (!more || !(fresh instanceof Verdict.Match)) {
        return fresh;
      }
    }
    List<Value> values = values(check, check.query(), deadline);
    Optional<Compared> compared = Optional.empty();
    if (check.against().isPresent()) {
      Against against = check.against().get();
      compared =
          Optional.of(
              new Compared(
                  one(check, against.query(), deadline),
                  against.samplesQuery().isPresent()
                      ? OptionalDouble.of(one(check, against.samplesQuery().get(), deadline))
                      : OptionalDouble.empty()));
    }
    return SeriesJudge.judge(check, values, compared);
  }

  private Verdict fresh(PrometheusQuery check, Duration youngerThan, Instant deadline)
      throws Unasked, InterruptedException {
    String range =
        "%s[%ds]"
            .formatted(
                check.query(),
                youngerThan.multipliedBy(RANGES_LOOKED_BACK).plusSeconds(1).toSeconds());
    List<Newest> newest = new ArrayList<>();
    for (JsonNode series : result(check, range, "matrix", deadline)) {
      JsonNode samples = series.path("values");
      if (!samples.isEmpty()) {
        double seconds = samples.get(samples.size() - 1).path(0).asDouble();
        newest.add(new Newest(labels(series), Instant.ofEpochMilli((long) (seconds * 1_000))));
      }
    }
    return SeriesJudge.fresh(check, newest, youngerThan, reach.now());
  }

  private double one(PrometheusQuery check, String query, Instant deadline)
      throws Unasked, InterruptedException {
    List<Value> values = values(check, query, deadline);
    if (values.size() != 1) {
      throw new Unasked("Expected one series of '%s', but got %d".formatted(query, values.size()));
    }
    return values.getFirst().value();
  }

  private List<Value> values(PrometheusQuery check, String query, Instant deadline)
      throws Unasked, InterruptedException {
    JsonNode result = result(check, query, "vector", deadline);
    List<Value> values = new ArrayList<>();
    if (result.size() == 2 && result.get(1).isTextual()) { // a scalar
      values.add(new Value("the value", number(result.get(1))));
      return values;
    }
    for (JsonNode series : result) {
      values.add(new Value(labels(series), number(series.path("value").path(1))));
    }
    return values;
  }

  /** Prometheus writes {@code +Inf}. */
  private static double number(JsonNode value) {
    return switch (value.asText()) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      case String text -> {
        try {
          yield Double.parseDouble(text);
        } catch (NumberFormatException e) {
          yield Double.NaN;
        }
      }
    };
  }

  private JsonNode result(PrometheusQuery check, String query, String type, Instant deadline)
      throws Unasked, InterruptedException {
    HttpQuestion question =
        check
            .prometheus()
            .at(check.prometheus().url() + "/api/v1/query?query=" + Web.encoded(query));
    Web.Answer answer = web.get(question, deadline);
    JsonNode document = Web.json(question.url(), answer.body());
    if (!document.path("status").asText().equals("success")) {
      throw new Unasked(
          "Expected an answer to '%s', but Prometheus says: %s"
              .formatted(query, document.path("error").asText("status " + answer.status())));
    }
    if (!document.path("warnings").isEmpty()) {
      throw new Unasked(
          "Expected a whole answer to '%s', but Prometheus warns: %s"
              .formatted(query, document.path("warnings").get(0).asText()));
    }
    JsonNode data = document.path("data");
    String found = data.path("resultType").asText();
    if (!found.equals(type) && !(type.equals("vector") && found.equals("scalar"))) {
      throw new Unasked("Expected a %s of '%s', but got a %s".formatted(type, query, found));
    }
    return data.path("result");
  }

  private static String labels(JsonNode series) {
    StringJoiner labels = new StringJoiner(", ", "{", "}");
    series
        .path("metric")
        .properties()
        .forEach(
            label -> labels.add("%s=\"%s\"".formatted(label.getKey(), label.getValue().asText())));
    return labels.toString();
  }
}
