package dev.cutover.deploy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Statuses and journal entries as lines for people. */
final class Shown {
  private static final int EVENT_CHARACTERS_MAX = 160;

  private Shown() {}

  /** Where a cutover stands, whole. */
  static List<String> status(JsonNode status) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: %s%s"
            .formatted(
                text(status, "cutover"),
                text(status, "state"),
                text(status, "outcome").isEmpty() ? "" : ", " + text(status, "outcome")));
    line(lines, "serving", text(status, "serving").isEmpty() ? "nobody" : text(status, "serving"));
    line(lines, "waits for", text(status, "waitingFor"));
    line(lines, "reason", text(status, "reason"));
    line(lines, "goes back at", text(status, "outageDeadline"));
    List<String> approved = new ArrayList<>();
    status.path("approvedBy").forEach(person -> approved.add(person.asText()));
    line(lines, "approved by", String.join(", ", approved));
    JsonNode forecast = status.path("readiness").path("forecast");
    line(lines, "write outage", expected(forecast.path("writeOutage")));
    line(lines, "rollback", expected(forecast.path("rollback")));
    line(lines, "as of", "%s, event %s".formatted(text(status, "at"), text(status, "sequence")));
    lines.add("");
    Table steps = new Table("step", "service", "progress", "tries", "took", "detail");
    for (JsonNode step : status.path("steps")) {
      steps.row(
          text(step, "step"),
          text(step, "service"),
          text(step, "progress").toLowerCase(Locale.ROOT).replace('_', ' '),
          step.path("attempt").asInt() == 0 ? "" : text(step, "attempt"),
          took(text(step, "sentAt"), text(step, "endedAt")),
          text(step, "detail"));
    }
    lines.addAll(steps.lines());
    return lines;
  }

  /** How long it would take now, and how that stands to its bound. */
  private static String expected(JsonNode span) {
    return span.isObject()
        ? "about %d ms of at most %d ms (%s)"
            .formatted(
                span.path("ms").asLong(),
                span.path("boundMs").asLong(),
                text(span, "fit").toLowerCase(Locale.ROOT))
        : "";
  }

  /** All of them, a line each. */
  static List<String> list(List<JsonNode> statuses) {
    Table table = new Table("cutover", "state", "outcome", "serving", "waits for");
    for (JsonNode status : statuses) {
      table.row(
          text(status, "cutover"),
          text(status, "state"),
          text(status, "outcome"),
          text(status, "serving"),
          text(status, "waitingFor").isEmpty()
              ? text(status, "reason")
              : text(status, "waitingFor"));
    }
    return table.lines();
  }

  /** An entry of a journal: its number, when, what, and its simple fields. */
  static String entry(JsonNode entry) {
    JsonNode event = entry.path("event");
    StringBuilder fields = new StringBuilder();
    for (Map.Entry<String, JsonNode> field : event.properties()) {
      if (field.getKey().equals("type") || field.getKey().equals("at")) {
        continue;
      }
      String value = field.getValue().isValueNode() ? field.getValue().asText("") : name(field);
      if (!value.isEmpty()) {
        fields.append(' ').append(field.getKey()).append('=').append(value);
      }
    }
    String line =
        "%5d  %s  %s %s"
            .formatted(
                entry.path("sequence").asLong(),
                text(entry, "at"),
                text(event, "type").replaceAll("^saga\\.|\\.v1$", ""),
                fields);
    String shown = Table.shown(line);
    return shown.length() > EVENT_CHARACTERS_MAX
        ? shown.substring(0, EVENT_CHARACTERS_MAX - 1) + "…"
        : shown;
  }

  /** What an object calls itself. */
  private static String name(Map.Entry<String, JsonNode> field) {
    for (String key : List.of("step", "name", "action", "type")) {
      if (field.getValue().path(key).isTextual()) {
        return field.getValue().path(key).asText();
      }
    }
    return "";
  }

  private static void line(List<String> lines, String name, String value) {
    if (!value.isEmpty()) {
      lines.add("  %-13s %s".formatted(name, Table.shown(value)));
    }
  }

  private static String took(String from, String to) {
    try {
      return from.isEmpty() || to.isEmpty()
          ? ""
          : Duration.between(Instant.parse(from), Instant.parse(to)).toMillis() + " ms";
    } catch (DateTimeParseException e) {
      return "";
    }
  }

  static String text(JsonNode json, String field) {
    return json.path(field).asText("").equals("null") ? "" : json.path(field).asText("");
  }
}
