package dev.cutover.validator.adapter.system;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.contract.HttpQuestion;
import dev.cutover.contract.SystemCheck.LokiLines;
import dev.cutover.validator.domain.Verdict;
import java.time.Instant;
import java.util.List;

/** Asks Loki for the newest lines; shows how many there are and never what they say. */
final class LokiLook {
  private final Web web;
  private final Reach reach;

  LokiLook(Web web, Reach reach) {
    this.web = web;
    this.reach = reach;
  }

  Verdict look(LokiLines check, Instant deadline) throws Unasked, InterruptedException {
    Instant now = reach.now();
    HttpQuestion question =
        check
            .loki()
            .at(
                "%s/loki/api/v1/query_range?query=%s&limit=%d&direction=backward&start=%d&end=%d"
                    .formatted(
                        check.loki().url(),
                        Web.encoded(check.query()),
                        check.linesMin(),
                        nanos(now.minus(check.youngerThan())),
                        nanos(now)));
    JsonNode data = web.json(question, deadline).path("data");
    if (!data.path("resultType").asText().equals("streams")) {
      throw new Unasked(
          "Expected lines of '%s', but got %s: a query of numbers belongs into a check of kind prometheus"
              .formatted(check.query(), data.path("resultType").asText("something else")));
    }
    int lines = 0;
    for (JsonNode stream : data.path("result")) {
      lines += stream.path("values").size();
    }
    long seconds = check.youngerThan().toSeconds();
    List<String> evidence =
        List.of("%d lines in %d streams".formatted(lines, data.path("result").size()));
    return lines >= check.linesMin()
        ? new Verdict.Match(
            "%d lines or more arrived in the last %d s".formatted(lines, seconds), evidence)
        : new Verdict.Mismatch(
            "Expected %d lines or more of '%s' in the last %d s, but %d arrived"
                .formatted(check.linesMin(), check.query(), seconds, lines),
            evidence);
  }

  private static long nanos(Instant at) {
    return at.toEpochMilli() * 1_000_000;
  }
}
