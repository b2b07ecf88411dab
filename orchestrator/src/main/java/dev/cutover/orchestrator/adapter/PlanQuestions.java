package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.HttpQuestion;
import dev.cutover.contract.ServerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads what systems are asked, and for how long. */
final class PlanQuestions {
  private static final String SERVER = "a server as host:port, such as 10.0.0.2:5432";
  private static final String URL = "an address such as http://10.0.0.2:9090";
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private PlanQuestions() {}

  static HttpQuestion question(YamlSection section) {
    return question(section, section.value("url", URL, "", PlanValues::url));
  }

  /** Its host is a variable, so it is no address yet. */
  static HttpQuestion instanceQuestion(YamlSection section) {
    return question(
        section,
        section.value(
            "url",
            "an address such as http://${instance}/health",
            "",
            PlanValues.matching("https?://\\$\\{instance}(/.*)?")));
  }

  private static HttpQuestion question(YamlSection section, String url) {
    Optional<String> credential =
        section.has("credential") ? Optional.of(PlanData.credential(section)) : Optional.empty();
    return new HttpQuestion(url, section.map("headers"), credential, timeoutMs(section));
  }

  static int timeoutMs(YamlSection section) {
    return (int) PlanHttp.timeout(section, TIMEOUT).toMillis();
  }

  static Duration duration(
      YamlSection section, String key, Duration min, Duration max, Duration fallback) {
    return section.valueOr(
        key, PlanValues.durationWord(min, max), fallback, PlanValues.duration(min, max));
  }

  static Optional<Double> number(YamlSection section, String key) {
    return section.has(key)
        ? Optional.of(section.value(key, "a number", 0.0, PlanQuestions::finite))
        : Optional.empty();
  }

  private static double finite(String text) {
    double value = Double.parseDouble(text);
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("Expected a number");
    }
    return value;
  }

  static ServerAddress server(YamlSection section, String key, int otherwise) {
    return section.value(
        key,
        SERVER,
        new ServerAddress("missing", otherwise),
        text -> PlanTraffic.server(text, otherwise));
  }

  static List<ServerAddress> servers(YamlSection section, String key) {
    List<ServerAddress> servers = new ArrayList<>();
    for (YamlSection.Text text : section.texts(key)) {
      try {
        servers.add(PlanTraffic.server(text.value(), 0));
      } catch (RuntimeException e) {
        section.fault(text, "Expected %s, but found '%s'".formatted(SERVER, text.value()));
      }
    }
    if (servers.isEmpty()) {
      section.fault(key, "Expected at least one server in %s, but found none".formatted(key));
    }
    return servers;
  }
}
