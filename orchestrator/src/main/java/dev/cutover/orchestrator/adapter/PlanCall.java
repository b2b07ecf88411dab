package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.HttpCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads one HTTP call to a system of the team. */
final class PlanCall {
  private static final Duration AGE_MAX = Duration.ofDays(366);

  private PlanCall() {}

  static HttpCall read(YamlSection entry) {
    String method =
        entry.valueOr(
            "method",
            "GET, HEAD, POST, PUT, PATCH or DELETE",
            "GET",
            PlanValues.matching("GET|HEAD|POST|PUT|PATCH|DELETE"));
    String url =
        entry.value("url", "an address such as https://tickets.example.com/x", "", PlanValues::url);
    Map<String, String> headers = entry.map("headers");
    Optional<String> body = entry.optionalText("body");
    List<Integer> statuses = new ArrayList<>();
    for (YamlSection.Text text : entry.texts("statuses")) {
      try {
        statuses.add(PlanValues.number(100, 599).apply(text.value()));
      } catch (RuntimeException e) {
        entry.fault(text, "Expected an HTTP status, but found '%s'".formatted(text.value()));
      }
    }
    Map<String, String> json = pointers(entry, "json", entry.map("json"));
    Map<String, Duration> younger = new LinkedHashMap<>();
    Function<String, Duration> age = PlanValues.duration(Duration.ofSeconds(1), AGE_MAX);
    pointers(entry, "youngerThan", entry.map("youngerThan"))
        .forEach(
            (pointer, text) -> {
              try {
                younger.put(pointer, age.apply(text.strip()));
              } catch (RuntimeException e) {
                entry.fault(
                    "youngerThan",
                    "Expected %s for %s, but found '%s'"
                        .formatted(
                            PlanValues.durationWord(Duration.ofSeconds(1), AGE_MAX),
                            pointer,
                            text));
              }
            });
    Optional<String> authorizeWith = entry.optionalText("authorizeWith");
    Optional<String> signWith = entry.optionalText("signWith");
    entry.end();
    return new HttpCall(
        method, url, headers, body, statuses, json, younger, Map.of(), authorizeWith, signWith);
  }

  private static Map<String, String> pointers(
      YamlSection entry, String key, Map<String, String> map) {
    for (String pointer : map.keySet()) {
      if (!pointer.startsWith("/")) {
        entry.fault(
            key,
            "Expected a JSON pointer such as /state in %s, but found '%s'".formatted(key, pointer));
      }
    }
    return map;
  }
}
