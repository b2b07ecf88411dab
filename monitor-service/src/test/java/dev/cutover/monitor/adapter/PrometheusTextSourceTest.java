package dev.cutover.monitor.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.monitor.domain.CounterMeter;
import dev.cutover.monitor.domain.MetricSource.Query;
import dev.cutover.monitor.domain.Observation.Counted;
import dev.cutover.monitor.domain.Observation.Gap;
import dev.cutover.monitor.domain.Reading;
import dev.cutover.monitor.domain.Reading.Missing;
import dev.cutover.monitor.domain.Reading.Sample;
import dev.cutover.monitor.domain.Reading.Unreadable;
import dev.cutover.monitor.domain.SignalState;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.NetServer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrometheusTextSourceTest {
  private static final Vertx VERTX = WebClients.vertx(List.of());
  private final PrometheusTextSource source =
      new PrometheusTextSource(
          WebClients.client(VERTX), Duration.ofMillis(400), InstantSource.system());
  private final CounterMeter meter = new CounterMeter(Duration.ofSeconds(5));
  private volatile Consumer<HttpServerRequest> behaviour = request -> request.response().end();
  private ShopServer server;

  @BeforeEach
  void start() throws Exception {
    answer(page(100, 2, 90, 102));
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

  @ParameterizedTest
  @ValueSource(ints = {301, 401, 404, 500, 503})
  void shouldBeUnreadableWhenTheStatusIsNot200(int status) throws Exception {
    behaviour = request -> request.response().setStatusCode(status).end(page(1, 1, 1, 2));
    assertThat(read())
        .isInstanceOfSatisfying(
            Unreadable.class, u -> assertThat(u.reason()).contains("got " + status));
  }

  @Test
  void shouldBeUnreadableWhenNobodyListens() throws Exception {
    server.close();
    assertThat(read()).isInstanceOf(Unreadable.class);
    server = new ShopServer(VERTX, request -> request.response().end());
  }

  @Test
  void shouldBeUnreadableWhenTheAnswerIsLate() throws Exception {
    behaviour = request -> {};
    assertThat(read()).isInstanceOf(Unreadable.class);
  }

  @Test
  void shouldBeUnreadableWhenTheAnswerIsCutOff() throws Exception {
    NetServer raw =
        ShopServer.raw(
            VERTX,
            "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nrequests_total{status=\"200\"} 1\n");
    Reading reading = source.read(query("http://127.0.0.1:" + raw.actualPort()));
    assertThat(reading).isInstanceOf(Unreadable.class);
    raw.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>maintenance</html>\n",
        "requests_total{status=\"200\"} 1",
        "requests_total{status=\n"
      })
  void shouldBeUnreadableWhenThePageIsNone(String page) throws Exception {
    answer(page);
    assertThat(read()).isInstanceOf(Unreadable.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "up 1\n",
        "requests_total{status=\"200\"} 1\n",
        "seconds_bucket{le=\"+Inf\"} 1\n",
        "requests_total 1\nseconds_bucket{le=\"+Inf\"} 1\n",
        "requests_total{status=\"200\"} NaN\nseconds_bucket{le=\"+Inf\"} 1\n",
        "requests_total{status=\"200\"} -1\nseconds_bucket{le=\"+Inf\"} 1\n",
      })
  void shouldBeMissingWhenASeriesOrItsValueIsNotThere(String page) throws Exception {
    answer(page);
    assertThat(read()).isInstanceOf(Missing.class);
  }

  @Test
  void shouldBeUnreadableWhenASeriesIsThereTwice() throws Exception {
    answer(
        "requests_total{status=\"200\"} 1\nrequests_total{status=\"200\"} 2\nseconds_bucket{le=\"+Inf\"} 1\n");
    assertThat(read()).isInstanceOf(Unreadable.class);
  }

  @Test
  void shouldCountWhatHappenedBetweenTwoReadings() throws Exception {
    meter.observe(read(), InstantSource.system().instant());
    answer(page(150, 12, 145, 162));
    assertThat(meter.observe(read(), InstantSource.system().instant()))
        .isInstanceOfSatisfying(
            Counted.class,
            counted -> {
              assertThat(counted.requests()).isEqualTo(60);
              assertThat(counted.errors()).isEqualTo(10);
              assertThat(counted.latency().slowerThan(0.1)).isEqualTo(5);
            });
  }

  @Test
  void shouldBeAGapWhenTheServerRestarted() throws Exception {
    meter.observe(read(), InstantSource.system().instant());
    answer(page(3, 0, 3, 3));
    assertThat(meter.observe(read(), InstantSource.system().instant()))
        .isInstanceOfSatisfying(
            Gap.class, gap -> assertThat(gap.state()).isEqualTo(SignalState.NO_DATA));
  }

  @Test
  void shouldBeStaleWhenTheExportersStampIsOld() throws Exception {
    answer("requests_total{status=\"200\"} 7 1395066363000\nseconds_bucket{le=\"+Inf\"} 1\n");
    Reading reading = read();
    assertThat(reading).isInstanceOf(Sample.class);
    assertThat(meter.observe(reading, InstantSource.system().instant()))
        .isInstanceOfSatisfying(
            Gap.class, gap -> assertThat(gap.state()).isEqualTo(SignalState.STALE));
  }

  private Reading read() throws InterruptedException {
    return source.read(query(server.url()));
  }

  private static Query query(String url) {
    return new Query(url + "/metrics", "requests_total", "status", "seconds");
  }

  private void answer(String page) {
    behaviour = request -> request.response().end(page);
  }

  private static String page(int good, int bad, int fast, int all) {
    return """
      process_start_time_seconds 1.7e9
      requests_total{status="200",route="/"} %d
      requests_total{status="503",route="/"} %d
      requests_total{status="404",route="/"} 4
      seconds_bucket{le="0.1"} %d
      seconds_bucket{le="+Inf"} %d
      seconds_count 9
      """
        .formatted(good, bad, fast, all);
  }
}
