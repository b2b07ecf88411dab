package dev.cutover.monitor.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.HttpStep;
import dev.cutover.contract.WatchSpec.Journey;
import dev.cutover.monitor.domain.ProbeResult.Outcome;
import dev.cutover.monitor.domain.Specs;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetServer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpProbeTest {
  private static final Vertx VERTX = WebClients.vertx(List.of());

  private final HttpProbe probe = new HttpProbe(WebClients.client(VERTX), 36);
  private volatile Consumer<HttpServerRequest> behaviour = request -> request.response().end();
  private ShopServer server;

  @BeforeEach
  void start() throws Exception {
    server = new ShopServer(VERTX, request -> behaviour.accept(request));
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @AfterAll
  static void stopAll() {
    VERTX.close();
  }

  @Test
  void shouldFailWhenTheStatusIsAnother() throws Exception {
    behaviour = request -> request.response().setStatusCode(500).end("a customer's name");
    assertThat(reason(walk(get("/products"))))
        .contains("expected status 200 from GET /products, but got 500")
        .doesNotContain("customer");
  }

  @Test
  void shouldFailWhenARedirectLeadsAway() throws Exception {
    behaviour = request -> request.response().setStatusCode(302).putHeader("Location", "/ok").end();
    assertThat(reason(walk(get("/products")))).contains("got 302");
  }

  @Test
  void shouldFailWhenThePageIs200ButSaysSomethingElse() throws Exception {
    behaviour = request -> request.response().end("{\"error\":\"down\"}");
    HttpStep step = Specs.step("GET", "/products", Map.of("/0/name", "tea"), Map.of());
    assertThat(reason(walk(step))).contains("/0/name").contains("missing");
    behaviour = request -> request.response().end("<html>");
    assertThat(reason(walk(step))).contains("expected JSON");
    behaviour = request -> request.response().end();
    assertThat(reason(walk(step))).contains("body is empty");
  }

  @Test
  void shouldFailWhenTheAnswerIsLate() throws Exception {
    behaviour = request -> {};
    HttpStep late =
        new HttpStep("late", "GET", "/", Map.of(), Optional.empty(), 200, Map.of(), Map.of(), 150);
    assertThat(walk(late)).isInstanceOf(Outcome.Failed.class);
  }

  @Test
  void shouldFailWhenTheStepsTogetherTakeTooLong() throws Exception {
    behaviour = request -> VERTX.setTimer(80, _ -> request.response().end());
    Journey slow =
        new Journey("slow", List.of(get("/a"), get("/b"), get("/c"), get("/d"), get("/e")), 200);
    assertThat(probe.walk(server.url(), slow)).isInstanceOf(Outcome.Failed.class);
  }

  @Test
  void shouldFailWhenNobodyListensOrTheAnswerIsCutOff() throws Exception {
    NetServer raw = ShopServer.raw(VERTX, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{");
    String url = "http://127.0.0.1:" + raw.actualPort();
    Journey journey = new Journey("cut", List.of(get("/")), 1000);
    assertThat(probe.walk(url, journey)).isInstanceOf(Outcome.Failed.class);
    raw.close();
    assertThat(probe.walk("http://127.0.0.1:1", journey)).isInstanceOf(Outcome.Failed.class);
  }

  @Test
  void shouldFailWhenAVariableWasNeverExtracted() throws Exception {
    assertThat(reason(walk(get("/orders/${id}")))).contains("'id'");
  }

  @Test
  void shouldPassWhenEveryStepAnswersAsExpectedWithWhatWasExtracted() throws Exception {
    behaviour =
        request ->
            request
                .body()
                .onSuccess(
                    body -> {
                      switch (request.path()) {
                        case "/login" -> request.response().end("{\"token\":\"t-1\"}");
                        case "/orders" ->
                            request
                                .response()
                                .setStatusCode(
                                    "t-1".equals(request.getHeader("X-Token"))
                                            && body.toString().equals("{\"ref\":\"10\"}")
                                        ? 201
                                        : 400)
                                .end("{\"id\":42,\"open\":true}");
                        default ->
                            request
                                .response()
                                .setStatusCode(request.path().equals("/orders/42") ? 200 : 404)
                                .end("{\"id\":42}");
                      }
                    });
    HttpStep login = Specs.step("POST", "/login", Map.of(), Map.of("token", "/token"));
    HttpStep order =
        new HttpStep(
            "order",
            "POST",
            "/orders",
            Map.of("X-Token", "${token}"),
            Optional.of("{\"ref\":\"${unique}\"}"),
            201,
            Map.of("/open", "true"),
            Map.of("id", "/id"),
            1000);
    HttpStep read = Specs.step("GET", "/orders/${id}", Map.of("/id", "${id}"), Map.of());
    assertThat(
            probe.walk(server.url() + "/", new Journey("buy", List.of(login, order, read), 3000)))
        .isInstanceOf(Outcome.Passed.class);
  }

  @Test
  void shouldAskForThePublicNameAtThePinnedAddress() throws Exception {
    AtomicReference<String> asked = new AtomicReference<>();
    behaviour =
        request -> {
          asked.set(request.getHeader("Host"));
          request.response().end();
        };
    HttpStep step =
        new HttpStep(
            "home",
            "GET",
            "/",
            Map.of("Host", "shop.example.org"),
            Optional.empty(),
            200,
            Map.of(),
            Map.of(),
            1000);
    assertThat(walk(step)).isInstanceOf(Outcome.Passed.class);
    assertThat(asked.get()).startsWith("shop.example.org");
  }

  private Outcome walk(HttpStep step) throws InterruptedException {
    return probe.walk(server.url(), new Journey("journey", List.of(step), 2000));
  }

  private static HttpStep get(String path) {
    return Specs.step("GET", path, Map.of(), Map.of());
  }

  private static String reason(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    return ((Outcome.Failed) outcome).reason();
  }
}
