package dev.cutover.sync.adapter;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * In front of a real server, what Amazon's S3 does and that one does not:
 *
 * <ul>
 *   <li>tags: written with {@code x-amz-tagging}, counted in {@code x-amz-tagging-count} of a GET
 *       where there are some, read by {@code ?tagging} (API reference: PutObject, GetObject,
 *       GetObjectTagging);
 *   <li>policies of buckets: written whole, read back as they were, 404 {@code NoSuchBucketPolicy}
 *       without any (API reference: PutBucketPolicy, GetBucketPolicy); in force after a while, and
 *       until then by one request and not by the next (user guide, "Amazon S3 data consistency
 *       model": bucket configurations are eventually consistent). Whoever asks is known by the key
 *       of the signature; an explicit Deny wins whatever else allows (IAM user guide, "Policy
 *       evaluation logic"); {@code ArnNotEquals} is true of a request without that key (same guide,
 *       "Condition operators"). Everything that no Deny forbids is allowed. What another element
 *       says than those is refused, so that a test can't rest on it;
 *   <li>in the bucket {@code encrypted} tags of objects that are no MD5, as with SSE-KMS (API
 *       reference, "Object", ETag; trap E12).
 * </ul>
 */
final class AmazonFront implements AutoCloseable {
  private static final List<String> NOT_PASSED_ON =
      List.of(
          "host",
          "connection",
          "content-length",
          "expect",
          "x-amz-tagging",
          "upgrade",
          "transfer-encoding");

  private final HttpServer server;
  private final URI behind;
  private final HttpClient client = HttpClient.newHttpClient();
  private final Map<String, String> tags = new ConcurrentHashMap<>();
  private final BucketPolicies policies = new BucketPolicies();

  AmazonFront(URI behind) throws IOException {
    this.behind = behind;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::serve);
    server.start();
  }

  /** Policies of its buckets, and who is who. */
  BucketPolicies policies() {
    return policies;
  }

  URI endpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getRawPath();
      if ("tagging".equals(exchange.getRequestURI().getRawQuery())) {
        byte[] answer = tagging(path).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(200, answer.length);
        exchange.getResponseBody().write(answer);
        return;
      }
      byte[] body = exchange.getRequestBody().readAllBytes();
      if (policies.answers(exchange, body)) {
        return;
      }
      HttpResponse<byte[]> answer = passOn(exchange, body);
      if (exchange.getRequestMethod().equals("PUT") && answer.statusCode() == 200) {
        String given = exchange.getRequestHeaders().getFirst("x-amz-tagging");
        tags.put(path, given == null ? "" : given);
      }
      answer
          .headers()
          .map()
          .forEach(
              (name, values) -> {
                if (!NOT_PASSED_ON.contains(name)) {
                  exchange
                      .getResponseHeaders()
                      .put(name, values.stream().map(v -> tag(path, name, v)).toList());
                }
              });
      long count = pairs(path).count();
      if (exchange.getRequestMethod().equals("GET") && count > 0) {
        exchange.getResponseHeaders().set("x-amz-tagging-count", String.valueOf(count));
      }
      send(exchange, answer, path);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpResponse<byte[]> passOn(HttpExchange exchange, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(behind.resolve(exchange.getRequestURI().toString()))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              // Behind it the tags are others.
              boolean isTag = name.equalsIgnoreCase("if-match") && isEncrypted(exchange);
              if (!isTag && !NOT_PASSED_ON.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static boolean isEncrypted(HttpExchange exchange) {
    return exchange.getRequestURI().getPath().startsWith("/encrypted/");
  }

  private static void send(HttpExchange exchange, HttpResponse<byte[]> answer, String path) {
    try {
      if (exchange.getRequestMethod().equals("HEAD")) {
        answer
            .headers()
            .firstValue("content-length")
            .ifPresent(length -> exchange.getResponseHeaders().set("content-length", length));
        exchange.sendResponseHeaders(answer.statusCode(), -1);
        return;
      }
      byte[] body = answer.body();
      if (path.equals("/encrypted") || path.equals("/encrypted/")) {
        body =
            new String(body, StandardCharsets.UTF_8)
                .replaceAll("([0-9a-f]{30})[0-9a-f]{2}(&quot;|\"|<)", "ff$1$2")
                .getBytes(StandardCharsets.UTF_8);
      }
      exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
      if (body.length > 0) {
        exchange.getResponseBody().write(body);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Another one than the content's, of the same form. */
  private static String tag(String path, String header, String value) {
    return header.equalsIgnoreCase("etag") && path.startsWith("/encrypted/")
        ? value.replaceFirst("([0-9a-f]{30})[0-9a-f]{2}", "ff$1")
        : value;
  }

  private String tagging(String path) {
    return pairs(path)
        .map(
            pair ->
                "<Tag><Key>%s</Key><Value>%s</Value></Tag>".formatted(part(pair, 0), part(pair, 1)))
        .collect(Collectors.joining("", "<Tagging><TagSet>", "</TagSet></Tagging>"));
  }

  private Stream<String> pairs(String path) {
    return Stream.of(tags.getOrDefault(path, "").split("&")).filter(pair -> !pair.isEmpty());
  }

  private static String part(String pair, int index) {
    return URLDecoder.decode(pair.split("=", 2)[index], StandardCharsets.UTF_8)
        .replace("&", "&amp;")
        .replace("<", "&lt;");
  }

  @Override
  public void close() {
    server.stop(0);
    client.close();
  }
}
