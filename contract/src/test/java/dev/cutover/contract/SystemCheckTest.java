package dev.cutover.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.ValidatorCommand.RunChecks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Checks of systems as they are on the topics. */
final class SystemCheckTest {
  private static final HttpQuestion QUESTION =
      new HttpQuestion("http://10.0.0.1", Map.of("a", "b"), Optional.of("queue"), 5_000);
  private static final ServerAddress SERVER = new ServerAddress("10.0.0.2", 443);
  private static final InstanceSource LISTED = new InstanceSource.Listed(List.of(SERVER));

  private static final List<SystemCheck> ALL =
      List.of(
          new SystemCheck.TlsCertificate("tls", SERVER, "a.example", Duration.ofDays(14), 5_000),
          new SystemCheck.TcpReach("tcp", List.of(SERVER), 5_000),
          new SystemCheck.JsonAnswer(
              "json",
              QUESTION,
              List.of(
                  new JsonRequirement(
                      "/a",
                      Optional.of("b"),
                      Optional.of(1.0),
                      Optional.of(2.5),
                      Optional.of(Duration.ofMinutes(1))))),
          new SystemCheck.PrometheusQuery(
              "prometheus",
              QUESTION,
              "up",
              Optional.of(1.0),
              Optional.empty(),
              3,
              Optional.of(Duration.ofMinutes(1)),
              Optional.of(
                  new SystemCheck.Against(
                      "up", Optional.empty(), Optional.of(1.5), Optional.of("n"), 1_000))),
          new SystemCheck.LokiLines("loki", QUESTION, "{a=\"b\"}", Duration.ofMinutes(1), 5),
          new SystemCheck.TestAlert(
              "alert", QUESTION, Map.of("a", "b"), Optional.of("team"), Duration.ofSeconds(30)),
          new SystemCheck.Instances(
              "instances",
              new InstanceSource.DnsService("_http._tcp.a.example.", Optional.of(SERVER)),
              Optional.of(new InstanceSource.ConsulService(QUESTION, "shop")),
              2,
              Optional.of(QUESTION),
              List.of("/version")),
          new SystemCheck.HaProxyServers("haproxy", QUESTION, List.of("shop")),
          new SystemCheck.DatabaseClients(
              "clients",
              new DatabaseEndpoint("db", 5432, "shop", "shop"),
              new InstanceSource.KubernetesService(QUESTION, "prod", "shop", Optional.of("http"))),
          new SystemCheck.KafkaLag(
              "lag", List.of(SERVER), "g", 9, "SASL_SSL", "PLAIN", Optional.of("kafka"), 5_000));

  @Test
  void shouldBeReadAsTheyWereWritten() throws UndecodableException {
    // given
    DataCheck recommended =
        new DataCheck.Recommended(
            new DataCheck.Dependent(
                new SystemCheck.Instances(
                    "listed", LISTED, Optional.empty(), 1, Optional.empty(), List.of()),
                List.of("clients")));
    List<DataCheck> checks = new ArrayList<>(ALL);
    checks.add(recommended);
    RunChecks command =
        new RunChecks(
            new CommandHeader(new StepRef(new CutoverId("c"), "s", 1), 1, Instant.EPOCH),
            Side.TARGET,
            checks);
    Envelope<RunChecks> envelope =
        new Envelope<>("id", "/test", Instant.EPOCH, "", 0, false, command);
    // when
    MessageCodec codec = new MessageCodec();
    Message read = codec.envelope(codec.headers(envelope), codec.data(command)).message();
    // then
    assertThat(read).isEqualTo(command);
  }

  @Test
  void shouldBeTriedAbove() {
    assertThat(ALL.stream().<Class<?>>map(Object::getClass).toList())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.asList(SystemCheck.class.getPermittedSubclasses()));
  }
}
