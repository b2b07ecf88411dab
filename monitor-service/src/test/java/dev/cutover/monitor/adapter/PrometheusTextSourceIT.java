package dev.cutover.monitor.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cutover.monitor.domain.CounterMeter;
import dev.cutover.monitor.domain.MetricSource.Query;
import dev.cutover.monitor.domain.Observation;
import dev.cutover.monitor.domain.Reading.Sample;
import dev.cutover.runtime.FreePort;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads the page of a real Prometheus server about itself. */
class PrometheusTextSourceIT {
  private static final Path PROMETHEUS = Path.of("/usr/bin/prometheus");

  @Test
  void shouldReadThePageOfARealPrometheus(@TempDir Path directory) throws Exception {
    boolean installed = Files.isExecutable(PROMETHEUS);
    if (!installed && "true".equals(System.getenv("CI"))) {
      throw new AssertionError("Expected /usr/bin/prometheus: apt-get install prometheus");
    }
    assumeTrue(installed, "Needs /usr/bin/prometheus: apt-get install prometheus");
    int port = FreePort.next();
    Path config = Files.writeString(directory.resolve("prometheus.yml"), "scrape_configs: []\n");
    Process prometheus =
        new ProcessBuilder(
                PROMETHEUS.toString(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    Vertx vertx = WebClients.vertx(List.of());
    try {
      PrometheusTextSource source =
          new PrometheusTextSource(
              WebClients.client(vertx), Duration.ofSeconds(2), InstantSource.system());
      Query query =
          new Query(
              "http://127.0.0.1:%d/metrics".formatted(port),
              "prometheus_http_requests_total{handler=\"/metrics\"}",
              "code",
              "prometheus_http_request_duration_seconds{handler=\"/metrics\"}");
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(source.read(query)).isInstanceOf(Sample.class));
      CounterMeter meter = new CounterMeter(Duration.ofSeconds(5));
      meter.observe(source.read(query), InstantSource.system().instant());
      assertThat(meter.observe(source.read(query), InstantSource.system().instant()))
          .isInstanceOfSatisfying(
              Observation.Counted.class,
              counted -> {
                assertThat(counted.requests()).isEqualTo(1);
                assertThat(counted.errors()).isZero();
                assertThat(counted.latency().count()).isEqualTo(1);
              });
    } finally {
      vertx.close();
      prometheus.destroy();
      prometheus.waitFor(10, TimeUnit.SECONDS);
    }
  }
}
