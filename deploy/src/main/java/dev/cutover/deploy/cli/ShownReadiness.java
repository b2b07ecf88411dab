package dev.cutover.deploy.cli;

import static dev.cutover.deploy.cli.Shown.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Readiness and freeze as lines for people. */
final class ShownReadiness {
  private ShownReadiness() {}

  /** The checklist of a cutover, its way back and its warnings. */
  static List<String> lines(JsonNode answer) {
    JsonNode readiness = answer.path("readiness");
    List<String> shown = new ArrayList<>();
    shown.add(
        "%s: %s"
            .formatted(
                text(answer, "cutover"),
                readiness.path("ready").asBoolean() ? "ready" : "not ready"));
    Table table = new Table("line", "weight", "verdict", "detail", "until");
    for (JsonNode line : readiness.path("lines")) {
      table.row(
          word(line, "line"),
          word(line, "weight"),
          word(line, "verdict").replace('-', ' '),
          text(line, "detail"),
          text(line, "until"));
    }
    shown.addAll(table.lines());
    JsonNode wayBack = readiness.path("wayBack");
    shown.add("");
    shown.add(
        wayBack.path("works").asBoolean()
            ? "the way back is proven"
            : "the way back is not proven");
    for (JsonNode fact : wayBack.path("facts")) {
      shown.add(
          Table.shown(
              "  %s, %s: %s"
                  .formatted(text(fact, "name"), word(fact, "standing"), text(fact, "detail"))));
    }
    readiness
        .path("warnings")
        .forEach(warning -> shown.add(Table.shown("warning: " + warning.asText())));
    return shown;
  }

  /** Whether changes are frozen, by which cutovers, until when. */
  static List<String> freeze(JsonNode answer) {
    List<String> shown = new ArrayList<>();
    if (answer.path("freezes").isEmpty()) {
      shown.add("free");
    }
    for (JsonNode freeze : answer.path("freezes")) {
      String until = text(freeze, "until");
      shown.add(
          Table.shown(
              "frozen by %s since %s, until %s"
                  .formatted(
                      text(freeze, "cutover"),
                      text(freeze, "from"),
                      until.isEmpty() ? "the point of no return" : until)));
      freeze
          .path("drifts")
          .forEach(drift -> shown.add(Table.shown("  changed all the same: " + drift.asText())));
    }
    return shown;
  }

  /** {@code TTL_LOWERED} is {@code ttl-lowered}. */
  private static String word(JsonNode json, String field) {
    return text(json, field).toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
