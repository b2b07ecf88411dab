package dev.cutover.dns.haproxy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A web server of one side that answers with its name. */
public final class NamedServer implements AutoCloseable {
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;
  private final String name;

  public NamedServer(String name) throws IOException {
    this.name = name;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] body = name.getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.setExecutor(executor);
    server.start();
  }

  /** Its line in a backend. */
  public String line(String more) {
    return "  server %s 127.0.0.1:%d check inter 100ms rise 1 fall 1 %s\n"
        .formatted(name, server.getAddress().getPort(), more);
  }

  @Override
  public void close() {
    server.stop(0);
    executor.close();
  }
}
