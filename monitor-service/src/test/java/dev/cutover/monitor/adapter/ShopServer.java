package dev.cutover.monitor.adapter;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetServer;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A real HTTP server in process, whose behaviour is a function of the request. */
public final class ShopServer {
  private final HttpServer server;

  public ShopServer(Vertx vertx, Consumer<HttpServerRequest> behaviour) throws Exception {
    server =
        vertx
            .createHttpServer()
            .requestHandler(behaviour::accept)
            .listen(0, "127.0.0.1")
            .toCompletionStage()
            .toCompletableFuture()
            .get(5, TimeUnit.SECONDS);
  }

  public String url() {
    return "http://127.0.0.1:" + server.actualPort();
  }

  /** A server that says these bytes to whoever comes, then hangs up. */
  static NetServer raw(Vertx vertx, String bytes) throws Exception {
    return vertx
        .createNetServer()
        .connectHandler(
            socket -> socket.handler(_ -> socket.write(bytes).onComplete(_ -> socket.close())))
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .get(5, TimeUnit.SECONDS);
  }

  public void close() throws Exception {
    server.close().toCompletionStage().toCompletableFuture().get(5, TimeUnit.SECONDS);
  }
}
