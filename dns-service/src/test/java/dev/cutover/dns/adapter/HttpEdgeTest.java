package dev.cutover.dns.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.EdgeProbe;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.dns.domain.EdgeAnswer;
import dev.cutover.dns.domain.EdgeAnswer.Told;
import dev.cutover.dns.domain.EdgeAnswer.Untold;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.JksOptions;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real server behind TLS that tells by which name it was asked. */
class HttpEdgeTest {
  private static final String PASSWORD = "changeit";
  private static final Duration WITHIN = Duration.ofSeconds(5);
  private static final Set<String> TARGETS = ConcurrentHashMap.newKeySet();

  @TempDir private static Path directory;
  private static Vertx vertx;
  private static HttpServer server;
  private static JksOptions store;

  @BeforeAll
  static void start() throws Exception {
    Path file = directory.resolve("edge.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "edge",
                "-keyalg",
                "EC",
                "-dname",
                "CN=www.shop.example",
                "-ext",
                "san=dns:www.shop.example",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    store = new JksOptions().setPath(file.toString()).setPassword(PASSWORD);
    vertx = Vertx.vertx();
    server =
        vertx
            .createHttpServer(
                new HttpServerOptions().setSsl(true).setSni(true).setKeyCertOptions(store))
            .requestHandler(
                request -> {
                  TARGETS.add(request.uri());
                  request
                      .response()
                      .putHeader("CF-Cache-Status", request.path().equals("/kept") ? "HIT" : "MISS")
                      .putHeader("x-sni", request.connection().indicatedServerName())
                      .putHeader("x-host", request.authority().host())
                      .end("a".repeat(request.path().equals("/long") ? 1 << 20 : 1) + " green");
                })
            .listen(0, "127.0.0.1")
            .await();
  }

  @AfterAll
  static void stop() {
    vertx.close().await();
  }

  private static EdgeAnswer ask(HttpClientOptions options, String name, EdgeProbe probe) {
    try (HttpEdge edge = new HttpEdge(options)) {
      return edge.ask(new ServerAddress("127.0.0.1", probe.port()), name, probe, WITHIN);
    }
  }

  private static HttpClientOptions trusting() {
    return new HttpClientOptions().setTrustOptions(store);
  }

  private static EdgeProbe probe(String path, Optional<String> header, String target) {
    return new EdgeProbe(true, server.actualPort(), path, header, "blue", target);
  }

  @Test
  void shouldAskAnAddressByTheNamesHostAndSni() {
    for (String header : List.of("x-sni", "x-host")) {
      assertThat(
              ask(
                  trusting(),
                  "www.shop.example.",
                  probe("/?a=b", Optional.of(header), "www.shop.example")))
          .isEqualTo(new Told(Side.TARGET));
    }
    assertThat(TARGETS).as("a URL of its own each time").hasSizeGreaterThanOrEqualTo(2);
    assertThat(TARGETS).anyMatch(uri -> uri.startsWith("/?a=b&cutover-probe="));
  }

  @Test
  void shouldReadNoMoreThanTheBeginningOfABody() {
    assertThat(ask(trusting(), "www.shop.example.", probe("/", Optional.empty(), "green")))
        .isEqualTo(new Told(Side.TARGET));
    assertUntold(
        ask(trusting(), "www.shop.example.", probe("/long", Optional.empty(), "green")),
        "neither word");
  }

  @Test
  void shouldNotBelieveTheEdgesCache() {
    assertUntold(
        ask(trusting(), "www.shop.example.", probe("/kept", Optional.empty(), "green")),
        "the edge's cache answered (HIT)");
  }

  @Test
  void shouldTellNothingWhereTheCertificateIsNotTheNames() {
    assertUntold(ask(trusting(), "www.other.example.", probe("/", Optional.empty(), "green")), "");
    assertUntold(
        ask(new HttpClientOptions(), "www.shop.example.", probe("/", Optional.empty(), "green")),
        "");
  }

  @Test
  void shouldSayWhyNobodyAnswers() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0)) {
      port = closed.getLocalPort();
    }
    assertUntold(
        ask(
            trusting(),
            "www.shop.example.",
            new EdgeProbe(true, port, "/", Optional.empty(), "blue", "green")),
        "refused");
  }

  private static void assertUntold(EdgeAnswer answer, String words) {
    assertThat(answer)
        .isInstanceOfSatisfying(
            Untold.class, untold -> assertThat(untold.reason()).contains(words).isNotBlank());
  }
}
