package dev.cutover.dns.cloudflare;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Cloudflare's edge on two addresses of this machine, and an origin for each side: every request is
 * sent on to the origin that the record, or the pool that is drawn, says at that moment. Origins
 * are asked at the port that the edge was (fundamentals, network ports), so that all have the same.
 */
public final class CloudflareEdge implements AutoCloseable {
  /** What the name servers answer with. */
  public static final List<String> ADDRESSES = List.of("127.0.71.1", "127.0.71.2");

  /** Content of the source's records, endpoint of its pool. */
  public static final String SOURCE = "127.0.72.1";

  /** Likewise of the target. */
  public static final String TARGET = "127.0.72.2";

  /** Tells the side, which is a word of the body too. */
  public static final String HEADER = "x-served-by";

  private static final int BINDS_MAX = 20;

  /** Each connection has its own (RFC 9110 7.6.1). */
  private static final Set<String> OWN =
      Set.of(
          "connection",
          "content-length",
          "date",
          "expect",
          "host",
          "http2-settings",
          "transfer-encoding",
          "upgrade");

  private final Function<String, Optional<String>> origins;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();
  private final Map<String, HttpServer> servers = new HashMap<>();
  private final Map<String, Function<String, Optional<String>>> held = new ConcurrentHashMap<>();
  private final int port;

  /** Bodies are texts, byte by byte. */
  private record Answer(int status, Map<String, String> headers, String body) {}

  /**
   * Starts all of them.
   *
   * @param origins where a host's request is sent now
   */
  public CloudflareEdge(Function<String, Optional<String>> origins) throws IOException {
    this.origins = origins;
    port = bind(0, List.of(ADDRESSES.getFirst(), ADDRESSES.getLast(), SOURCE, TARGET));
    ADDRESSES.forEach(this::proxied);
    servers.get(SOURCE).createContext("/", exchange -> serve("blue", exchange));
    servers.get(TARGET).createContext("/", exchange -> serve("green", exchange));
    servers.values().forEach(this::start);
  }

  /**
   * Starts an edge alone, for origins that are there already.
   *
   * @param port theirs
   */
  public CloudflareEdge(
      List<String> addresses, int port, Function<String, Optional<String>> origins)
      throws IOException {
    this.origins = origins;
    this.port = bind(port, addresses);
    addresses.forEach(this::proxied);
    servers.values().forEach(this::start);
  }

  private void proxied(String address) {
    servers.get(address).createContext("/", exchange -> proxy(address, exchange));
  }

  private void start(HttpServer server) {
    server.setExecutor(executor);
    server.start();
  }

  /** The same port everywhere; a free one for 0. */
  private int bind(int wanted, List<String> addresses) throws IOException {
    // Else each answer waits 40 ms for an acknowledgement of its headers.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    for (int attempt = 1; ; attempt++) {
      int bound = wanted;
      try {
        for (String address : addresses) {
          HttpServer server = HttpServer.create(new InetSocketAddress(address, bound), 0);
          servers.put(address, server);
          bound = server.getAddress().getPort();
        }
        return bound;
      } catch (BindException e) {
        servers.values().forEach(server -> server.stop(0));
        servers.clear();
        if (attempt == BINDS_MAX) {
          throw e;
        }
      }
    }
  }

  public int port() {
    return port;
  }

  /** Every address learns what has changed. */
  public void release() {
    held.clear();
  }

  /** Lets that address go on with what it knows of a host. */
  public void hold(String address, String host) {
    Optional<String> known = origins.apply(host);
    held.put(address, asked -> asked.equals(host) ? known : origins.apply(asked));
  }

  /** Some machines behind that address know of a change, and others don't: every other request. */
  public void mix(String address, String host) {
    Optional<String> known = origins.apply(host);
    AtomicInteger asked = new AtomicInteger();
    held.put(
        address,
        of -> of.equals(host) && asked.incrementAndGet() % 2 == 0 ? known : origins.apply(of));
  }

  private void proxy(String address, HttpExchange exchange) throws IOException {
    try (exchange) {
      String host =
          Optional.ofNullable(exchange.getRequestHeaders().getFirst("Host"))
              .orElse("")
              .replaceFirst(":\\d+$", "");
      Answer answer = fetched(address, host, exchange);
      answer.headers().forEach(exchange.getResponseHeaders()::set);
      // Cache docs, cache responses: nothing here is kept.
      exchange.getResponseHeaders().set("CF-Cache-Status", "DYNAMIC");
      exchange.getResponseHeaders().set("Server", "cloudflare");
      send(exchange, answer.status(), answer.body().getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  private Answer fetched(String address, String host, HttpExchange exchange) throws IOException {
    Optional<String> origin = held.getOrDefault(address, origins).apply(host);
    if (origin.isEmpty()) {
      return error(530); // 1016: origin DNS error
    }
    URI uri = exchange.getRequestURI();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://%s:%d%s".formatted(origin.get(), port, uri)))
            .timeout(Duration.ofSeconds(10))
            .method(
                exchange.getRequestMethod(),
                BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> request.header(name, value));
              }
            });
    try {
      HttpResponse<byte[]> response = client.send(request.build(), BodyHandlers.ofByteArray());
      Map<String, String> headers = new HashMap<>();
      response
          .headers()
          .map()
          .forEach(
              (name, values) -> {
                if (!OWN.contains(name.toLowerCase(Locale.ROOT))) {
                  headers.put(name, values.getFirst());
                }
              });
      return new Answer(
          response.statusCode(), headers, new String(response.body(), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return error(521); // support docs: web server is down
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static Answer error(int status) {
    return new Answer(status, Map.of(), "error code: " + status);
  }

  private static void serve(String side, HttpExchange exchange) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set(HEADER, side);
      send(exchange, 200, ("served by " + side).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    servers.values().forEach(server -> server.stop(0));
    client.shutdownNow();
    executor.shutdownNow();
  }
}
