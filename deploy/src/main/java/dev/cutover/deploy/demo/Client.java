package dev.cutover.deploy.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cutover.contract.Side;
import dev.cutover.deploy.demo.Clients.Outcome;
import dev.cutover.deploy.demo.GapMeter.Gap;
import dev.cutover.deploy.demo.ShopStore.Written;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One customer: a session, a resolver's cache, and the orders and documents that are theirs. */
final class Client {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration ANSWER_MAX = Duration.ofSeconds(10);

  /** Products are numbered from 1. */
  static final int PRODUCTS = 2000;

  /** Products above this number are restocked, two at a time and in opposite orders. */
  static final int RESTOCKED = 1990;

  private final int number;
  private final TtlCache cache;
  private final HttpClient http;
  private final int port;
  private final Ledger ledger;
  private final Clients all;
  private final ReentrantLock lock = new ReentrantLock();
  private final Random random;
  private final List<String> orders = new ArrayList<>();
  private final List<String> documents = new ArrayList<>();
  private final List<String> customers = new ArrayList<>();
  private final GapMeter gapMeter;
  private volatile @Nullable String token;

  Client(
      int number,
      TtlCache cache,
      HttpClient http,
      int port,
      long seed,
      Ledger ledger,
      Clients all) {
    this.number = number;
    this.gapMeter = new GapMeter(number);
    this.cache = cache;
    this.http = http;
    this.port = port;
    this.random = new Random(seed);
    this.ledger = ledger;
    this.all = all;
  }

  TtlCache cache() {
    return cache;
  }

  List<Gap> gaps() {
    return gapMeter.gaps();
  }

  /** Writes one thing of the usual mixture: of a hundred, sixty are new orders. */
  void writeSomething(long seed) {
    Random dice = new Random(seed);
    int throwOf = dice.nextInt(100);
    String order =
        throwOf >= 60 && throwOf < 81 ? one(orders, throwOf >= 75 && throwOf < 79) : null;
    String document = throwOf >= 81 && throwOf < 87 ? one(documents, false) : null;
    String customer = throwOf >= 90 && throwOf < 93 ? one(customers, false) : null;
    if (order != null && throwOf < 75) {
      write(
          "PATCH",
          "/orders/" + order,
          object().put("status", dice.nextBoolean() ? "PACKED" : "SHIPPED"));
    } else if (order != null && throwOf < 79) {
      write("DELETE", "/orders/" + order, object());
    } else if (order != null) {
      write("POST", "/orders/" + order + "/checkout", object());
    } else if (document != null) {
      write("PATCH", "/documents/" + document, object().put("title", "renamed " + dice.nextInt()));
    } else if (customer != null) {
      write("PATCH", "/customers/" + customer, object().put("credit", dice.nextInt(1000)));
    } else if (throwOf >= 87 && throwOf < 90) {
      write(
          "POST",
          "/customers",
          object().put("name", "client " + number).put("email", uuid(dice) + "@shop.test"));
    } else if (throwOf >= 93 && throwOf < 96) {
      write(
          "POST",
          "/documents",
          object().put("id", uuid(dice)).put("title", "letter").put("body", letter(dice)));
    } else if (throwOf >= 96) {
      ArrayNode actions = JsonNodeFactory.instance.arrayNode();
      dice.ints(15).forEach(i -> actions.add("clicked " + i));
      write("POST", "/audit", object().put("batch", uuid(dice)).set("actions", actions));
    } else {
      write("POST", "/orders", order(dice));
    }
  }

  void writeLongReport() {
    write(
        "POST",
        "/reports",
        object().put("batch", UUID.randomUUID().toString()).put("holdMs", 1500));
  }

  void restock(int first, int second) {
    write(
        "POST", "/restock", object().put("first", first).put("second", second).put("pauseMs", 30));
  }

