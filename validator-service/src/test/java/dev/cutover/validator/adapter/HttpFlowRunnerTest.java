package dev.cutover.validator.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.cutover.contract.DataCheck.HttpFlow;
import dev.cutover.contract.HttpStep;
import dev.cutover.validator.domain.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a small shop: log in, create, read, update, delete. */
class HttpFlowRunnerTest {
  private static final Map<String, String> VARIABLES =
      Map.of("user", "anna", "password", "pa\"ss", "run", "r1");
  private final Map<String, String> orders = new ConcurrentHashMap<>();
  private final CountDownLatch hang = new CountDownLatch(1);
  private final HttpFlowRunner runner = new HttpFlowRunner(InstantSource.system());
  private HttpServer server;

  @BeforeEach
  void startShop() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/login", this::login);
    server.createContext("/orders", this::orders);
    server.createContext("/hang", this::hang);
    server.start();
  }

  @AfterEach
  void stopShop() {
    hang.countDown();
    server.stop(0);
  }

  private void login(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    boolean known = body.equals("{\"user\":\"anna\",\"password\":\"pa\\\"ss\"}");
    exchange.getResponseHeaders().add("X-Session", "s-1");
    answer(exchange, known ? 200 : 401, "{\"session\":{\"token\":\"t 1\"}}");
  }

  private void orders(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (!"Bearer t 1".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      answer(exchange, 403, "{}");
      return;
    }
    String id = exchange.getRequestURI().getPath().replaceFirst("/orders/?", "");
    switch (exchange.getRequestMethod()) {
      case "POST" -> {
        orders.put("o1", body);
        exchange.getResponseHeaders().add("Location", "/orders/o1");
        answer(exchange, 201, "<order id='o1'/>");
      }
      case "PUT" -> {
        orders.put(id, body);
        answer(exchange, 200, body);
      }
      case "DELETE" -> {
        orders.remove(id);
        answer(exchange, 204, "");
      }
      default ->
          answer(exchange, orders.containsKey(id) ? 200 : 404, orders.getOrDefault(id, "{}"));
    }
  }

  private void hang(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 100);
    exchange.getResponseBody().write('{');
    exchange.getResponseBody().flush();
    try {
      hang.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    exchange.close();
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  private static HttpStep step(
      String name,
      String method,
      String path,
      String body,
      int status,
      Map<String, String> json,
      Map<String, String> extract) {
    Map<String, String> headers =
        name.equals("log in")
            ? Map.of("Content-Type", "application/json")
            : Map.of("Authorization", "Bearer ${token}", "Content-Type", "application/json");
    return new HttpStep(
        name,
        method,
        path,
        headers,
        body.isEmpty() ? Optional.empty() : Optional.of(body),
        status,
        json,
        extract,
        5_000);
  }

  private static HttpStep login() {
    return step(
        "log in",
        "POST",
        "/login",
        "{\"user\":\"${user}\",\"password\":\"${password}\"}",
        200,
        Map.of(),
        Map.of("token", "/session/token", "session", "header:X-Session"));
  }

  private static HttpStep create() {
    return step(
        "create",
        "POST",
        "/orders",
        "{\"note\":\"${run}\"}",
        201,
        Map.of(),
        Map.of("order", "regex:id='([^']+)'", "location", "header:Location"));
  }

  private static HttpStep delete() {
    return step("delete", "DELETE", "${location}", "", 204, Map.of(), Map.of());
  }

  private Verdict run(HttpStep... steps) throws InterruptedException {
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    return runner.run(
        new HttpFlow("flow", url, Optional.empty(), true, List.of(steps)),
        VARIABLES,
        Instant.now().plusSeconds(20));
  }

  @Test
  void shouldMatchWhenWholeLifeOfAnOrderIsAsExpected() throws Exception {
    // when
    Verdict verdict =
        run(
            login(),
            create(),
            step("read", "GET", "/orders/${order}", "", 200, Map.of("/note", "${run}"), Map.of()),
            step(
                "update",
                "PUT",
                "/orders/${order}",
                "{\"note\":\"n2\"}",
                200,
                Map.of("/note", "n2"),
                Map.of()),
            step("delete", "DELETE", "${location}", "", 204, Map.of(), Map.of()),
            step("gone", "GET", "/orders/${order}", "", 404, Map.of(), Map.of()));

    // then
    assertThat(verdict).as(verdict.toString()).isInstanceOf(Verdict.Match.class);
    assertThat(verdict.evidence()).hasSize(6);
  }

  @Test
  void shouldNameStepExpectedAndFoundAndCleanUpWhenValueDiffers() throws Exception {
    // when
    Verdict verdict =
        run(
            login(),
            create(),
            step("read", "GET", "/orders/${order}", "", 200, Map.of("/note", "other"), Map.of()),
            delete());

    // then
    assertThat(verdict)
        .isInstanceOf(Verdict.Mismatch.class)
        .extracting(Verdict::detail)
        .isEqualTo("Step 'read': expected 'other' at /note, but found 'r1'");
    assertThat(orders).isEmpty();
    assertThat(verdict.evidence().getLast()).contains("sent to clean up, answered 204");
  }

  @Test
  void shouldNameBothStatusesWhenStatusDiffers() throws Exception {
    // when
    Verdict verdict =
        run(login(), step("read", "GET", "/orders/none", "", 200, Map.of(), Map.of()));

    // then
    assertThat(verdict.detail()).isEqualTo("Step 'read': expected status 200, but found 404");
  }

  @Test
  void shouldSaySoWhenNothingCanBeExtracted() throws Exception {
    // when
    Verdict verdict =
        run(
            login(),
            step("create", "POST", "/orders", "{}", 201, Map.of(), Map.of("x", "/no/such")));

    // then
    assertThat(verdict).isInstanceOf(Verdict.Mismatch.class);
    assertThat(verdict.detail()).contains("expected a value for ${x} at /no/such");
  }

  @Test
  void shouldSaySoWhenVariableIsUnknown() throws Exception {
    // when, then
    assertThat(run(delete()).detail())
        .contains("expected a value for ${")
        .contains("no step before");
  }

  @Test
  void shouldGiveUpInTimeWhenAnswerNeverEnds() throws Exception {
    // given
    HttpStep hanging =
        new HttpStep(
            "hang", "GET", "/hang", Map.of(), Optional.empty(), 200, Map.of(), Map.of(), 200);

    // when
    Instant startedAt = Instant.now();
    Verdict verdict = run(hanging);

    // then
    assertThat(verdict.detail())
        .isEqualTo("Step 'hang': expected an answer within 200 ms, but there was none");
    assertThat(Instant.now()).isBefore(startedAt.plusSeconds(5));
  }

  @Test
  void shouldBeInconclusiveWhenNobodyListens() throws Exception {
    // given
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    HttpFlow flow =
        new HttpFlow("flow", "http://127.0.0.1:" + port, Optional.empty(), false, List.of(login()));

    // when
    Verdict verdict = runner.run(flow, VARIABLES, Instant.now().plusSeconds(5));

    // then
    assertThat(verdict).isInstanceOf(Verdict.Inconclusive.class);
    assertThat(verdict.detail()).contains("expected to reach").doesNotContain("pa\"ss");
  }

  @Test
  void shouldBeInconclusiveWhenDeadlineHasPassed() throws Exception {
    // when
    Verdict verdict =
        runner.run(
            new HttpFlow("flow", "http://127.0.0.1:1", Optional.empty(), false, List.of(login())),
            VARIABLES,
            Instant.now().minusSeconds(1));

    // then
    assertThat(verdict).isInstanceOf(Verdict.Inconclusive.class);
  }
}
