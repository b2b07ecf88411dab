package dev.cutover.validator.adapter.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SystemCheck;
import dev.cutover.contract.SystemCheck.Against;
import dev.cutover.contract.SystemCheck.PrometheusQuery;
import dev.cutover.contract.SystemCheck.TestAlert;
import dev.cutover.validator.domain.Verdict;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Prometheus that watches itself, and a real Alertmanager. */
final class MonitoringLooksIT {
  @TempDir static Path directory;
  private static ServerAddress prometheus;
  private static ServerAddress alertmanager;
  private static Program watching;
  private static Program alerting;
  private static Looking looking;

  @BeforeAll
  static void start() throws Exception {
    prometheus = Program.free();
    Files.writeString(
        directory.resolve("prometheus.yml"),
        """
        global: {scrape_interval: 1s}
        scrape_configs:
          - job_name: itself
            static_configs: [{targets: ["%s"]}]
          - job_name: nobody
            static_configs: [{targets: ["127.0.0.1:1"]}]
        """
            .formatted(prometheus));
    watching =
        Program.start(
            directory,
            prometheus,
            List.of(
                Program.installed("prometheus", "prometheus"),
                "--config.file=prometheus.yml",
                "--storage.tsdb.path=metrics",
                "--web.listen-address=" + prometheus));
    alertmanager = Program.free();
    Files.writeString(
        directory.resolve("alertmanager.yml"),
        """
        route:
          receiver: team
          group_wait: 1s
          routes: [{matchers: ['team="night"'], receiver: night}]
        receivers: [{name: team}, {name: night}]
        """);
    alerting =
        Program.start(
            directory,
            alertmanager,
            List.of(
                Program.installed("prometheus-alertmanager", "prometheus-alertmanager"),
                "--config.file=alertmanager.yml",
                "--storage.path=alerts",
                "--cluster.listen-address=",
                "--web.listen-address=" + alertmanager));
    looking = new Looking();
    await("two scrapes")
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                looking.at(query("up", Optional.of(0.0), Optional.empty(), 2))
                    instanceof Verdict.Match);
  }

  @AfterAll
  static void stop() {
    looking.close();
    watching.close();
    alerting.close();
  }

  @Test
  void shouldJudgeValues() throws Exception {
    String up = "up{job=\"itself\"}";
    assertThat(looking.at(query(up, Optional.of(1.0), Optional.of(1.0), 1)))
        .isInstanceOf(Verdict.Match.class);
    assertThat(looking.at(query("up", Optional.of(1.0), Optional.empty(), 2)).detail())
        .startsWith("Expected 1 or more, but {")
        .contains("nobody")
        .endsWith("is 0");
    assertThat(looking.at(query("vector(1) > 0.5", Optional.empty(), Optional.of(0.5), 1)))
        .isInstanceOf(Verdict.Mismatch.class);
    assertThat(looking.at(query("1 + 1", Optional.of(2.0), Optional.of(2.0), 1)))
        .isInstanceOf(Verdict.Match.class);
  }

  @Test
  void shouldDecideNothingWithoutValues() throws Exception {
    for (String nothing : List.of("absent_metric", "0 / vector(0)", "up[1m]", "up{")) {
      assertThat(looking.at(query(nothing, Optional.empty(), Optional.of(9.0), 1)))
          .as(nothing)
          .isInstanceOf(Verdict.Inconclusive.class);
    }
    assertThat(looking.at(query("up", Optional.of(0.0), Optional.empty(), 3)))
        .isInstanceOf(Verdict.Inconclusive.class);
  }

  @Test
  void shouldSeeWhetherMetricsFlow() throws Exception {
    assertThat(looking.at(fresh("up{job=\"itself\"}", 1))).isInstanceOf(Verdict.Match.class);
    assertThat(looking.at(fresh("absent_metric", 1)))
        .isInstanceOfSatisfying(
            Verdict.Mismatch.class, none -> assertThat(none.detail()).contains("but 0 have such"));
    // An instant query would give it the time of the question.
    assertThat(looking.at(fresh("up{job=\"itself\"} offset 1h", 1)))
        .isInstanceOf(Verdict.Inconclusive.class);
  }

  @Test
  void shouldCompareWithABaseline() throws Exception {
    assertThat(looking.at(against("vector(12)", "vector(10)", 1_000, "vector(5000)")))
        .isInstanceOf(Verdict.Match.class);
    assertThat(looking.at(against("vector(20)", "vector(10)", 1_000, "vector(5000)")))
        .isInstanceOfSatisfying(
            Verdict.Mismatch.class,
            slow ->
                assertThat(slow.detail())
                    .isEqualTo("Expected 1.5 or less times 10, but 20 is 2 times as much"));
    assertThat(looking.at(against("vector(20)", "vector(10)", 1_000, "vector(5)")))
        .isInstanceOfSatisfying(
            Verdict.Inconclusive.class,
            few -> assertThat(few.detail()).contains("Expected 1000 samples or more"));
    assertThat(looking.at(against("vector(20)", "vector(0)", 0, "vector(5)")))
        .isInstanceOf(Verdict.Inconclusive.class);
  }

  @Test
  void shouldDecideNothingByAnAnswerWithWarnings() throws Exception {
    try (Pages pages = new Pages()) {
      // given: one of several stores did not answer (prometheus.io, "HTTP API", format overview)
      pages.with(
          "/api/v1/query",
          200,
          """
          {"status": "success", "warnings": ["store b: no answer"],
           "data": {"resultType": "vector", "result": [{"metric": {}, "value": [1, "0"]}]}}
          """);
      // when
      Verdict verdict =
          looking.at(
              new PrometheusQuery(
                  "metrics",
                  Looking.question(pages.url()),
                  "errors",
                  Optional.empty(),
                  Optional.of(1.0),
                  1,
                  Optional.empty(),
                  Optional.empty()));
      // then
      assertThat(verdict).isInstanceOf(Verdict.Inconclusive.class);
      assertThat(verdict.detail()).endsWith("but Prometheus warns: store b: no answer");
    }
  }

  @Test
  void shouldFireSeeAndResolveATestAlert() throws Exception {
    Verdict verdict = looking.at(alert(Map.of("team", "night"), Optional.of("night")));
    assertThat(verdict).as("%s", verdict).isInstanceOf(Verdict.Match.class);
    assertThat(verdict.evidence()).containsExactly("routed to night");
  }

  @Test
  void shouldNameAnAlertThatIsRoutedElsewhere() throws Exception {
    Verdict verdict = looking.at(alert(Map.of("team", "day"), Optional.of("night")));
    assertThat(verdict).isInstanceOf(Verdict.Mismatch.class);
    assertThat(verdict.detail()).endsWith("but it was active and routed to team");
  }

  @Test
  void shouldNameAnAlertThatIsSilenced() throws Exception {
    // given
    String silence =
        """
        {"matchers": [{"name": "team", "value": "quiet", "isRegex": false, "isEqual": true}],
         "startsAt": "%s", "endsAt": "%s", "createdBy": "test", "comment": "test"}
        """
            .formatted(Instant.now(), Instant.now().plusSeconds(600));
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://%s/api/v2/silences".formatted(alertmanager)))
              .header("content-type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(silence))
              .build();
      assertThat(client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode())
          .isEqualTo(200);
    }
    // when
    Verdict verdict = looking.at(alert(Map.of("team", "quiet"), Optional.empty()));
    // then
    assertThat(verdict).isInstanceOf(Verdict.Mismatch.class);
    assertThat(verdict.detail()).contains("but it was suppressed");
  }

  private static TestAlert alert(Map<String, String> labels, Optional<String> receiver) {
    return new TestAlert(
        "alerting",
        Looking.question("http://" + alertmanager),
        labels,
        receiver,
        Duration.ofSeconds(5));
  }

  private static SystemCheck against(String query, String other, int samples, String counted) {
    return new PrometheusQuery(
        "latency",
        Looking.question("http://" + prometheus),
        query,
        Optional.empty(),
        Optional.empty(),
        1,
        Optional.empty(),
        Optional.of(
            new Against(other, Optional.empty(), Optional.of(1.5), Optional.of(counted), samples)));
  }

  private static SystemCheck fresh(String selector, int series) {
    return new PrometheusQuery(
        "metrics flow",
        Looking.question("http://" + prometheus),
        selector,
        Optional.empty(),
        Optional.empty(),
        series,
        Optional.of(Duration.ofSeconds(20)),
        Optional.empty());
  }

  private static SystemCheck query(
      String query, Optional<Double> atLeast, Optional<Double> atMost, int series) {
    return new PrometheusQuery(
        "metrics",
        Looking.question("http://" + prometheus),
        query,
        atLeast,
        atMost,
        series,
        Optional.empty(),
        Optional.empty());
  }
}
