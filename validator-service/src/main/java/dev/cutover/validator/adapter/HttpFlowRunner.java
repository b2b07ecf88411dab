package dev.cutover.validator.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cutover.contract.DataCheck.HttpFlow;
import dev.cutover.contract.HttpStep;
import dev.cutover.contract.Template;
import dev.cutover.validator.domain.FlowRunner;
import dev.cutover.validator.domain.Verdict;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Runs flows over HTTP/1.1. Cookies last for one flow. An extraction is a JSON pointer, {@code
 * header:<name>}, or {@code regex:<pattern>} whose first group is taken from the body.
 */
public final class HttpFlowRunner implements FlowRunner {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SHOWN_MAX = 80;
  private static final int BODY_BYTES_MAX = 1 << 20;
  private static final String SECRET = "password";

  static {
    // A flow may ask an address for a name that does not lead there yet.
    if (System.getProperty("jdk.httpclient.allowRestrictedHeaders") == null) {
      System.setProperty("jdk.httpclient.allowRestrictedHeaders", "host");
    }
  }

  private final InstantSource clock;

  public HttpFlowRunner(InstantSource clock) {
    this.clock = clock;
  }

  /** Why a step did not go as expected. */
  private sealed interface Fault {
    /** The application answered otherwise, or the flow itself is wrong. */
    record Wrong(String sentence) implements Fault {}

    /** It could not be asked. */
    record Unasked(String sentence) implements Fault {}
  }

  @Override
  public Verdict run(HttpFlow flow, Map<String, String> variables, Instant deadline)
      throws InterruptedException {
    Map<String, String> known = new HashMap<>(variables);
    // A flow that creates something runs again and again, also from several processes.
    known.put("unique", UUID.randomUUID().toString());
    List<String> evidence = new ArrayList<>();
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .cookieHandler(new CookieManager())
            .build();
    try {
      for (int i = 0; i < flow.steps().size(); i++) {
        HttpStep step = flow.steps().get(i);
        Optional<Fault> fault = run(client, flow.baseUrl(), step, known, deadline, evidence);
        if (fault.isPresent()) {
          cleanUp(client, flow, i + 1, known, evidence);
          return verdict(step, fault.get(), known, evidence);
        }
      }
    } finally {
      client.shutdownNow();
    }
    return new Verdict.Match(
        "all %d steps are as expected".formatted(flow.steps().size()), evidence);
  }

  private static Verdict verdict(
      HttpStep step, Fault fault, Map<String, String> known, List<String> evidence) {
    return switch (fault) {
      case Fault.Wrong wrong ->
          new Verdict.Mismatch(
              "Step '%s': %s".formatted(step.name(), masked(wrong.sentence, known)), evidence);
      case Fault.Unasked unasked ->
          new Verdict.Inconclusive(
              "Step '%s': %s".formatted(step.name(), masked(unasked.sentence, known)), evidence);
    };
  }

  private Optional<Fault> run(
      HttpClient client,
      String baseUrl,
      HttpStep step,
      Map<String, String> known,
      Instant deadline,
      List<String> evidence)
      throws InterruptedException {
    Duration left = Duration.between(clock.instant(), deadline);
    if (left.isNegative() || left.isZero()) {
      return Optional.of(
          new Fault.Unasked("expected time to send it, but the deadline has passed"));
    }
    Optional<String> unknown = unknownVariable(step, known);
    if (unknown.isPresent()) {
      return wrong(
          "expected a value for ${%s}, but no step before it extracts one"
              .formatted(unknown.get()));
    }
    Duration timeout = Duration.ofMillis(Math.max(1, Math.min(step.timeoutMs(), left.toMillis())));
    long startedNanos = System.nanoTime();
    HttpResponse<String> response;
    try {
      response = exchange(client, request(baseUrl, step, known), timeout);
    } catch (TimeoutException e) {
      return wrong(
          "expected an answer within %d ms, but there was none".formatted(timeout.toMillis()));
    } catch (IOException e) {
      return Optional.of(
          new Fault.Unasked(
              "expected to reach %s, but %s: check the address and whether it is up"
                  .formatted(baseUrl, e)));
    } catch (IllegalArgumentException e) {
      return wrong("expected a request that can be sent, but " + e.getMessage());
    }
    long tookMs = (System.nanoTime() - startedNanos) / 1_000_000;
    evidence.add(
        "%s: %s answered %d in %d ms"
            .formatted(step.name(), step.method(), response.statusCode(), tookMs));
    if (response.statusCode() != step.expectedStatus()) {
      return wrong(
          "expected status %d, but found %d"
              .formatted(step.expectedStatus(), response.statusCode()));
    }
    if (tookMs > step.timeoutMs()) {
      return wrong(
          "expected the whole answer within %d ms, but it took %d"
              .formatted(step.timeoutMs(), tookMs));
    }
    return judge(step, response, known);
  }

