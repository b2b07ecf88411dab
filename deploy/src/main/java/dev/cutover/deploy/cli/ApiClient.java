package dev.cutover.deploy.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The API, as one person asks it. What got no answer is asked again twice; a request keeps its
 * idempotency key, so that it has one effect. Refusals are thrown as {@link ApiFailure}.
 */
final class ApiClient {
  static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration ANSWER_MAX = Duration.ofSeconds(20);

  /** The API itself waits for a decision before each answer. */
  private static final Duration DECISION_MAX = Duration.ofMinutes(1);

  private static final int TRIES_MAX = 3;
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Pattern NEXT = Pattern.compile("<([^>]*)>; rel=\"next\"");

  private final URI api;
  private final String token;
  private final HttpClient http;

  ApiClient(URI api, String token, HttpClient http) {
    this.api = api;
    this.token = token;
    this.http = http;
  }

  /**
   * A page.
   *
   * @param next path of the next one; empty on the last
   */
  record Page(JsonNode json, Optional<String> next) {}

  JsonNode get(String path) throws InterruptedException {
    return page(path).json();
  }

  /** What is no JSON, as it is. */
  String text(String path) throws InterruptedException {
    return send(request(path).timeout(ANSWER_MAX).GET().build()).body();
  }

  Page page(String path) throws InterruptedException {
    HttpResponse<String> answer = send(request(path).timeout(ANSWER_MAX).GET().build());
    Optional<String> next =
        answer
            .headers()
            .firstValue("link")
            .map(NEXT::matcher)
            .filter(Matcher::find)
            .map(found -> found.group(1));
    return new Page(json(answer.body()), next);
  }

  /** Asks for something, and returns what was answered. */
  JsonNode post(String path, String type, String body) throws InterruptedException {
    return post(path, type, body, UUID.randomUUID().toString());
  }

  /**
   * Asks for something that what follows depends on: again with the same key, until the
   * orchestrator has decided. A request that is in the log only may still be refused.
   */
  JsonNode postUntilDecided(String path, String type, String body) throws InterruptedException {
    String key = UUID.randomUUID().toString();
    Instant deadline = Instant.now().plus(DECISION_MAX);
    while (true) {
      JsonNode answer = post(path, type, body, key);
      if (!Shown.text(answer, "outcome").equals("PENDING")) {
        return answer;
      }
      if (Instant.now().isAfter(deadline)) {
        throw new ApiFailure(
            "Expected the orchestrator to decide on request %s within %d s, but it did not: it is in the log, and may still take effect. Is an orchestrator running?"
                .formatted(Shown.text(answer, "requestId"), DECISION_MAX.toSeconds()));
      }
    }
  }

  private JsonNode post(String path, String type, String body, String key)
      throws InterruptedException {
    return json(
        send(request(path)
                .timeout(ANSWER_MAX)
                .header("content-type", type)
                .header("idempotency-key", key)
                .POST(BodyPublishers.ofString(body))
                .build())
            .body());
  }

  /** Opens a stream of events, after an id where there is one. The caller closes it. */
  InputStream events(String path, OptionalLong lastEventId)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        request(path).timeout(ANSWER_MAX).header("accept", "text/event-stream");
    lastEventId.ifPresent(id -> request.header("last-event-id", Long.toString(id)));
    HttpResponse<InputStream> answer = http.send(request.build(), BodyHandlers.ofInputStream());
    if (answer.statusCode() == 200) {
      return answer.body();
    }
    try (InputStream body = answer.body()) {
      String text = new String(body.readAllBytes(), StandardCharsets.UTF_8);
      if (answer.statusCode() == 503) {
        throw new IOException(sentence(text));
      }
      throw refusal(text);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(api.resolve(path)).header("authorization", "Bearer " + token);
  }

  private HttpResponse<String> send(HttpRequest request) throws InterruptedException {
    for (int tries = 1; ; tries++) {
      try {
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() / 100 == 2) {
          return answer;
        }
        if (answer.statusCode() != 503 || tries == TRIES_MAX) {
          throw refusal(answer.body());
        }
      } catch (IOException e) {
        if (tries == TRIES_MAX) {
          throw unreached(e);
        }
      }
      Thread.sleep(PAUSE.multipliedBy(tries));
    }
  }

  ApiFailure unreached(IOException cause) {
    String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new ApiFailure(
        "Expected the API at %s, but %s. Is it running? --api or CUTOVER_API names another"
            .formatted(api, why));
  }

  private static ApiFailure refusal(String problem) {
    List<String> faults = new ArrayList<>();
    try {
      JSON.readTree(problem).path("faults").forEach(fault -> faults.add(fault.asText()));
    } catch (JsonProcessingException e) {
      return new ApiFailure("Expected an answer of the API, but got: " + problem);
    }
    return new ApiFailure(sentence(problem), faults);
  }

  private static String sentence(String problem) {
    try {
      return JSON.readTree(problem).path("detail").asText(problem);
    } catch (JsonProcessingException e) {
      return problem;
    }
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new ApiFailure("Expected JSON from the API, but got: " + text);
    }
  }
}
