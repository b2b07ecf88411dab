package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.DataCheck;
import dev.cutover.contract.HttpQuestion;
import dev.cutover.contract.JsonRequirement;
import dev.cutover.contract.ReplicationSpec;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.contract.SystemCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads checks of the systems around an application. */
final class PlanSystemChecks {
  static final List<String> KINDS =
      List.of(
          "tls",
          "tcp",
          "json",
          "prometheus",
          "loki",
          "testAlert",
          "instances",
          "haproxy",
          "databaseClients",
          "kafkaLag");

  private static final String POINTER = "a JSON pointer such as /messages";
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration YEAR = Duration.ofDays(366);
  private static final Set<String> PROTOCOLS =
      Set.of("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL");

  private PlanSystemChecks() {}

  /**
   * Reads one.
   *
   * @param kind one of {@link #KINDS}
   * @param side whose database is asked
   * @param data names that database; a plan without databases has no sessions to look for
   */
  static Optional<DataCheck> read(
      YamlSection entry, String name, String kind, Side side, Optional<ReplicationSpec> data) {
    Optional<DataCheck> check =
        switch (kind) {
          case "tls" -> Optional.of(tls(entry, name));
          case "tcp" -> Optional.of(tcp(entry, name));
          case "json" -> Optional.of(json(entry, name));
          case "prometheus" -> Optional.of(prometheus(entry, name));
          case "loki" -> Optional.of(loki(entry, name));
          case "testAlert" -> Optional.of(testAlert(entry, name));
          case "instances" -> Optional.of(PlanInstances.check(entry, name));
          case "haproxy" -> Optional.of(haProxy(entry, name));
          case "databaseClients" -> PlanInstances.clients(entry, name, side, data);
          case "kafkaLag" -> Optional.of(kafkaLag(entry, name));
          default -> throw new IllegalArgumentException("Expected a kind, but got " + kind);
        };
    entry.end();
    return check;
  }

  private static SystemCheck tls(YamlSection entry, String name) {
    ServerAddress server = PlanQuestions.server(entry, "server", 443);
    String serverName = entry.optionalText("serverName").orElse(server.host());
    return new SystemCheck.TlsCertificate(
        name,
        server,
        serverName,
        PlanQuestions.duration(entry, "validFor", Duration.ZERO, YEAR, Duration.ofDays(14)),
        PlanQuestions.timeoutMs(entry));
  }

  private static SystemCheck tcp(YamlSection entry, String name) {
    return new SystemCheck.TcpReach(
        name, PlanQuestions.servers(entry, "servers"), PlanQuestions.timeoutMs(entry));
  }

  private static SystemCheck json(YamlSection entry, String name) {
    HttpQuestion question = PlanQuestions.question(entry);
    List<JsonRequirement> requirements = new ArrayList<>();
    for (YamlSection one : entry.sections("require")) {
      JsonRequirement requirement =
          new JsonRequirement(
              one.value("at", POINTER, "/", PlanValues.matching("/.*")),
              one.optionalText("is"),
              PlanQuestions.number(one, "atLeast"),
              PlanQuestions.number(one, "atMost"),
              one.has("youngerThan")
                  ? Optional.of(PlanQuestions.duration(one, "youngerThan", SECOND, YEAR, HOUR))
                  : Optional.empty());
      boolean empty =
          requirement.is().isEmpty()
              && requirement.atLeast().isEmpty()
              && requirement.atMost().isEmpty()
              && requirement.youngerThan().isEmpty();
      if (empty) {
        one.fault(
            "Expected is, atLeast, atMost or youngerThan, but found none: it requires nothing");
      }
      one.end();
      requirements.add(requirement);
    }
    if (requirements.isEmpty()) {
      entry.fault("require", "Expected at least one requirement, but found none");
    }
    return new SystemCheck.JsonAnswer(name, question, requirements);
  }

