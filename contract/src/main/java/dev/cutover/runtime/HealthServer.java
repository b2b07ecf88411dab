package dev.cutover.runtime;

import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Tells the platform the truth over HTTP: {@code /live} while the loop turns, {@code /ready} while
 * it also has its assignment and has replayed it, {@code /metrics} for Prometheus; 404 for the
 * rest.
 */
public final class HealthServer implements AutoCloseable {
  private static final long TIMEOUT_SECONDS = 10;

  private final Supplier<Health> health;
  private final PrometheusMeterRegistry registry;
  private final JvmGcMetrics gcMetrics = new JvmGcMetrics();
  private final HttpServer server;

  /**
   * What a service says of itself.
   *
   * @param sentence why it is not ready; anything when it is
   */
  public record Health(boolean live, boolean ready, String sentence) {}

  /**
   * Starts to listen.
   *
   * @param port 0 chooses a free one
   * @throws IllegalStateException when the port is in use
   */
  public HealthServer(Vertx vertx, int port, Supplier<Health> health) {
    this.health = health;
    this.registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new JvmMemoryMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    gcMetrics.bindTo(registry);
    try {
      this.server =
          vertx
              .createHttpServer()
              .requestHandler(this::answer)
              .listen(port)
              .toCompletionStage()
              .toCompletableFuture()
              .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(
          "Expected to listen on port %d for health, but %s: choose another port"
              .formatted(port, e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while starting to listen for health", e);
    }
  }

  /** Returns the port that it listens on. */
  public int port() {
    return server.actualPort();
  }

  /** Returns where a service registers its own meters. */
  public PrometheusMeterRegistry registry() {
    return registry;
  }

  private void answer(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    Health now = health.get();
    var _ =
        switch (request.path()) {
          case "/live" ->
              response
                  .setStatusCode(now.live() ? 200 : 503)
                  .end(now.live() ? "live" : now.sentence());
          case "/ready" ->
              response
                  .setStatusCode(now.ready() ? 200 : 503)
                  .end(now.ready() ? "ready" : now.sentence());
          case "/metrics" ->
              response
                  .putHeader("content-type", "text/plain; version=0.0.4; charset=utf-8")
                  .end(registry.scrape());
          default -> response.setStatusCode(404).end();
        };
  }

  @Override
  public void close() {
    try {
      server
          .close()
          .toCompletionStage()
          .toCompletableFuture()
          .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("Expected the health server to stop", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      gcMetrics.close();
      registry.close();
    }
  }
}
