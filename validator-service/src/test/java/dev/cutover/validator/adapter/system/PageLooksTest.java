package dev.cutover.validator.adapter.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.HttpQuestion;
import dev.cutover.contract.InstanceSource;
import dev.cutover.contract.JsonRequirement;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SystemCheck;
import dev.cutover.contract.SystemCheck.Instances;
import dev.cutover.contract.SystemCheck.JsonAnswer;
import dev.cutover.contract.SystemCheck.LokiLines;
import dev.cutover.validator.domain.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Documents over HTTP: JSON, and the APIs of Loki, Consul and Kubernetes as they document them. */
final class PageLooksTest {
  private Pages pages;
  private Looking looking;

  @BeforeEach
  void start() throws IOException {
    pages = new Pages();
    looking = new Looking();
  }

  @AfterEach
  void stop() {
    looking.close();
    pages.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /messages       | 12 | atMost=100  | MATCH    |
          /messages       | 12 | atMost=11   | MISMATCH | Expected 11 or less at /messages, but found '12'
          /messages       | 12 | atLeast=13  | MISMATCH | Expected 13 or more at /messages, but found '12'
          /state          | 12 | is=running  | MATCH    |
          /state          | 12 | is=stopped  | MISMATCH | Expected 'stopped' at /state, but found 'running'
          /state          | 12 | atMost=1    | MISMATCH | Expected 1 or less at /state, but found 'running'
          /jobs/*/ok      | 12 | is=true     | MISMATCH | Expected 'true' at /jobs/1/ok, but found 'false'
          /jobs/*/name    | 12 | is=a        | MISMATCH | Expected 'a' at /jobs/1/name, but found 'b'
          /nodes/*/up     | 12 | is=true     | MATCH    |
          /nothing        | 12 | is=true     | MISMATCH | Expected a value at /nothing, but there is none
          /none/*         | 12 | is=true     | MISMATCH | Expected a value at /none/*, but there is none
          /ranAt          | 12 | young=1h    | MATCH    |
          /ranLong        | 12 | young=1h    | MISMATCH | Expected a time younger than 1h at /ranLong, but found '2020-01-01T00:00:00Z'
          /ranSeconds     | 12 | young=1h    | MATCH    |
          /ranMillis      | 12 | young=1h    | MATCH    |
          /state          | 12 | young=1h    | MISMATCH | Expected a time younger than 1h at /state, but found 'running'
          """)
  void shouldJudgeJson(String at, int messages, String wanted, String outcome, String detail)
      throws Exception {
    // given
    long now = Instant.now().getEpochSecond();
    pages.with(
        "/api/queue",
        200,
        """
        {"messages": %d, "state": "running", "none": [],
         "jobs": [{"name": "a", "ok": true}, {"name": "b", "ok": false}],
         "nodes": {"n1": {"up": true}, "n2": {"up": true}},
         "ranAt": "%s", "ranLong": "2020-01-01T00:00:00Z", "ranSeconds": %d, "ranMillis": %d}
        """
            .formatted(messages, Instant.ofEpochSecond(now), now, now * 1_000));
    // when
    Verdict verdict = looking.at(json(requirement(at, wanted)));
    // then
    assertThat(verdict.toResult("json", 0).outcome().name()).isEqualTo(outcome);
    if (detail != null) {
      assertThat(verdict.detail()).isEqualTo(detail);
    }
  }

  @Test
  void shouldSendTheCredentialAndNeverShowIt() throws Exception {
    // given
    pages.with("/api/queue", 200, "{\"state\": \"up\"}");
    HttpQuestion basic =
        new HttpQuestion(
            pages.url() + "/api/queue", Map.of(), Optional.of(Looking.CREDENTIAL), 5_000);
    HttpQuestion header =
        new HttpQuestion(
            pages.url() + "/api/queue",
            Map.of("authorization", "Key ${user}:${password}"),
            Optional.of(Looking.CREDENTIAL),
            5_000);
    JsonRequirement up = requirement("/state", "is=up");
    // when
    Verdict first = looking.at(new JsonAnswer("json", basic, List.of(up)));
    Verdict second = looking.at(new JsonAnswer("json", header, List.of(up)));
    // then
    assertThat(pages.asked())
        .containsExactly("/api/queue Basic YW5hOnMzY3JldCE=", "/api/queue Key ana:s3cret!");
    assertThat(List.of(first, second)).allMatch(Verdict.Match.class::isInstance);
    assertThat(first + " " + second).doesNotContain(Looking.PASSWORD);
  }

  @Test
  void shouldDecideNothingByAnAnswerThatSaysNothing() throws Exception {
    pages.with("/page", 200, "<html>").with("/half", 200, "{\"state\":").with("/empty", 200, "");
    JsonRequirement up = requirement("/state", "is=up");
    for (String path : List.of("/page", "/half", "/empty", "/missing")) {
      Verdict verdict =
          looking.at(new JsonAnswer("json", Looking.question(pages.url() + path), List.of(up)));
      assertThat(verdict).as(path).isInstanceOf(Verdict.Inconclusive.class);
    }
    assertThat(
            looking.at(new JsonAnswer("json", Looking.question("http://192.0.2.1/"), List.of(up))))
        .isInstanceOfSatisfying(
            Verdict.Inconclusive.class,
            refused -> assertThat(refused.detail()).contains("CUTOVER_VALIDATOR_ALLOWED_HOSTS"));
    assertThat(
            looking.at(
                new JsonAnswer(
                    "json",
                    new HttpQuestion(pages.url(), Map.of(), Optional.of("unknown"), 5_000),
                    List.of(up))))
        .isInstanceOfSatisfying(
            Verdict.Inconclusive.class,
            missing ->
                assertThat(missing.detail()).contains("unknown.application.user", "is missing"));
  }

  /** grafana.com/docs/loki/latest/reference/loki-http-api, "Query logs within a range of time". */
  @Test
  void shouldCountLinesOfLoki() throws Exception {
    // given
    pages.with(
        "/loki/api/v1/query_range",
        200,
        """
        {"status": "success", "data": {"resultType": "streams", "result": [
          {"stream": {"app": "shop"}, "values": [["1700000000000000000", "a"], ["1", "b"]]},
          {"stream": {"app": "shop", "pod": "2"}, "values": [["1", "c"]]}]}}
        """);
    // when, then
    assertThat(looking.at(loki(3))).isInstanceOf(Verdict.Match.class);
    assertThat(looking.at(loki(4)))
        .isInstanceOfSatisfying(
            Verdict.Mismatch.class,
            few ->
                assertThat(few.detail())
                    .isEqualTo(
                        "Expected 4 lines or more of '{app=\"shop\"}' in the last 60 s, but 3 arrived"));
    assertThat(pages.asked().getFirst())
        .contains("query=%7Bapp%3D%22shop%22%7D&limit=3&direction=backward&start=");
  }

  @Test
  void shouldRefuseNumbersOfLoki() throws Exception {
    pages.with(
        "/loki/api/v1/query_range",
        200,
        "{\"status\": \"success\", \"data\": {\"resultType\": \"matrix\", \"result\": []}}");
    assertThat(looking.at(loki(1))).isInstanceOf(Verdict.Inconclusive.class);
  }

  @Test
  void shouldFindAllInstancesHealthyAndAlike() throws Exception {
    // given
    pages.with("/health", 200, "{\"version\": \"2.1\"}");
    // when
    Verdict verdict = looking.at(instances(listed(pages, pages), Optional.empty(), 1));
    // then
    assertThat(verdict).isInstanceOf(Verdict.Match.class);
  }

  @Test
  void shouldNameInstancesThatDiffer() throws Exception {
    try (Pages other = new Pages()) {
      // given
      pages.with("/health", 200, "{\"version\": \"2.1\"}");
      other.with("/health", 200, "{\"version\": \"2.0\"}");
      // when
      Verdict verdict = looking.at(instances(listed(pages), Optional.of(listed(other)), 1));
      // then
      assertThat(verdict).isInstanceOf(Verdict.Mismatch.class);
      assertThat(verdict.detail())
          .isEqualTo(
              "Expected the same /version at all instances, but found '2.0' at 127.0.0.1:%d and '2.1' at 127.0.0.1:%d"
                  .formatted(other.port(), pages.port()));
    }
  }

  @Test
  void shouldNameInstancesThatAreUnhealthyOrTooFew() throws Exception {
    pages.with("/health", 503, "");
    assertThat(looking.at(instances(listed(pages), Optional.empty(), 2)).detail())
        .isEqualTo(
            "Expected 2 instances or more, but found 1; 127.0.0.1:%d: Expected status 200, but got 503"
                .formatted(pages.port()));
  }

  @Test
  void shouldDecideNothingWhenAnInstanceIsSilentAboutItsVersion() throws Exception {
    pages.with("/health", 200, "{}");
    assertThat(looking.at(instances(listed(pages), Optional.empty(), 1)))
        .isInstanceOf(Verdict.Inconclusive.class);
  }

  /** developer.hashicorp.com/consul/api-docs/health, "List Service Instances for Service". */
  @Test
  void shouldFindInstancesInConsul() throws Exception {
    // given
    pages.with("/health", 200, "{\"version\": \"1\"}");
    pages.with(
        "/v1/health/service/shop",
        200,
        """
        [{"Node": {"Address": "127.0.0.1"}, "Service": {"Address": "", "Port": %1$d}},
         {"Node": {"Address": "10.0.0.9"}, "Service": {"Address": "localhost", "Port": %1$d}}]
        """
            .formatted(pages.port()));
    // when
    Verdict verdict =
        looking.at(
            instances(
                new InstanceSource.ConsulService(Looking.question(pages.url()), "shop"),
                Optional.empty(),
                2));
    // then
    assertThat(verdict).as("%s", verdict).isInstanceOf(Verdict.Match.class);
    assertThat(verdict.detail()).isEqualTo("2 instances are as required");
  }

  /** kubernetes.io/docs/reference/kubernetes-api, "EndpointSlice v1". */
  @Test
  void shouldFindInstancesInKubernetes() throws Exception {
    // given
    pages.with("/health", 200, "{\"version\": \"1\"}");
    pages.with(
        "/apis/discovery.k8s.io/v1/namespaces/prod/endpointslices",
        200,
        """
        {"kind": "EndpointSliceList", "items": [
          {"addressType": "IPv4", "ports": [{"name": "admin", "port": 1}, {"name": "http", "port": %1$d}],
           "endpoints": [{"addresses": ["127.0.0.1"], "conditions": {"ready": true}}]},
          {"addressType": "IPv4", "ports": [{"name": "http", "port": %1$d}],
           "endpoints": [{"addresses": ["127.0.0.1"]}, {"addresses": ["localhost"]}]}]}
        """
            .formatted(pages.port()));
    // when
    Verdict verdict = looking.at(instances(kubernetes(Optional.of("http")), Optional.empty(), 2));
    // then
    assertThat(verdict).as("%s", verdict).isInstanceOf(Verdict.Match.class);
    assertThat(pages.asked().getFirst())
        .contains("labelSelector=kubernetes.io%2Fservice-name%3Dshop");
    assertThat(looking.at(instances(kubernetes(Optional.empty()), Optional.empty(), 2)).detail())
        .isEqualTo("Expected a port of service shop, but it has 2: name one of them as 'port'");
  }

  @Test
  void shouldNameServersThatTakeNoConnection() throws Exception {
    // given
    ServerAddress nobody = Program.free();
    ServerAddress there = new ServerAddress("127.0.0.1", pages.port());
    // when, then
    assertThat(looking.at(new SystemCheck.TcpReach("tcp", List.of(there), 1_000)))
        .isInstanceOf(Verdict.Match.class);
    assertThat(looking.at(new SystemCheck.TcpReach("tcp", List.of(there, nobody), 1_000)))
        .isInstanceOfSatisfying(
            Verdict.Mismatch.class,
            refused -> assertThat(refused.detail()).contains(nobody + " to take a connection"));
  }

  private InstanceSource kubernetes(Optional<String> port) {
    return new InstanceSource.KubernetesService(
        Looking.question(pages.url()), "prod", "shop", port);
  }

  private static InstanceSource listed(Pages... servers) {
    return new InstanceSource.Listed(
        Arrays.stream(servers).map(one -> new ServerAddress("127.0.0.1", one.port())).toList());
  }

  private static Instances instances(
      InstanceSource from, Optional<InstanceSource> others, int atLeast) {
    return new Instances(
        "instances",
        from,
        others,
        atLeast,
        Optional.of(Looking.question("http://${instance}/health")),
        List.of("/version"));
  }

  private LokiLines loki(int lines) {
    return new LokiLines(
        "logs", Looking.question(pages.url()), "{app=\"shop\"}", Duration.ofMinutes(1), lines);
  }

  private JsonAnswer json(JsonRequirement requirement) {
    return new JsonAnswer(
        "json", Looking.question(pages.url() + "/api/queue"), List.of(requirement));
  }

  private static JsonRequirement requirement(String at, String wanted) {
    String key = wanted.substring(0, wanted.indexOf('='));
    String value = wanted.substring(wanted.indexOf('=') + 1);
    return new JsonRequirement(
        at,
        key.equals("is") ? Optional.of(value) : Optional.empty(),
        key.equals("atLeast") ? Optional.of(Double.valueOf(value)) : Optional.empty(),
        key.equals("atMost") ? Optional.of(Double.valueOf(value)) : Optional.empty(),
        key.equals("young") ? Optional.of(Duration.ofHours(1)) : Optional.empty());
  }
}
