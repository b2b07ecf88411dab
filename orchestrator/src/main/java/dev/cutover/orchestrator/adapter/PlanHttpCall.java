package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.HttpCall;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads one HTTP call to a system of the team. Its host must be allowed by configuration. */
final class PlanHttpCall {
  private static final Duration AGE_MIN = Duration.ofSeconds(1);
  private static final Duration AGE_MAX = Duration.ofDays(31);

  private PlanHttpCall() {}

  static HttpCall read(YamlSection section) {
    String method =
        section.valueOr(
            "method",
            "GET, HEAD, POST, PUT, PATCH or DELETE",
            "POST",
            PlanValues.matching("GET|HEAD|POST|PUT|PATCH|DELETE"));
    String url =
        section.value(
            "url", "an address such as https://ci.example.com/pause", "", PlanValues::url);
    Map<String, String> headers = section.map("headers");
    headers.keySet().stream()
        .filter(header -> header.equalsIgnoreCase("authorization"))
        .forEach(
            header ->
                section.fault(
                    "headers",
                    "Expected the name of a credential as 'credential', but found a header"
                        + " Authorization: a plan never holds a secret"));
    Optional<String> body = section.optionalText("body");
    List<Integer> statuses =
        section.has("status")
            ? List.of(section.value("status", "an HTTP status", 200, PlanValues.number(100, 599)))
            : List.of();
    Map<String, String> json = pointers(section, "json");
    Map<String, Duration> youngerThan = new TreeMap<>();
    for (Map.Entry<String, String> entry : pointers(section, "youngerThan").entrySet()) {
      try {
        youngerThan.put(
            entry.getKey(), PlanValues.duration(AGE_MIN, AGE_MAX).apply(entry.getValue()));
      } catch (IllegalArgumentException e) {
        section.fault(
            "youngerThan",
            "Expected %s, but found '%s'"
                .formatted(PlanValues.durationWord(AGE_MIN, AGE_MAX), entry.getValue()));
      }
    }
    Optional<String> authorizeWith = section.optionalText("credential");
    Optional<String> signWith = section.optionalText("signWith");
    section.end();
    return new HttpCall(
        method, url, headers, body, statuses, json, youngerThan, Map.of(), authorizeWith, signWith);
  }

  private static Map<String, String> pointers(YamlSection section, String key) {
    Map<String, String> map = section.map(key);
    for (String pointer : map.keySet()) {
      if (!pointer.startsWith("/")) {
        section.fault(
            key,
            "Expected a JSON pointer such as /state in %s, but found '%s'".formatted(key, pointer));
      }
    }
    return map;
  }
}
