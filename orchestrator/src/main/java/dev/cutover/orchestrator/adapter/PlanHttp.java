package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.HttpStep;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads series of HTTP requests, for checks and for journeys. */
final class PlanHttp {
  static final Duration TIMEOUT_MIN = Duration.ofMillis(1);
  static final Duration TIMEOUT_MAX = Duration.ofMinutes(5);
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");

  private PlanHttp() {}

  /**
   * Reads {@code steps}. A variable must be given, or extracted by an earlier step.
   *
   * @param given names of variables that are there from the start
   */
  static List<HttpStep> steps(YamlSection section, List<String> given) {
    List<HttpStep> steps = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Set<String> variables = new HashSet<>(given);
    for (YamlSection entry : section.sections("steps")) {
      HttpStep step = step(entry);
      if (!names.add(step.name())) {
        entry.fault(
            "name", "Expected each step once, but '%s' is there twice".formatted(step.name()));
      }
      unknownVariables(step, variables)
          .forEach(
              name ->
                  entry.fault(
                      "Expected a variable that an earlier step extracts or one of %s, but found '${%s}'"
                          .formatted(given, name)));
      variables.addAll(step.extract().keySet());
      steps.add(step);
    }
    if (steps.isEmpty()) {
      section.fault("steps", "Expected at least one HTTP step, but found none");
    }
    return steps;
  }

  private static HttpStep step(YamlSection entry) {
    String name = entry.text("name", "the name of a step");
    String method =
        entry.valueOr(
            "method",
            "GET, HEAD, POST, PUT, PATCH or DELETE",
            "GET",
            PlanValues.matching("GET|HEAD|POST|PUT|PATCH|DELETE"));
    String path = entry.value("path", "a path that begins with /", "/", PlanValues.matching("/.*"));
    Map<String, String> headers = entry.map("headers");
    Optional<String> body = entry.optionalText("body");
    int status = entry.valueOr("status", "an HTTP status", 200, PlanValues.number(100, 599));
    Map<String, String> json = pointers(entry, "json", true);
    Map<String, String> extract = pointers(entry, "extract", false);
    Duration timeout = timeout(entry, DEFAULT_TIMEOUT);
    entry.end();
    return new HttpStep(
        name, method, path, headers, body, status, json, extract, (int) timeout.toMillis());
  }

  static Duration timeout(YamlSection entry, Duration fallback) {
    return entry.valueOr(
        "timeout",
        PlanValues.durationWord(TIMEOUT_MIN, TIMEOUT_MAX),
        fallback,
        PlanValues.duration(TIMEOUT_MIN, TIMEOUT_MAX));
  }

  /** JSON pointers (RFC 6901) are keys of what is expected, and values of what is extracted. */
  private static Map<String, String> pointers(YamlSection entry, String key, boolean areKeys) {
    Map<String, String> map = entry.map(key);
    for (String pointer : areKeys ? map.keySet() : map.values()) {
      if (!pointer.startsWith("/")) {
        entry.fault(
            key,
            "Expected a JSON pointer such as /id in %s, but found '%s'".formatted(key, pointer));
      }
    }
    return map;
  }

  private static List<String> unknownVariables(HttpStep step, Set<String> known) {
    return Stream.of(
            Stream.of(step.path()),
            step.body().stream(),
            step.headers().values().stream(),
            step.expectedJson().values().stream())
        .flatMap(texts -> texts)
        .flatMap(text -> VARIABLE.matcher(text).results().map(found -> found.group(1)))
        .filter(name -> !known.contains(name))
        .distinct()
        .toList();
  }
}
