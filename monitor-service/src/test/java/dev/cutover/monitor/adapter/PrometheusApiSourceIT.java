package dev.cutover.monitor.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.cutover.monitor.domain.CounterMeter;
import dev.cutover.monitor.domain.MetricSource.Query;
import dev.cutover.monitor.domain.Observation;
import dev.cutover.monitor.domain.Observation.Counted;
import dev.cutover.monitor.domain.Reading;
import dev.cutover.monitor.domain.Reading.Missing;
import dev.cutover.monitor.domain.Reading.Sample;
import dev.cutover.monitor.domain.Reading.Unreadable;
import dev.cutover.runtime.FreePort;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus that scrapes several processes of each side, each with its own counters. */
class PrometheusApiSourceIT {
  private static final Path PROMETHEUS = Path.of("/usr/bin/prometheus");
  private static final Duration SOON = Duration.ofSeconds(20);

  /** A process of a side: what it has counted so far. */
  private static final class Shop {
    final AtomicLong good = new AtomicLong(5_000);
    final AtomicLong bad = new AtomicLong();
    volatile boolean broken;

    void answer(HttpServerRequest request) {
      long all = good.get() + bad.get();
      request
          .response()
          .setStatusCode(broken ? 503 : 200)
          .end(
              """
              http_requests_total{status="200"} %d
              http_requests_total{status="500"} %d
              http_request_duration_seconds_bucket{le="0.1"} %d
              http_request_duration_seconds_bucket{le="+Inf"} %d
              """
                  .formatted(good.get(), bad.get(), all, all));
    }
  }

  @TempDir private Path directory;
  private final Vertx vertx = WebClients.vertx(List.of());
  private final int port = FreePort.next();
  private final Shop first = new Shop();
  private final Shop second = new Shop();
  private final Shop other = new Shop();
  private final CounterMeter meter = new CounterMeter(Duration.ofSeconds(10));
  private final PrometheusApiSource source =
      new PrometheusApiSource(
          WebClients.client(vertx), Duration.ofSeconds(2), InstantSource.system());
  private ShopServer firstServer;
  private ShopServer secondServer;
  private ShopServer otherServer;
  private Process prometheus;

