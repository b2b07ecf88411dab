package dev.cutover.deploy.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.cutover.contract.Side;
import dev.cutover.deploy.demo.ShopStore.Item;
import dev.cutover.deploy.demo.ShopStore.OutcomeUnknown;
import dev.cutover.deploy.demo.ShopStore.Refused;
import dev.cutover.deploy.demo.ShopStore.Written;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One side of the sample shop: an ordinary web application that has never heard of a cutover. A
 * write that its database refuses is answered with 503 and {@code Retry-After}; reads go on. Every
 * answer says in {@code X-Side} which side gave it.
 *
 * <p>Statuses: 200 done, 400 not understood, 401 not logged in, 404 not there, 500 broken, 503
 * nothing was written, 504 nobody knows whether it was written.
 */
final class Shop implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(Shop.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int FAULTY_PERCENT = 30;
  private static final int SLOWNESS_MS = 1_500;

  private final Side side;
  private final ShopStore store;
  private final byte[] tokenKey;
  private final Random random;
  private final ShopMetrics metrics = new ShopMetrics();
  private final HttpServer server;
  private volatile Fault fault = Fault.NONE;

  /** Starts to serve on the address; fails if it is in use. */
  Shop(
      Vertx vertx,
      Side side,
      InetSocketAddress address,
      ShopStore store,
      byte[] tokenKey,
      long seed) {
    this.side = side;
    this.store = store;
    this.tokenKey = tokenKey.clone();
    this.random = new Random(seed);
    this.server =
        vertx.createHttpServer(
            new HttpServerOptions()
                .setHost(address.getHostString())
                .setPort(address.getPort())
                .setAcceptBacklog(1024));
    try {
      server.requestHandler(this::accept).listen().await(10, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException(
          "Expected to listen on " + address + " within 10 s, but nothing came of it.", e);
    }
  }

  int port() {
    return server.actualPort();
  }

  void suffer(Fault next) {
    fault = next;
  }

  ShopMetrics metrics() {
    return metrics;
  }

  @Override
  public void close() {
    try {
      server.close().await(5, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      LOGGER.atWarn().addKeyValue("side", side).log("server did not close in time");
    } finally {
      store.close();
    }
  }

  private record Answer(int status, JsonNode body) {}

  private static final class NotThere extends Exception {}

  private static final class NotLoggedIn extends Exception {}

  private void accept(HttpServerRequest request) {
    long started = System.nanoTime();
    if (request.path().equals("/metrics")) {
      request.response().putHeader("Content-Type", "text/plain; version=0.0.4").end(metrics.text());
      return;
    }
    request
        .body()
        .onSuccess(
            body -> Thread.ofVirtual().name("shop").start(() -> answer(request, body, started)));
  }

  private void answer(HttpServerRequest request, Buffer body, long started) {
    Answer answer = answerTo(request, body);
    if (!request.path().equals("/health")) {
      metrics.record(answer.status, System.nanoTime() - started);
    }
    var response =
        request
            .response()
            .setStatusCode(answer.status)
            .putHeader("X-Side", side.name())
            .putHeader("Content-Type", "application/json");
    if (answer.status == 503) {
      response.putHeader("Retry-After", "1");
    }
    response.end(answer.body.toString());
  }

  private Answer answerTo(HttpServerRequest request, Buffer body) {
    try {
      String[] path = request.path().substring(1).split("/", -1);
      if (!path[0].equals("health")) {
        sufferFrom(fault, path);
      }
      JsonNode in =
          body.length() == 0
              ? JsonNodeFactory.instance.objectNode()
              : JSON.readTree(body.getBytes());
      if (path[0].equals("login")) {
        return login(in);
      }
      if (request.method().name().equals("GET")) {
        return read(path);
      }
      requireToken(request);
      Written written = write(request.method().name(), path, in);
      if (written.rows().isEmpty() && written.deleted().isEmpty()) {
        throw new NotThere();
      }
      return new Answer(200, JSON.valueToTree(written));
    } catch (Refused e) {
      return failed(503, e);
    } catch (OutcomeUnknown e) {
      return failed(504, e);
    } catch (NotThere e) {
      return failed(404, e);
    } catch (NotLoggedIn e) {
      return failed(401, e);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return failed(400, e);
    } catch (SQLException
        | RuntimeException
        | InterruptedException
        | GeneralSecurityException
        | java.io.IOException e) {
      LOGGER.atDebug().setCause(e).addKeyValue("side", side).log("request failed");
      return failed(500, e);
    }
  }

  private void sufferFrom(Fault now, String[] path) throws InterruptedException {
    switch (now) {
      case NONE -> {}
      case ERRORS -> {
        if (random.nextInt(100) < FAULTY_PERCENT) {
          throw new IllegalStateException("the shop is broken");
        }
      }
      case LATENCY -> Thread.sleep(SLOWNESS_MS);
      case CRITICAL -> {
        if (path[path.length - 1].equals("checkout")) {
          throw new IllegalStateException("checkout is broken");
        }
      }
    }
  }

  private Answer read(String[] path) throws SQLException, NotThere {
    List<Row> rows =
        switch (path[0]) {
          case "health" -> store.read("health", "SELECT 1 AS ok");
          case "checkout" -> store.read("products", "SELECT * FROM shop.products WHERE id = 1");
          case "products" ->
              store.read(
                  "products", "SELECT * FROM shop.products WHERE id = ?", (int) number(path));
          case "customers" ->
              store.read("customers", "SELECT * FROM shop.customers WHERE id = ?", number(path));
          case "orders" ->
              store.read("orders", "SELECT * FROM shop.orders WHERE id = ?", number(path));
          case "documents" ->
              store.read(
                  "documents",
                  "SELECT * FROM shop.documents WHERE id = ?",
                  UUID.fromString(path[1]));
          default -> List.of();
        };
    if (rows.isEmpty()) {
      throw new NotThere();
    }
    return new Answer(200, JSON.valueToTree(rows.getFirst().columns()));
  }

  private Written write(String method, String[] path, JsonNode in)
      throws Refused, OutcomeUnknown, NotThere {
    return switch (method + " " + path[0] + (path.length > 2 ? "/" + path[2] : "")) {
      case "POST orders" ->
          store.placeOrder(
              in.path("customer").longValue(),
              in.path("note").asText(),
              in.path("attributes").toString(),
              items(in.path("items")));
      case "PATCH orders" -> store.setStatus(number(path), in.path("status").asText());
      case "POST orders/checkout" -> store.setStatus(number(path), "PAID");
      case "DELETE orders" -> store.deleteOrder(number(path));
      case "POST customers" ->
          store.addCustomer(in.path("name").asText(), in.path("email").asText());
      case "PATCH customers" -> store.credit(number(path), in.path("credit").intValue());
      case "DELETE customers" -> store.deleteCustomer(number(path));
      case "POST documents" ->
          store.addDocument(
              UUID.fromString(in.path("id").asText()),
              in.path("title").asText(),
              in.path("body").asText());
      case "PATCH documents" -> store.rename(UUID.fromString(path[1]), in.path("title").asText());
      case "POST audit" ->
          store.audit(UUID.fromString(in.path("batch").asText()), texts(in.path("actions")));
      case "POST reports" ->
          store.report(UUID.fromString(in.path("batch").asText()), in.path("holdMs").intValue());
      case "POST restock" ->
          store.restock(
              in.path("first").intValue(),
              in.path("second").intValue(),
              in.path("pauseMs").intValue());
      default -> throw new NotThere();
    };
  }

  private Answer login(JsonNode in) throws GeneralSecurityException, NotLoggedIn {
    String user = in.path("user").asText();
    if (user.isBlank() || !in.path("password").asText().equals("demo")) {
      throw new NotLoggedIn();
    }
    return new Answer(
        200, JsonNodeFactory.instance.objectNode().put("token", user + "." + signature(user)));
  }

  private void requireToken(HttpServerRequest request)
      throws GeneralSecurityException, NotLoggedIn {
    String header = request.getHeader("Authorization");
    int dot = header == null ? -1 : header.lastIndexOf('.');
    if (header == null || dot < 0 || !header.startsWith("Bearer ")) {
      throw new NotLoggedIn();
    }
    byte[] given = header.substring(dot + 1).getBytes(StandardCharsets.UTF_8);
    byte[] expected =
        signature(header.substring("Bearer ".length(), dot)).getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(given, expected)) {
      throw new NotLoggedIn();
    }
  }

  private String signature(String user) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(tokenKey, "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(user.getBytes(StandardCharsets.UTF_8)));
  }

  private static Answer failed(int status, Exception cause) {
    return new Answer(
        status,
        JsonNodeFactory.instance.objectNode().put("error", String.valueOf(cause.getMessage())));
  }

  private static long number(String[] path) {
    if (path.length < 2) {
      throw new IllegalArgumentException("expected a number in the path, but it ends before");
    }
    return Long.parseLong(path[1]);
  }

  private static List<Item> items(JsonNode in) {
    List<Item> items = new ArrayList<>();
    in.forEach(
        item ->
            items.add(new Item(item.path("product").intValue(), item.path("quantity").intValue())));
    if (items.isEmpty()) {
      throw new IllegalArgumentException("expected items, but the order has none");
    }
    return items;
  }

  private static List<String> texts(JsonNode in) {
    List<String> texts = new ArrayList<>();
    in.forEach(text -> texts.add(text.asText()));
    return texts;
  }
}
