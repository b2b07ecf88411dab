package dev.cutover.monitor.adapter;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.cutover.contract.HttpStep;
import dev.cutover.contract.WatchSpec.Journey;
import dev.cutover.monitor.domain.Probe;
import dev.cutover.monitor.domain.ProbeResult.Outcome;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Walks journeys over HTTP, each request on a new connection: what a kept one would hide (a dead
 * listener, an expired certificate) is found. A step's {@code Host} header sets the name that is
 * asked for, while the connection goes to the address in the URL. Follows no redirects.
 *
 * <p>Reasons hold statuses and pointers, never bodies: those may be customers' data.
 */
public final class HttpProbe implements Probe {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]+)}");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final WebClient client;
  private final AtomicLong walks;

  /**
   * Walks by this client.
   *
   * @param firstWalk where <code>${unique}</code> begins to count; differs between processes
   */
  public HttpProbe(WebClient client, long firstWalk) {
    this.client = client;
    walks = new AtomicLong(firstWalk);
  }

  @Override
  public Outcome walk(String baseUrl, Journey journey) throws InterruptedException {
    long started = System.nanoTime();
    Map<String, String> variables = new HashMap<>();
    variables.put("unique", Long.toString(walks.getAndIncrement(), 36));
    for (HttpStep step : journey.steps()) {
      long leftMs = journey.timeoutMs() - (System.nanoTime() - started) / 1_000_000;
      if (leftMs <= 0) {
        return new Outcome.Failed(
            "Expected %s to end within %d ms, but it came only to step '%s'"
                .formatted(journey.name(), journey.timeoutMs(), step.name()));
      }
      try {
        take(baseUrl, step, (int) Math.min(step.timeoutMs(), leftMs), variables);
      } catch (StepFault fault) {
        return new Outcome.Failed("Step '%s': %s".formatted(step.name(), fault.getMessage()));
      }
    }
    return new Outcome.Passed(Duration.ofNanos(System.nanoTime() - started));
  }

  private void take(String baseUrl, HttpStep step, int timeoutMs, Map<String, String> variables)
      throws StepFault, InterruptedException {
    String what = step.method() + " " + step.path();
    HttpResponse<Buffer> answer = send(baseUrl, step, timeoutMs, variables, what);
    if (answer.statusCode() != step.expectedStatus()) {
      throw new StepFault(
          "expected status %d from %s, but got %d"
              .formatted(step.expectedStatus(), what, answer.statusCode()));
    }
    if (step.expectedJson().isEmpty() && step.extract().isEmpty()) {
      return;
    }
    JsonNode body = json(answer, what);
    for (Map.Entry<String, String> expected : step.expectedJson().entrySet()) {
      String wanted = expand(expected.getValue(), variables);
      JsonNode found = at(body, expected.getKey());
      if (!found.asText().equals(wanted) || found.isMissingNode()) {
        throw new StepFault(
            "expected '%s' at %s of %s, but it %s"
                .formatted(
                    wanted,
                    expected.getKey(),
                    what,
                    found.isMissingNode() ? "is missing" : "is another value"));
      }
    }
    for (Map.Entry<String, String> extract : step.extract().entrySet()) {
      JsonNode found = at(body, extract.getValue());
      if (found.isMissingNode()) {
        throw new StepFault(
            "expected a value at %s of %s, but it is missing".formatted(extract.getValue(), what));
      }
      variables.put(extract.getKey(), found.asText());
    }
  }

  private HttpResponse<Buffer> send(
      String baseUrl, HttpStep step, int timeoutMs, Map<String, String> variables, String what)
      throws StepFault, InterruptedException {
    String path = expand(step.path(), variables);
    if (!path.startsWith("/")) {
      throw new StepFault(
          "expected a path that begins with /, but got '%s'".formatted(step.path()));
    }
    try {
      HttpRequest<Buffer> request =
          client
              .requestAbs(HttpMethod.valueOf(step.method()), withoutSlash(baseUrl) + path)
              .connectTimeout(timeoutMs)
              .timeout(timeoutMs)
              .followRedirects(false);
      for (Map.Entry<String, String> header : step.headers().entrySet()) {
        String value = expand(header.getValue(), variables);
        if (header.getKey().equalsIgnoreCase("Host")) {
          request.virtualHost(value);
        } else {
          request.putHeader(header.getKey(), value);
        }
      }
      return (step.body().isPresent()
              ? request.sendBuffer(Buffer.buffer(expand(step.body().get(), variables)))
              : request.send())
          .toCompletionStage()
          .toCompletableFuture()
          .get(timeoutMs + 500L, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new StepFault("expected an answer to %s, but: %s".formatted(what, Cause.of(e)));
    } catch (TimeoutException e) {
      throw new StepFault("expected an answer to %s within %d ms".formatted(what, timeoutMs));
    } catch (IllegalArgumentException e) {
      throw new StepFault("expected a request that can be sent, but: " + e.getMessage());
    }
  }

  private static JsonNode json(HttpResponse<Buffer> answer, String what) throws StepFault {
    Buffer body = answer.body();
    try {
      JsonNode node = body == null ? MissingNode.getInstance() : JSON.readTree(body.getBytes());
      if (node == null || node.isMissingNode()) {
        throw new StepFault("expected JSON from %s, but the body is empty".formatted(what));
      }
      return node;
    } catch (JsonProcessingException e) {
      throw new StepFault("expected JSON from %s, but the body is none".formatted(what));
    } catch (IOException e) {
      throw new StepFault("expected JSON from %s, but it cannot be read".formatted(what));
    }
  }

  private static JsonNode at(JsonNode body, String pointer) throws StepFault {
    try {
      return body.at(JsonPointer.compile(pointer));
    } catch (IllegalArgumentException e) {
      throw new StepFault("expected a JSON pointer such as /id, but got '%s'".formatted(pointer));
    }
  }

  private static String expand(String text, Map<String, String> variables) throws StepFault {
    Matcher matcher = VARIABLE.matcher(text);
    StringBuilder expanded = new StringBuilder();
    while (matcher.find()) {
      String value = variables.get(matcher.group(1));
      if (value == null) {
        throw new StepFault(
            "expected an earlier step to extract '%s', but none did".formatted(matcher.group(1)));
      }
      matcher.appendReplacement(expanded, Matcher.quoteReplacement(value));
    }
    return matcher.appendTail(expanded).toString();
  }

  private static String withoutSlash(String baseUrl) {
    return baseUrl.endsWith("/") ? baseUrl.substring(0, baseUrl.length() - 1) : baseUrl;
  }

  /** Why a step did not do what was expected. */
  private static final class StepFault extends Exception {
    private static final long serialVersionUID = 1L;

    StepFault(String sentence) {
      super(sentence);
    }
  }
}