  void readSomething() {
    String order = one(orders, false);
    TtlCache.Answer at = resolve();
    if (at == null) {
      return;
    }
    Outcome outcome = Outcome.FAILED;
    try {
      HttpResponse<byte[]> response =
          send(at, "GET", order == null ? "/products/1" : "/orders/" + order, null);
      // 404: deleted meanwhile by the same client
      outcome =
          response.statusCode() == 200 || response.statusCode() == 404
              ? Outcome.ACKNOWLEDGED
              : Outcome.FAILED;
    } catch (IOException e) {
      outcome = Outcome.REFUSED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    all.countRead(all.sideAt(at.address()), outcome);
  }

  private void write(String method, String path, JsonNode body) {
    long write = all.nextWrite();
    TtlCache.Answer at = resolve();
    if (at == null) {
      return;
    }
    Instant sent = Instant.now();
    Outcome outcome;
    try {
      HttpResponse<byte[]> response = send(at, method, path, body);
      outcome =
          switch (response.statusCode()) {
            case 200 -> Outcome.ACKNOWLEDGED;
            case 503 -> Outcome.REFUSED;
            case 504 -> Outcome.UNCERTAIN;
            default -> Outcome.FAILED;
          };
      if (outcome == Outcome.ACKNOWLEDGED) {
        remember(write, response);
      }
    } catch (ConnectException | HttpConnectTimeoutException e) {
      outcome = Outcome.REFUSED;
    } catch (IOException e) {
      outcome = Outcome.UNCERTAIN;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      outcome = Outcome.UNCERTAIN;
    }
    if (outcome == Outcome.UNCERTAIN) {
      ledger.doubt(method.equals("DELETE") ? path.substring("/orders/".length()) : null);
    }
    Side side = all.sideAt(at.address());
    if (outcome == Outcome.REFUSED) {
      gapMeter.refused(sent);
    } else if (outcome == Outcome.ACKNOWLEDGED) {
      gapMeter.acknowledged(sent, Instant.now(), at.changedAt(), side);
    }
    all.countWrite(side, outcome);
  }

  private TtlCache.@Nullable Answer resolve() {
    try {
      return cache.resolve();
    } catch (IOException e) {
      all.countUnresolved();
      return null;
    }
  }

  private HttpResponse<byte[]> send(
      TtlCache.Answer at, String method, String path, @Nullable JsonNode body)
      throws IOException, InterruptedException {
    String session = token;
    if (session == null && body != null) {
      session = logIn(at);
    }
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://" + at.address().getHostAddress() + ":" + port + path))
            .timeout(ANSWER_MAX)
            .method(
                method,
                body == null
                    ? BodyPublishers.noBody()
                    : BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)));
    if (session != null) {
      request.header("Authorization", "Bearer " + session);
    }
    return http.send(request.build(), BodyHandlers.ofByteArray());
  }

  private @Nullable String logIn(TtlCache.Answer at) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create("http://" + at.address().getHostAddress() + ":" + port + "/login"))
            .timeout(ANSWER_MAX)
            .POST(
                BodyPublishers.ofString(
                    object().put("user", "client" + number).put("password", "demo").toString()))
            .build();
    HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
    token =
        response.statusCode() == 200 ? JSON.readTree(response.body()).path("token").asText() : null;
    return token;
  }

  private void remember(long write, HttpResponse<byte[]> response) throws IOException {
    Written written = JSON.readValue(response.body(), Written.class);
    Side side =
        Side.valueOf(
            response
                .headers()
                .firstValue("X-Side")
                .orElseThrow(() -> new IOException("no side in the answer")));
    Instant committing = Instant.EPOCH.plusNanos(written.committingMicros() * 1000);
    ledger.acknowledge(
        new Ledger.Acknowledged(write, side, committing, Instant.now()),
        written.rows(),
        written.deleted());
    lock.lock();
    try {
      for (Row row : written.rows()) {
        List<String> mine =
            switch (row.table()) {
              case "orders" -> orders;
              case "documents" -> documents;
              case "customers" -> customers;
              default -> null;
            };
        if (mine != null && row.version() == 1) {
          mine.add(String.valueOf(row.columns().get("id")));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private @Nullable String one(List<String> of, boolean takeAway) {
    lock.lock();
    try {
      if (of.isEmpty()) {
        return null;
      }
      int at = random.nextInt(of.size());
      return takeAway ? of.remove(at) : of.get(at);
    } finally {
      lock.unlock();
    }
  }

  private static ObjectNode order(Random dice) {
    ObjectNode order =
        object()
            .put("customer", 1 + dice.nextInt(500))
            .put("note", "please ring twice, “naïve” " + dice.nextInt());
    order.putObject("attributes").put("channel", "app").put("weight", dice.nextInt(100) / 10.0);
    ArrayNode items = order.putArray("items");
    // Products from RESTOCKED on are locked for a second now and then, by the loser of a deadlock.
    int products = dice.nextInt(100) == 0 ? PRODUCTS : RESTOCKED;
    dice.ints(1, products + 1)
        .distinct()
        .limit(1 + dice.nextInt(4))
        .forEach(p -> items.addObject().put("product", p).put("quantity", 1 + dice.nextInt(3)));
    return order;
  }

  /** Text of 9 to 20 kB that does not compress: PostgreSQL keeps it outside the row. */
  private static String letter(Random dice) {
    StringBuilder letter = new StringBuilder();
    dice.ints(9_000 + dice.nextInt(11_000), '!', '~').forEach(c -> letter.append((char) c));
    return letter.toString();
  }

  private static String uuid(Random dice) {
    return new UUID(dice.nextLong(), dice.nextLong()).toString();
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
