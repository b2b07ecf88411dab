package dev.cutover.validator.adapter.system;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cutover.contract.HttpQuestion;
import dev.cutover.contract.Template;
import dev.cutover.runtime.ConfigException;
import dev.cutover.runtime.Credentials;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/** Asks over HTTP/1.1 and follows no redirect. No sentence of it has a secret. */
final class Web implements AutoCloseable {
  static final ObjectMapper JSON = new ObjectMapper();

  /** Documents of hundreds of queues or instances; more is no answer to a question. */
  private static final int BODY_BYTES_MAX = 8 << 20;

  private static final HttpResponse.BodyHandler<String> BODY =
      _ ->
          HttpResponse.BodySubscribers.limiting(
              HttpResponse.BodySubscribers.ofString(StandardCharsets.UTF_8), BODY_BYTES_MAX);

  private final Reach reach;
  private final Credentials credentials;
  private final HttpClient client;

  Web(Reach reach, Credentials credentials, SSLContext tls) {
    this.reach = reach;
    this.credentials = credentials;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .sslContext(tls)
            .build();
  }

  /** What was answered. */
  record Answer(int status, String body) {}

  /** The document at an address. Any other status than 200, and what is no JSON, says nothing. */
  JsonNode json(HttpQuestion question, Instant deadline) throws Unasked, InterruptedException {
    return json(question.url(), text(question, deadline));
  }

  static JsonNode json(String url, String body) throws Unasked {
    try {
      JsonNode document = JSON.readTree(body);
      if (document.isMissingNode()) {
        throw new Unasked("Expected JSON from %s, but got nothing".formatted(plain(url)));
      }
      return document;
    } catch (JsonProcessingException e) {
      throw new Unasked(
          "Expected JSON from %s, but got %d characters of something else"
              .formatted(plain(url), body.length()),
          e);
    }
  }

  String text(HttpQuestion question, Instant deadline) throws Unasked, InterruptedException {
    Answer answer = get(question, deadline);
    if (answer.status != 200) {
      throw new Unasked(
          "Expected status 200 from %s, but got %d"
              .formatted(plain(question.url()), answer.status));
    }
    return answer.body;
  }

  Answer get(HttpQuestion question, Instant deadline) throws Unasked, InterruptedException {
    return send(question, Optional.empty(), deadline);
  }

  /** Sends JSON to an address. */
  Answer post(HttpQuestion question, String json, Instant deadline)
      throws Unasked, InterruptedException {
    return send(question, Optional.of(json), deadline);
  }

  /** The client's own time-out ends with the headers; this one covers the body too. */
  private Answer send(HttpQuestion question, Optional<String> json, Instant deadline)
      throws Unasked, InterruptedException {
    reach.require(question.url());
    Duration timeout = reach.within(question.timeoutMs(), deadline);
    HttpRequest request = request(question, json);
    CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request, BODY);
    try {
      HttpResponse<String> response = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(response.statusCode(), response.body());
    } catch (TimeoutException e) {
      throw new Unasked(
          "Expected an answer of %s within %d ms, but there was none"
              .formatted(plain(question.url()), timeout.toMillis()),
          e);
    } catch (ExecutionException e) {
      throw new Unasked(
          "Expected to reach %s, but %s: check the address and whether it is up"
              .formatted(plain(question.url()), cause(e)),
          e);
    } finally {
      answer.cancel(true);
    }
  }

  private HttpRequest request(HttpQuestion question, Optional<String> json) throws Unasked {
    try {
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(question.url()));
      Optional<Credentials.Credential> login =
          question.credential().map(name -> credentials.of(name, "application"));
      Map<String, String> variables =
          login
              .map(found -> Map.of("user", found.user(), "password", found.password().value()))
              .orElse(Map.of());
      question
          .headers()
          .forEach((name, value) -> request.header(name, new Template(value).fill(variables)));
      boolean placed =
          question.headers().values().stream().anyMatch(value -> value.contains("${password}"));
      if (!placed) {
        login.ifPresent(found -> request.header("authorization", authorization(found)));
      }
      json.ifPresent(
          body ->
              request
                  .header("content-type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofString(body)));
      return request.build();
    } catch (ConfigException e) {
      throw new Unasked(String.valueOf(e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      // Its message may quote a header.
      throw new Unasked(
          "Expected an address and headers that can be sent to %s, but they can't"
              .formatted(plain(question.url())));
    }
  }

  private static String authorization(Credentials.Credential login) {
    String password = login.password().value();
    return login.user().equals("bearer")
        ? "Bearer " + password
        : "Basic "
            + Base64.getEncoder()
                .encodeToString((login.user() + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  private static String cause(ExecutionException e) {
    Throwable cause = e.getCause();
    return cause instanceof IOException && cause.getMessage() != null
        ? cause.getMessage()
        : cause == null ? "it failed" : cause.getClass().getSimpleName();
  }

  /** Without the query: it may be long, and may have a key of the team. */
  private static String plain(String url) {
    int query = url.indexOf('?');
    return query < 0 ? url : url.substring(0, query);
  }

  static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