  private static SystemCheck prometheus(YamlSection entry, String name) {
    HttpQuestion question = PlanQuestions.question(entry);
    String query = entry.text("query", "a query of PromQL");
    Optional<Double> atLeast = PlanQuestions.number(entry, "atLeast");
    Optional<Double> atMost = PlanQuestions.number(entry, "atMost");
    int series = entry.valueOr("series", "a number of series", 1, PlanValues.number(1, 10_000));
    Optional<Duration> youngerThan =
        entry.has("youngerThan")
            ? Optional.of(PlanQuestions.duration(entry, "youngerThan", SECOND, HOUR, HOUR))
            : Optional.empty();
    Optional<SystemCheck.Against> against =
        entry.optionalSection("against").map(PlanSystemChecks::against);
    if (atLeast.isEmpty() && atMost.isEmpty() && youngerThan.isEmpty() && against.isEmpty()) {
      entry.fault(
          "query",
          "Expected atLeast, atMost, youngerThan or against, but found none: any answer would do");
    }
    return new SystemCheck.PrometheusQuery(
        name, question, query, atLeast, atMost, series, youngerThan, against);
  }

  private static SystemCheck.Against against(YamlSection section) {
    String query = section.text("query", "a query of PromQL");
    Optional<Double> atLeast = PlanQuestions.number(section, "ratioAtLeast");
    Optional<Double> atMost = PlanQuestions.number(section, "ratioAtMost");
    if (atLeast.isEmpty() && atMost.isEmpty()) {
      section.fault("Expected ratioAtLeast or ratioAtMost, but found neither: any ratio would do");
    }
    Optional<String> samples = section.optionalText("samplesQuery");
    int samplesMin =
        section.valueOr(
            "samplesMin",
            "a number of samples",
            samples.isPresent() ? 1_000 : 0,
            PlanValues.number(0, 1_000_000_000));
    if (samples.isEmpty() && samplesMin > 0) {
      section.fault("samplesMin", "Expected samplesQuery, which counts them, but it is missing");
    }
    section.end();
    return new SystemCheck.Against(query, atLeast, atMost, samples, samplesMin);
  }

  private static SystemCheck loki(YamlSection entry, String name) {
    return new SystemCheck.LokiLines(
        name,
        PlanQuestions.question(entry),
        entry.text("query", "a query of LogQL, such as {app=\"shop\"}"),
        PlanQuestions.duration(
            entry, "youngerThan", SECOND, Duration.ofDays(1), Duration.ofMinutes(1)),
        entry.valueOr("lines", "a number of lines", 1, PlanValues.number(1, 5_000)));
  }

  private static SystemCheck testAlert(YamlSection entry, String name) {
    HttpQuestion question = PlanQuestions.question(entry);
    Map<String, String> labels = entry.map("labels");
    if (labels.containsKey("alertname")) {
      entry.fault("labels", "Expected labels beside alertname, which is CutoverTestAlert");
    }
    return new SystemCheck.TestAlert(
        name,
        question,
        labels,
        entry.optionalText("receiver"),
        PlanQuestions.duration(
            entry, "within", SECOND, Duration.ofMinutes(10), Duration.ofSeconds(30)));
  }

  private static SystemCheck haProxy(YamlSection entry, String name) {
    return new SystemCheck.HaProxyServers(
        name,
        PlanQuestions.question(entry),
        entry.texts("backends").stream().map(YamlSection.Text::value).toList());
  }

  private static SystemCheck kafkaLag(YamlSection entry, String name) {
    String protocol =
        entry.valueOr(
            "protocol",
            "PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL",
            "PLAINTEXT",
            PlanValues.matching(String.join("|", PROTOCOLS)));
    boolean logsIn = protocol.startsWith("SASL");
    Optional<String> credential =
        entry.has("credential") || logsIn
            ? Optional.of(PlanData.credential(entry))
            : Optional.empty();
    return new SystemCheck.KafkaLag(
        name,
        PlanQuestions.servers(entry, "brokers"),
        entry.text("group", "a consumer group"),
        entry.value("lagMax", "a number of records", 0L, PlanValues.whole(0, 1_000_000_000_000L)),
        protocol,
        entry.valueOr(
            "mechanism",
            "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512",
            "SCRAM-SHA-512",
            PlanValues.matching("PLAIN|SCRAM-SHA-256|SCRAM-SHA-512")),
        credential,
        PlanQuestions.timeoutMs(entry));
  }
}