  @BeforeEach
  void start() throws Exception {
    boolean installed = Files.isExecutable(PROMETHEUS);
    if (!installed && "true".equals(System.getenv("CI"))) {
      throw new AssertionError("Expected /usr/bin/prometheus: apt-get install prometheus");
    }
    assumeTrue(installed, "Needs /usr/bin/prometheus: apt-get install prometheus");
    firstServer = new ShopServer(vertx, first::answer);
    secondServer = new ShopServer(vertx, second::answer);
    otherServer = new ShopServer(vertx, other::answer);
    scrape(List.of(firstServer));
    Path config =
        Files.writeString(
            directory.resolve("prometheus.yml"),
            """
            global: {scrape_interval: 500ms, scrape_timeout: 400ms}
            scrape_configs:
              - job_name: shop
                file_sd_configs: [{files: ["%s/targets.json"], refresh_interval: 1s}]
            """
                .formatted(directory));
    prometheus =
        new ProcessBuilder(
                PROMETHEUS.toString(),
                "--config.file=" + config,
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    await().atMost(SOON).until(() -> read("target") instanceof Sample);
  }

  @AfterEach
  void stop() throws Exception {
    prometheus.destroy();
    prometheus.waitFor(10, TimeUnit.SECONDS);
    firstServer.close();
    secondServer.close();
    otherServer.close();
    vertx.close();
  }

  /** Lets those be the target's processes, and one the source's. */
  private void scrape(List<ShopServer> target) throws Exception {
    String processes =
        target.stream()
            .map(server -> '"' + server.url().replace("http://", "") + '"')
            .reduce((a, b) -> a + ", " + b)
            .orElseThrow();
    Path next =
        Files.writeString(
            directory.resolve("next.json"),
            """
            [{"targets": [%s], "labels": {"side": "target"}},
             {"targets": ["%s"], "labels": {"side": "source"}}]
            """
                .formatted(processes, otherServer.url().replace("http://", "")));
    Files.move(next, directory.resolve("targets.json"), StandardCopyOption.ATOMIC_MOVE);
  }

  private Reading read(String side) throws InterruptedException {
    return source.read(query(side, "http_requests_total{status!=\"404\"}"));
  }

  private Query query(String side, String counter) {
    return new Query(
        "http://127.0.0.1:%d/api/v1/query?match=%s"
            .formatted(
                port, URLEncoder.encode("side=\"%s\"".formatted(side), StandardCharsets.UTF_8)),
        counter,
        "status",
        "http_request_duration_seconds");
  }

  private Observation observe() throws InterruptedException {
    return meter.observe(read("target"), Instant.now());
  }

  private Counted counted() {
    Observation[] last = new Observation[1];
    await()
        .atMost(SOON)
        .until(
            () -> {
              last[0] = observe();
              return last[0] instanceof Counted;
            });
    return (Counted) last[0];
  }

  @Test
  void shouldCountWhatAllProcessesOfASideServed() throws Exception {
    // given
    scrape(List.of(firstServer, secondServer));
    await().atMost(SOON).until(() -> series(read("target")) == 2 * 4 + 1);
    counted();
    first.good.addAndGet(70);
    second.good.addAndGet(20);
    second.bad.addAndGet(10);
    other.bad.addAndGet(1_000);

    // when
    long requests = 0;
    long errors = 0;
    long durations = 0;
    Instant until = Instant.now().plusSeconds(15);
    while ((requests < 100 || durations < 100) && Instant.now().isBefore(until)) {
      Counted tick = counted();
      requests += tick.requests();
      errors += tick.errors();
      durations += tick.latency().count();
    }

    // then
    assertThat(requests).isEqualTo(100);
    assertThat(errors).isEqualTo(10);
    assertThat(durations).isEqualTo(100);
  }

  private static int series(Reading reading) {
    return reading instanceof Sample sample ? sample.counters().size() : 0;
  }

  @Test
  void shouldNotTakeTheHistoryOfAProcessThatComesForTraffic() throws Exception {
    // given
    counted();
    second.bad.set(1_000_000);

    // when
    scrape(List.of(firstServer, secondServer));

    // then
    long errors = 0;
    boolean came = false;
    Instant until = Instant.now().plus(SOON);
    for (int after = 0; after < 5 && Instant.now().isBefore(until); ) {
      Reading reading = read("target");
      came |= series(reading) > 5;
      if (meter.observe(reading, Instant.now()) instanceof Counted tick) {
        errors += tick.errors();
        after += came ? 1 : 0;
      }
    }
    assertThat(came).isTrue();
    assertThat(errors).isZero();
  }

  @Test
  void shouldSeeNothingOfAProcessThatAnswersNobody() throws Exception {
    // given
    scrape(List.of(firstServer, secondServer));
    await().atMost(SOON).until(() -> series(read("target")) == 2 * 4 + 1);

    // when
    first.broken = true;
    second.broken = true;

    // then
    await().atMost(SOON).until(() -> read("target") instanceof Missing);
  }

  @Test
  void shouldSayWhatIsWrong() throws Exception {
    assertThat(source.read(query("target", "no_such_counter")))
        .isInstanceOfSatisfying(
            Missing.class, m -> assertThat(m.reason()).contains("there are none"));
    assertThat(source.read(query("tar\"get", "http_requests_total")))
        .isInstanceOfSatisfying(
            Unreadable.class, u -> assertThat(u.reason()).contains("status 400", "parse error"));
    prometheus.destroyForcibly();
    prometheus.waitFor();
    assertThat(read("target"))
        .isInstanceOfSatisfying(
            Unreadable.class, u -> assertThat(u.reason()).contains("Expected an answer"));
  }

  @Test
  void shouldTakeAPartOfTheTruthForNone() throws Exception {
    ShopServer partial =
        new ShopServer(
            vertx,
            request ->
                request
                    .response()
                    .end(
                        "{\"status\":\"success\",\"warnings\":[\"store a is down\"],\"data\":{\"result\":[{\"metric\":{\"status\":\"200\"},\"value\":[1,\"5\"]}]}}"));
    try {
      assertThat(
              source.read(
                  new Query(partial.url() + "/api/v1/query", "http_requests_total", "status", "")))
          .isInstanceOfSatisfying(
              Unreadable.class, u -> assertThat(u.reason()).contains("store a is down"));
    } finally {
      partial.close();
    }
  }
}
