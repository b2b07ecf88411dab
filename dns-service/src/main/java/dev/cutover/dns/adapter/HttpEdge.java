package dev.cutover.dns.adapter;

import dev.cutover.contract.EdgeProbe;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.domain.EdgeAnswer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Sends a request through an edge at one of its addresses, as a client of the name does: Host and
 * SNI are the name's. Each has a connection of its own, since behind an address are many machines.
 * Follows no redirect, sends no cookie. Safe for several threads.
 */
public final class HttpEdge implements AutoCloseable {
  private static final int CONNECT_MAX_MS = 2_000;
  private static final int CONNECTIONS_MAX = 64;
  private static final int BODY_BYTES_MAX = 64 << 10;

  /** Makes each URL another one, so that a cache which follows the standard has none of them. */
  private static final String UNCACHED = "cutover-probe";

  private final HttpClientOptions options;
  private final AtomicLong sent = new AtomicLong(System.nanoTime());
  private @Nullable Vertx vertx;
  private @Nullable HttpClient client;

  public HttpEdge() {
    this(new HttpClientOptions());
  }

  /** The same with trust of its own. */
  HttpEdge(HttpClientOptions options) {
    this.options =
        options
            .setKeepAlive(false)
            .setForceSni(true)
            .setVerifyHost(true)
            .setDecompressionSupported(true)
            .setConnectTimeout(CONNECT_MAX_MS);
  }

  /** What came through it; no failure is thrown. */
  public EdgeAnswer ask(ServerAddress edge, String name, EdgeProbe probe, Duration within) {
    String host = name.substring(0, name.length() - 1);
    String separator = probe.path().contains("?") ? "&" : "?";
    RequestOptions request =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setServer(SocketAddress.inetSocketAddress(edge.port(), edge.host()))
            .setHost(host)
            .setPort(edge.port())
            .setSsl(probe.tls())
            .setURI(
                "%s%s%s=%x".formatted(probe.path(), separator, UNCACHED, sent.incrementAndGet()))
            .setTimeout(within.toMillis())
            .putHeader("User-Agent", "cutover-dns-service")
            .putHeader("Accept", "*/*")
            .putHeader("Cache-Control", "no-cache");
    Future<EdgeAnswer> answer =
        opened()
            .request(request)
            .compose(HttpClientRequest::send)
            .compose(response -> read(response, probe));
    try {
      return answer
          .toCompletionStage()
          .toCompletableFuture()
          .get(within.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return new EdgeAnswer.Untold("no answer within %d ms".formatted(within.toMillis()));
    } catch (ExecutionException e) {
      return new EdgeAnswer.Untold(words(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new EdgeAnswer.Untold("the order was ended");
    }
  }

  private static Future<EdgeAnswer> read(HttpClientResponse response, EdgeProbe probe) {
    Buffer body = Buffer.buffer();
    Promise<EdgeAnswer> read = Promise.promise();
    response.handler(
        part -> {
          body.appendBuffer(part);
          if (body.length() >= BODY_BYTES_MAX) {
            read.tryComplete(answer(response, probe, body));
            response.request().reset();
          }
        });
    response.exceptionHandler(read::tryFail);
    response.endHandler(_ -> read.tryComplete(answer(response, probe, body)));
    return read.future();
  }

  private static EdgeAnswer answer(HttpClientResponse response, EdgeProbe probe, Buffer body) {
    return EdgeAnswer.of(
        probe,
        response.statusCode(),
        probe.header().flatMap(name -> Optional.ofNullable(response.getHeader(name))),
        Optional.ofNullable(response.getHeader("CF-Cache-Status")),
        body.toString(StandardCharsets.UTF_8));
  }

  private static String words(@Nullable Throwable cause) {
    return cause == null
        ? "no answer"
        : Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
  }

  /** Most switches have no edge: nothing is started for them. */
  private synchronized HttpClient opened() {
    HttpClient open = client;
    if (open == null) {
      Vertx started =
          Vertx.vertx(
              new VertxOptions()
                  .setEventLoopPoolSize(1)
                  .setWorkerPoolSize(1)
                  .setInternalBlockingPoolSize(1));
      open = started.createHttpClient(options, new PoolOptions().setHttp1MaxSize(CONNECTIONS_MAX));
      vertx = started;
      client = open;
    }
    return open;
  }

  @Override
  public synchronized void close() {
    if (vertx != null) {
      vertx.close().await();
      vertx = null;
      client = null;
    }
  }
}
