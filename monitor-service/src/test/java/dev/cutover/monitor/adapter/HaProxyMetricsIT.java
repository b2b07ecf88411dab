package dev.cutover.monitor.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cutover.monitor.domain.CounterMeter;
import dev.cutover.monitor.domain.MetricSource.Query;
import dev.cutover.monitor.domain.Observation.Counted;
import dev.cutover.monitor.domain.Reading.Sample;
import dev.cutover.runtime.FreePort;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a real HAProxy's own exporter says, by the names that plans with its metrics have. */
class HaProxyMetricsIT {
  private static final Path HAPROXY = Path.of("/usr/sbin/haproxy");

  @Test
  void shouldCountWhatABackendAnswered(@TempDir Path directory) throws Exception {
    boolean installed = Files.isExecutable(HAPROXY);
    if (!installed && "true".equals(System.getenv("CI"))) {
      throw new AssertionError("Expected /usr/sbin/haproxy: apt-get install haproxy");
    }
    assumeTrue(installed, "Needs /usr/sbin/haproxy: apt-get install haproxy");
    Vertx vertx = WebClients.vertx(List.of());
    ShopServer shop =
        new ShopServer(
            vertx,
            request ->
                request.response().setStatusCode(request.path().equals("/bad") ? 500 : 200).end());
    int port = FreePort.next();
    Path config =
        Files.writeString(
            directory.resolve("haproxy.cfg"),
            """
            defaults
              mode http
              timeout connect 2s
              timeout client 5s
              timeout server 5s
            frontend users
              bind 127.0.0.1:%d
              http-request use-service prometheus-exporter if { path /metrics }
              default_backend web
            backend web
              server shop %s
            """
                .formatted(port, shop.url().replace("http://", "")));
    Process haproxy =
        new ProcessBuilder(HAPROXY.toString(), "-db", "-f", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    try (HttpClient users =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1) // a tunnel of HTTP/2 would be one long answer
            .build()) {
      PrometheusTextSource source =
          new PrometheusTextSource(
              WebClients.client(vertx), Duration.ofSeconds(2), InstantSource.system());
      Query query =
          new Query(
              "http://127.0.0.1:%d/metrics".formatted(port),
              "haproxy_backend_http_responses_total{proxy=\"web\"}",
              "code",
              "");
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(source.read(query)).isInstanceOf(Sample.class));
      CounterMeter meter = new CounterMeter(Duration.ofSeconds(5));
      meter.observe(source.read(query), Instant.now());

      // when
      for (String path : List.of("/", "/", "/bad")) {
        assertThat(
                users
                    .send(
                        HttpRequest.newBuilder(
                                URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                            .build(),
                        HttpResponse.BodyHandlers.discarding())
                    .statusCode())
            .isEqualTo(path.equals("/bad") ? 500 : 200);
      }

      // then
      long[] counted = new long[2];
      await()
          .atMost(Duration.ofSeconds(10))
          .until(
              () -> {
                if (meter.observe(source.read(query), Instant.now()) instanceof Counted tick) {
                  counted[0] += tick.requests();
                  counted[1] += tick.errors();
                }
                return counted[0] >= 3;
              });
      assertThat(counted).containsExactly(3, 1);
    } finally {
      haproxy.destroy();
      haproxy.waitFor(10, TimeUnit.SECONDS);
      shop.close();
      vertx.close();
    }
  }
}
