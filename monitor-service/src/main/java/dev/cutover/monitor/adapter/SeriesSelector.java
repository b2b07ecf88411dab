package dev.cutover.monitor.adapter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A metric's name with label matchers, as in PromQL: {@code http_requests_total{route!="/health"}}.
 *
 * @param name exact
 * @param matchers what each label must be; an absent label is empty, as in PromQL
 */
record SeriesSelector(String name, Map<String, List<Predicate<String>>> matchers) {
  private static final Pattern SHAPE =
      Pattern.compile("\\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\\s*(?:\\{(.*)})?\\s*");
  private static final Pattern MATCHER =
      Pattern.compile(
          "\\s*([a-zA-Z_][a-zA-Z0-9_]*)\\s*(=~|!~|!=|=)\\s*\"((?:[^\"\\\\]|\\\\.)*)\"\\s*(,|$)");

  /**
   * Reads a selector.
   *
   * @throws IllegalArgumentException saying what was expected
   */
  static SeriesSelector parse(String text) {
    Matcher shape = SHAPE.matcher(text);
    if (!shape.matches()) {
      throw malformed(text);
    }
    Map<String, List<Predicate<String>>> matchers = new HashMap<>();
    String inner = shape.group(2) == null ? "" : shape.group(2).strip();
    Matcher matcher = MATCHER.matcher(inner);
    int at = 0;
    while (at < inner.length()) {
      if (!matcher.find(at) || matcher.start() != at) {
        throw malformed(text);
      }
      matchers
          .computeIfAbsent(matcher.group(1), label -> new ArrayList<>())
          .add(
              predicate(
                  text,
                  matcher.group(2),
                  matcher.group(3).replace("\\\"", "\"").replace("\\\\", "\\")));
      at = matcher.end();
    }
    return new SeriesSelector(shape.group(1), matchers);
  }

  /** The same matchers on another metric of the family, such as {@code _bucket}. */
  SeriesSelector suffixed(String suffix) {
    return new SeriesSelector(name + suffix, matchers);
  }

  boolean selects(PrometheusText.Point point) {
    return point.name().equals(name)
        && matchers.entrySet().stream()
            .allMatch(
                entry -> {
                  String value = point.labels().getOrDefault(entry.getKey(), "");
                  return entry.getValue().stream().allMatch(matcher -> matcher.test(value));
                });
  }

  private static Predicate<String> predicate(String text, String operator, String value) {
    try {
      return switch (operator) {
        case "=" -> value::equals;
        case "!=" -> other -> !value.equals(other);
        case "=~" -> Pattern.compile(value).asMatchPredicate();
        default -> Pattern.compile(value).asMatchPredicate().negate();
      };
    } catch (PatternSyntaxException e) {
      throw malformed(text);
    }
  }

  private static IllegalArgumentException malformed(String text) {
    return new IllegalArgumentException(
        "Expected a metric's name with label matchers such as http_requests_total{route!=\"/health\"}, but got '%s'"
            .formatted(text));
  }
}
