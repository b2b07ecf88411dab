package dev.cutover.orchestrator.outbound;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.HttpCall;
import dev.cutover.contract.Template;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;

/** Holds an answer in JSON against what the plan expects of it. Pure. */
final class JsonExpectations {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Clocks differ: a time so little ahead is now. */
  private static final Duration AHEAD_MAX = Duration.ofMinutes(1);

  private JsonExpectations() {}

  /** Refuses with the first expectation that is not met. */
  static void check(
      HttpCall call, Map<String, String> variables, String body, Instant now, Vault vault)
      throws Refused {
    if (call.expectedJson().isEmpty() && call.youngerThan().isEmpty()) {
      return;
    }
    JsonNode json;
    try {
      json = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw mismatch("Expected an answer in JSON, but it can't be read as such");
    }
    for (Map.Entry<String, String> expected : call.expectedJson().entrySet()) {
      String wanted = new Template(expected.getValue()).fill(variables);
      Optional<String> found = at(json, expected.getKey());
      if (!found.equals(Optional.of(wanted))) {
        throw mismatch(
            "Expected '%s' at %s, but found %s"
                .formatted(wanted, expected.getKey(), shown(found, vault)));
      }
    }
    for (Map.Entry<String, Duration> expected : call.youngerThan().entrySet()) {
      Optional<String> found = at(json, expected.getKey());
      Optional<Duration> age = found.flatMap(JsonExpectations::time).map(at -> age(at, now));
      if (age.isEmpty()) {
        throw mismatch(
            "Expected a time at %s, but found %s"
                .formatted(expected.getKey(), shown(found, vault)));
      }
      if (age.get().compareTo(expected.getValue()) > 0
          || age.get().compareTo(AHEAD_MAX.negated()) < 0) {
        throw mismatch(
            "Expected a time at most %s ago at %s, but found %s"
                .formatted(expected.getValue(), expected.getKey(), shown(found, vault)));
      }
    }
  }

  private static Duration age(Instant at, Instant now) {
    return Duration.between(at, now);
  }

  private static Optional<String> at(JsonNode json, String pointer) {
    try {
      JsonNode node = json.at(pointer);
      return node.isMissingNode()
          ? Optional.empty()
          : Optional.of(node.isValueNode() ? node.asText() : node.toString());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * A time as systems write it: ISO 8601 with an offset, also {@code +0000} (Jira); {@code
   * 2026-11-22 10:15:30} in UTC (ServiceNow); seconds or milliseconds since 1970.
   */
  static Optional<Instant> time(String text) {
    try {
      if (text.matches("[0-9]{9,11}")) {
        return Optional.of(Instant.ofEpochSecond(Long.parseLong(text)));
      }
      if (text.matches("[0-9]{12,14}")) {
        return Optional.of(Instant.ofEpochMilli(Long.parseLong(text)));
      }
      if (text.matches("[0-9-]{10} [0-9:]{8}")) {
        return Optional.of(LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC));
      }
      String offset = text.replaceFirst("([+-][0-9]{2})([0-9]{2})$", "$1:$2");
      return Optional.of(
          OffsetDateTime.parse(offset, DateTimeFormatter.ISO_OFFSET_DATE_TIME).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static String shown(Optional<String> found, Vault vault) {
    return found.map(text -> "'" + Excerpt.of(text, vault) + "'").orElse("nothing");
  }

  private static Refused mismatch(String sentence) {
    return new Refused(FailureKind.MISMATCH, false, sentence);
  }
}
