package dev.cutover.dns.adapter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.cutover.runtime.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends one request to the API of Cloudflare and reads its envelope: {@code success}, {@code
 * errors}, {@code result}, {@code result_info}. Tries nothing again, follows no redirect. Safe for
 * several threads.
 */
final class CloudflareApi implements AutoCloseable {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration CONNECT_MAX = Duration.ofSeconds(2);
  private static final Duration ANSWER_MAX = Duration.ofSeconds(5);
  private static final int BODY_BYTES_MAX = 8 << 20;

  private final URI endpoint;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(CONNECT_MAX)
          .build();

  CloudflareApi(URI endpoint) {
    this.endpoint = endpoint;
  }

  /**
   * What came back, whatever its status.
   *
   * @param body missing if it is no JSON
   * @param retryAfter header of a 429
   */
  record Reply(int status, JsonNode body, Optional<Duration> retryAfter) {
    boolean succeeded() {
      return status / 100 == 2 && body.path("success").asBoolean(false);
    }

    JsonNode result() {
      return body.path("result");
    }
  }

  /**
   * Sends it.
   *
   * @param path below the endpoint, with its query
   * @param body of a POST or PATCH; a GET has none
   * @throws IOException if no answer came in time; the request may have taken effect
   * @throws InterruptedException likewise
   */
  Reply send(String method, String path, Optional<JsonNode> body, Secret token, Duration within)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(endpoint + path))
            .header("Authorization", "Bearer " + token.value())
            .header("Accept", "application/json");
    if (body.isPresent()) {
      request
          .header("Content-Type", "application/json")
          .method(method, BodyPublishers.ofString(JSON.writeValueAsString(body.get())));
    }
    HttpResponse<String> response =
        exchange(request.build(), within.compareTo(ANSWER_MAX) < 0 ? within : ANSWER_MAX);
    return new Reply(
        response.statusCode(),
        json(response.body()),
        response.headers().firstValue("Retry-After").flatMap(CloudflareApi::seconds));
  }

  /** The client's own time-out ends with the headers; this one covers the body too. */
  private HttpResponse<String> exchange(HttpRequest request, Duration timeout)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofString(), BODY_BYTES_MAX));
    try {
      return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new IOException("none came within %d ms".formatted(timeout.toMillis()), e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io
          ? io
          : new IOException(String.valueOf(e.getCause()), e);
    } finally {
      answer.cancel(true);
    }
  }

  private static JsonNode json(String text) {
    try {
      JsonNode read = JSON.readTree(text);
      return read == null ? MissingNode.getInstance() : read;
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance(); // a gateway's page: the status tells
    }
  }

  private static Optional<Duration> seconds(String text) {
    return text.matches("\\d{1,6}")
        ? Optional.of(Duration.ofSeconds(Long.parseLong(text)))
        : Optional.empty();
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
