package dev.cutover.orchestrator.outbound;

import dev.cutover.contract.FailureKind;
import dev.cutover.runtime.AllowedHosts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * HTTP to hosts that are allowed. Follows no redirect: it could lead anywhere. Reads a bounded part
 * of an answer. Sends once: only the orchestrator tries again. Safe for several threads.
 */
final class HttpSender implements AutoCloseable {
  private static final int BODY_BYTES_MAX = 1 << 20;

  /** Answers of 400 to 499 that may change by themselves: RFC 9110, RFC 8470, RFC 6585. */
  private static final Set<Integer> PASSING = Set.of(408, 425, 429);

  private final AllowedHosts hosts;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  HttpSender(AllowedHosts hosts) {
    this.hosts = hosts;
  }

  /** What came back, whatever its status. */
  record Answer(int status, String body, long tookMs) {}

  /**
   * Sends a request.
   *
   * @param shown the address as it may be shown: without secrets
   * @param body empty means none
   */
  Answer send(
      String method,
      String url,
      String shown,
      Map<String, String> headers,
      String body,
      Deadline deadline)
      throws Refused, InterruptedException {
    if (!hosts.permits(url)) {
      throw Refused.unsuitable(
          "Expected an HTTP address of a host that OUTBOUND_HOSTS allows, but it is " + shown);
    }
    HttpRequest request;
    try {
      HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(url));
      headers.forEach(builder::header);
      request =
          builder
              .method(
                  method,
                  body.isEmpty()
                      ? HttpRequest.BodyPublishers.noBody()
                      : HttpRequest.BodyPublishers.ofString(body))
              .build();
    } catch (IllegalArgumentException e) {
      throw Refused.unsuitable(
          "Expected a request to %s that can be sent, but its method or a header is not allowed"
              .formatted(shown));
    }
    long startedNanos = System.nanoTime();
    HttpResponse<String> response = exchange(request, shown, deadline.left());
    return new Answer(
        response.statusCode(), response.body(), (System.nanoTime() - startedNanos) / 1_000_000);
  }

  /** The client's own time-out ends with the headers; this one covers the body too. */
  private HttpResponse<String> exchange(HttpRequest request, String shown, Duration timeout)
      throws Refused, InterruptedException {
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(request, _ -> new BoundedBody(BODY_BYTES_MAX));
    try {
      return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new Refused(
          FailureKind.TIMED_OUT,
          true,
          "Expected %s to answer within %d ms, but it did not"
              .formatted(shown, timeout.toMillis()));
    } catch (ExecutionException e) {
      String why =
          e.getCause() instanceof IOException io
              ? io.getClass().getSimpleName()
                  + (io.getMessage() == null ? "" : ": " + io.getMessage())
              : String.valueOf(e.getCause());
      throw Refused.unreachable("Expected to reach %s, but %s".formatted(shown, why));
    } finally {
      answer.cancel(true);
    }
  }

  /** A refusal for a status that does not mean success; says whether it may pass by itself. */
  static Refused refusal(String shown, int status, String wanted, String excerpt) {
    boolean retryable = status >= 500 || PASSING.contains(status);
    return new Refused(
        status >= 500 ? FailureKind.UNREACHABLE : FailureKind.REFUSED,
        retryable,
        "Expected %s to answer %s, but it answered %d%s"
            .formatted(
                shown,
                wanted,
                status,
                status >= 300 && status < 400
                    ? ": a redirect, which is not followed"
                    : excerpt.isEmpty() ? "" : ": " + excerpt));
  }

  /** Shows an address without what may be secret in it. */
  static String shown(String url) {
    try {
      URI uri = URI.create(url);
      return "%s://%s%s".formatted(uri.getScheme(), uri.getAuthority(), uri.getRawPath());
    } catch (IllegalArgumentException e) {
      return "an address that can't be read";
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
