package dev.cutover.validator.adapter.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Pages by path and query, for APIs whose servers can't be had here. */
final class Pages implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, Page> pages = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();

  Pages() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  private record Page(int status, String body) {}

  Pages with(String path, int status, String body) {
    pages.put(path, new Page(status, body));
    return this;
  }

  /** Path, query and authorization of each request. */
  List<String> asked() {
    return asked;
  }

  String url() {
    return "http://127.0.0.1:" + port();
  }

  int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String authorization = String.valueOf(exchange.getRequestHeaders().getFirst("authorization"));
    asked.add(exchange.getRequestURI() + " " + authorization);
    Page page = pages.getOrDefault(exchange.getRequestURI().getPath(), new Page(404, "not found"));
    byte[] body = page.body.getBytes(UTF_8);
    exchange.sendResponseHeaders(page.status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