  private static Optional<Fault> judge(
      HttpStep step, HttpResponse<String> response, Map<String, String> known) {
    for (Map.Entry<String, String> expected : step.expectedJson().entrySet()) {
      String wanted = new Template(expected.getValue()).fill(known, UnaryOperator.identity());
      Optional<String> found = json(response.body(), expected.getKey());
      if (!found.equals(Optional.of(wanted))) {
        return wrong(
            "expected '%s' at %s, but found %s"
                .formatted(
                    shown(wanted),
                    expected.getKey(),
                    found.map(value -> "'" + shown(value) + "'").orElse("nothing")));
      }
    }
    for (Map.Entry<String, String> wanted : step.extract().entrySet()) {
      Optional<String> value = extract(response, wanted.getValue());
      if (value.isEmpty()) {
        return wrong(
            "expected a value for ${%s} at %s, but found nothing"
                .formatted(wanted.getKey(), wanted.getValue()));
      }
      known.put(wanted.getKey(), value.get());
    }
    return Optional.empty();
  }

  /** The answers are not judged: the flow has failed already. */
  private void cleanUp(
      HttpClient client, HttpFlow flow, int from, Map<String, String> known, List<String> evidence)
      throws InterruptedException {
    for (HttpStep step : flow.steps().subList(from, flow.steps().size())) {
      if (!step.method().equalsIgnoreCase("DELETE") || unknownVariable(step, known).isPresent()) {
        continue;
      }
      try {
        HttpRequest request = request(flow.baseUrl(), step, known);
        Duration timeout = Duration.ofMillis(Math.max(1, step.timeoutMs()));
        int status = exchange(client, request, timeout).statusCode();
        evidence.add("%s: sent to clean up, answered %d".formatted(step.name(), status));
      } catch (IOException | TimeoutException | IllegalArgumentException e) {
        evidence.add(
            masked("%s: could not be sent to clean up: %s".formatted(step.name(), e), known));
      }
    }
  }

  /** The client's own time-out ends with the headers; this one covers the body too. */
  private static HttpResponse<String> exchange(
      HttpClient client, HttpRequest request, Duration timeout)
      throws IOException, TimeoutException, InterruptedException {
    CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request, BODY);
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } finally {
      answer.cancel(true);
    }
  }

  private static HttpRequest request(String baseUrl, HttpStep step, Map<String, String> known) {
    String path = new Template(step.path()).fill(known, HttpFlowRunner::inPath);
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("its path does not begin with a slash");
    }
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(baseUrl + path));
    step.headers()
        .forEach(
            (name, value) ->
                request.header(name, new Template(value).fill(known, UnaryOperator.identity())));
    HttpRequest.BodyPublisher body =
        step.body()
            .map(text -> HttpRequest.BodyPublishers.ofString(body(step, text, known)))
            .orElseGet(HttpRequest.BodyPublishers::noBody);
    return request.method(step.method(), body).build();
  }

  /** A value must not be able to break out of the body that the plan's author wrote. */
  private static String body(HttpStep step, String text, Map<String, String> known) {
    String type =
        step.headers().entrySet().stream()
            .filter(header -> header.getKey().equalsIgnoreCase("content-type"))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse("");
    UnaryOperator<String> escape =
        type.contains("json") || (type.isEmpty() && text.stripLeading().startsWith("{"))
            ? HttpFlowRunner::inJson
            : type.contains("form-urlencoded") ? HttpFlowRunner::inUrl : UnaryOperator.identity();
    return new Template(text).fill(known, escape);
  }

  private static Optional<String> unknownVariable(HttpStep step, Map<String, String> known) {
    List<String> texts = new ArrayList<>(step.headers().values());
    texts.addAll(step.expectedJson().values());
    texts.add(step.path());
    step.body().ifPresent(texts::add);
    return texts.stream().flatMap(text -> new Template(text).unknown(known).stream()).findFirst();
  }

  private static Optional<String> extract(HttpResponse<String> response, String from) {
    if (from.startsWith("header:")) {
      return response.headers().firstValue(from.substring("header:".length()).strip());
    }
    if (from.startsWith("regex:")) {
      try {
        Matcher matcher =
            Pattern.compile(from.substring("regex:".length())).matcher(response.body());
        return matcher.find() && matcher.groupCount() > 0
            ? Optional.ofNullable(matcher.group(1))
            : Optional.empty();
      } catch (PatternSyntaxException e) {
        return Optional.empty();
      }
    }
    return json(response.body(), from);
  }

  private static Optional<String> json(String body, String pointer) {
    try {
      JsonNode node = JSON.readTree(body).at(pointer);
      if (node.isMissingNode()) {
        return Optional.empty();
      }
      return Optional.of(node.isValueNode() ? node.asText() : node.toString());
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static final HttpResponse.BodyHandler<String> BODY =
      _ ->
          HttpResponse.BodySubscribers.limiting(
              HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8), BODY_BYTES_MAX);

  private static Optional<Fault> wrong(String sentence) {
    return Optional.of(new Fault.Wrong(sentence));
  }

  private static String inUrl(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** A whole path, as from a Location header, stays one; all else is one segment or parameter. */
  private static String inPath(String value) {
    return value.startsWith("/") ? value : inUrl(value);
  }

  private static String inJson(String value) {
    return new String(JsonStringEncoder.getInstance().quoteAsString(value));
  }

  private static String shown(String value) {
    return value.length() <= SHOWN_MAX ? value : value.substring(0, SHOWN_MAX) + "...";
  }

  private static String masked(String sentence, Map<String, String> known) {
    String secret = known.getOrDefault(SECRET, "");
    return secret.isEmpty() ? sentence : sentence.replace(secret, "***");
  }
}
