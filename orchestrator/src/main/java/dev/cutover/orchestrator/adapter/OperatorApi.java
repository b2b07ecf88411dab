package dev.cutover.orchestrator.adapter;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The HTTP API of people and their tools: listens, finds out who asks, and hands over to the {@link
 * Route}s. Errors are {@code application/problem+json} (RFC 9457) with a sentence.
 */
public final class OperatorApi implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(10);

  /** A connection on which nothing moves; streams of events send something more often. */
  private static final Duration IDLE_MAX = Duration.ofMinutes(2);

  private static final int BODY_MAX = 512 * 1024;

  private final StatusBoard board;
  private final HttpServer server;

  /**
   * Where it listens.
   *
   * @param port 0 chooses a free one
   * @param tls how it proves who it is; without it tokens travel in the clear
   */
  public record Address(String host, int port, Optional<Tls> tls) {}

  /**
   * Two PEM files.
   *
   * @param certificate with its chain
   */
  public record Tls(Path certificate, Path key) {}

  /**
   * Starts to listen.
   *
   * @param board while it is not complete, nothing can be looked at
   * @throws IllegalStateException when it can't listen there
   */
  public OperatorApi(
      Vertx vertx, Address address, Identities identities, StatusBoard board, List<Route> routes) {
    this.board = board;
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(address.host())
            .setPort(address.port())
            .setIdleTimeout((int) IDLE_MAX.toSeconds())
            .setIdleTimeoutUnit(TimeUnit.SECONDS);
    address
        .tls()
        .ifPresent(
            tls ->
                options
                    .setSsl(true)
                    .setKeyCertOptions(
                        new PemKeyCertOptions()
                            .setCertPath(tls.certificate().toString())
                            .setKeyPath(tls.key().toString())));
    try {
      this.server =
          vertx
              .createHttpServer(options)
              .requestHandler(router(vertx, identities, routes))
              .listen()
              .toCompletionStage()
              .toCompletableFuture()
              .get(START_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "Expected to listen on %s:%d for the API, but %s"
              .formatted(address.host(), address.port(), e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while starting to listen for the API", e);
    }
  }

  /** The port that it listens on. */
  public int port() {
    return server.actualPort();
  }

  private Router router(Vertx vertx, Identities identities, List<Route> routes) {
    Router router = Router.router(vertx);
    ApiDocument document = new ApiDocument();
    router.get(ApiDocument.PATH).handler(document::serve);
    router.route().handler(new BearerAuthentication(identities));
    router.route().handler(OperatorApi::noForm);
    router.route().handler(BodyHandler.create(false).setBodyLimit(BODY_MAX));
    router.get().handler(this::whenRead);
    for (Route route : routes) {
      router
          .route(route.method(), route.pattern())
          .handler(context -> BearerAuthentication.authorize(context, route.roles()))
          .handler(
              context -> route.answering().accept(context, BearerAuthentication.person(context)));
    }
    router
        .route()
        .handler(
            context ->
                HttpAnswer.problem(
                    context,
                    404,
                    "Expected a known operation, but found %s %s"
                        .formatted(context.request().method(), context.request().path())));
    router.route().failureHandler(HttpAnswer::failure);
    return router;
  }

  /** Curl calls every body a form unless it is told otherwise; no form is ever expected here. */
  private static void noForm(RoutingContext context) {
    context.request().headers().remove(HttpHeaders.CONTENT_TYPE);
    context.next();
  }

  /** What is not read yet must not look as if it were not there. */
  private void whenRead(RoutingContext context) {
    if (board.complete()) {
      context.next();
    } else {
      HttpAnswer.problem(
          context, 503, "Expected the journal to be read, but it still is: ask again in a moment");
    }
  }

  @Override
  public void close() {
    try {
      server
          .close()
          .toCompletionStage()
          .toCompletableFuture()
          .get(START_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("Expected the API's server to stop", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
