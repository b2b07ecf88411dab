package dev.cutover.orchestrator.adapter;

import static dev.cutover.orchestrator.adapter.HtmlText.badge;
import static dev.cutover.orchestrator.adapter.HtmlText.escaped;
import static dev.cutover.orchestrator.adapter.HtmlText.span;
import static dev.cutover.orchestrator.adapter.HtmlText.time;

import dev.cutover.contract.ReadinessStatus.Milestone;
import dev.cutover.orchestrator.domain.CutoverReport;
import dev.cutover.orchestrator.domain.CutoverReport.Round;
import dev.cutover.orchestrator.domain.CutoverReport.StepLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/** A report as one page that needs nothing else. Pure. */
final class ReportPage {
  private static final String CSS = resource("/report.css");

  private final StringBuilder html = new StringBuilder();
  private final CutoverReport report;

  private ReportPage(CutoverReport report) {
    this.report = report;
  }

  static String of(CutoverReport report) {
    return new ReportPage(report).page();
  }

  private String page() {
    add(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Report of %s</title><style>%s</style></head><body><main>"
            .formatted(escaped(report.cutover().value()), CSS));
    head();
    rounds();
    chart();
    people();
    decisions();
    html.append(ReportKept.of(report.kept()));
    aftermath();
    steps();
    notices();
    add("</main></body></html>");
    return html.toString();
  }

  private void head() {
    add(
        "<h1>%s</h1><p>%s%s <span class=\"soft\">%s, rollback %s</span></p>"
            .formatted(
                escaped(report.cutover().value()),
                badge(report.outcome().orElse(report.state()), tone(report.outcome().orElse(""))),
                report.rehearsal()
                    ? " " + badge("rehearsal: nothing of it was production", "mid")
                    : "",
                escaped(report.strategy()),
                escaped(report.rollbackPolicy())));
    if (!report.reason().isEmpty()) {
      add("<p>%s</p>".formatted(escaped(report.reason())));
    }
    add(
        "<p class=\"soft\">%s to %s (UTC), %s. Journal of %d entries up to <span class=\"hash\">%s</span>, plan <span class=\"hash\">%s</span></p>"
            .formatted(
                time(report.from()),
                time(report.until()),
                span(Duration.between(report.from(), report.until()).toMillis()),
                report.entries(),
                escaped(report.journalHead()),
                escaped(report.planHash())));
  }

  private void rounds() {
    if (report.rounds().isEmpty()) {
      add("<h2>Switch</h2><p>Nobody has said go yet.</p>");
    }
    int number = 1;
    for (Round round : report.rounds()) {
      html.append(
          ReportRound.of(report.rounds().size() > 1 ? "Switch " + number : "Switch", round));
      number++;
    }
    report
        .drill()
        .ifPresent(
            drill ->
                add(
                    "<p class=\"soft\">Drill of the fence at %s: fenced in %d ms, drained in %d ms, writes refused for %d ms.</p>"
                        .formatted(
                            time(drill.at()),
                            drill.fenceMs(),
                            drill.drainMs(),
                            drill.refusedMs())));
    report
        .rehearsed()
        .ifPresent(
            result ->
                add(
                    "<p>%s %s, %s: %s. <span class=\"soft\">Journal of %d entries up to <span class=\"hash\">%s</span></span></p>"
                        .formatted(
                            badge("rehearsed", result.passed() ? "good" : "bad"),
                            escaped(result.rehearsal().value()),
                            time(result.endedAt()),
                            escaped(result.detail()),
                            result.sequence(),
                            escaped(result.journalHead()))));
  }

  /** Preparation takes hours or days, the switch seconds: each has an axis of its own. */
  private void chart() {
    figure("Before the go", line -> line.round() == 0);
    for (int number = 1; number <= report.rounds().size(); number++) {
      int round = number;
      figure(
          report.rounds().size() > 1 ? "From go " + number : "From the go on",
          line -> line.round() == round);
    }
  }

  private void figure(String title, Function<StepLine, Boolean> shown) {
    List<StepLine> lines =
        report.steps().stream()
            .filter(shown::apply)
            .filter(line -> !line.step().startsWith("recheck-"))
            .toList();
    if (!lines.isEmpty()) {
      add("<h2>%s</h2><figure>%s".formatted(title, StepChart.of(lines, title)));
      add(
          "<figcaption>From %s (UTC). Blue: done; red: failed; grey: void, left out or under way.</figcaption></figure>"
              .formatted(time(lines.getFirst().sentAt())));
    }
  }

  private void people() {
    add(
        "<h2>People</h2><table><thead><tr><th>when (UTC)</th><th>who</th><th>what</th><th>words</th></tr></thead><tbody>");
    report
        .people()
        .forEach(
            saying ->
                add(
                    "<tr><td class=\"narrow\">%s</td><td class=\"narrow\">%s</td><td>%s</td><td>%s%s</td></tr>"
                        .formatted(
                            time(saying.at()),
                            escaped(saying.actor()),
                            escaped(saying.what()),
                            escaped(saying.words()),
                            shown(saying.shown()))));
    add("</tbody></table>");
  }

  private static String shown(List<String> facts) {
    if (facts.isEmpty()) {
      return "";
    }
    StringBuilder items = new StringBuilder("<details><summary>what was shown</summary><ul>");
    facts.forEach(fact -> items.append("<li>").append(escaped(fact)).append("</li>"));
    return items.append("</ul></details>").toString();
  }

  private void decisions() {
    if (!report.decisions().isEmpty()) {
      add(
          "<h2>Decisions</h2><table><thead><tr><th>question</th><th>choice</th><th>reason</th></tr></thead><tbody>");
      report
          .decisions()
          .forEach(
              decision ->
                  add(
                      "<tr><td>%s</td><td>%s</td><td>%s</td></tr>"
                          .formatted(
                              escaped(decision.question()),
                              escaped(decision.choice()),
                              escaped(decision.reason()))));
      add("</tbody></table>");
    }
    if (!report.lost().isEmpty()) {
      add("<h2>What this plan gives up</h2><ul>");
      report.lost().forEach(sentence -> add("<li>%s</li>".formatted(escaped(sentence))));
      add("</ul>");
    }
  }

  private void aftermath() {
    if (report.milestones().isEmpty()) {
      return;
    }
    add("<h2>Afterwards</h2>");
    for (Milestone milestone : report.milestones()) {
      add(
          "<p>%s %s, %s</p><ul>"
              .formatted(
                  badge(
                      milestone.stable() ? "stable" : "not stable",
                      milestone.stable() ? "good" : "bad"),
                  escaped(milestone.name()),
                  time(milestone.at())));
      milestone
          .facts()
          .forEach(
              fact ->
                  add("<li>%s: %s</li>".formatted(escaped(fact.name()), escaped(fact.detail()))));
      add("</ul>");
    }
  }

  private void steps() {
    add(
        "<h2>Steps and evidence</h2><table><thead><tr><th>step</th><th>service</th><th>sent (UTC)</th><th class=\"number\">took</th><th></th><th>evidence</th></tr></thead><tbody>");
    for (StepLine line : report.steps()) {
      add(
          "<tr><td class=\"narrow\">%s%s</td><td class=\"narrow\">%s</td><td class=\"narrow\">%s</td><td class=\"number\">%s</td><td class=\"narrow\">%s</td><td>%s</td></tr>"
              .formatted(
                  escaped(line.step()),
                  line.attempt() > 1 ? " <span class=\"soft\">(" + line.attempt() + ")</span>" : "",
                  escaped(line.service()),
                  time(line.sentAt()),
                  line.endedAt()
                      .map(at -> span(Duration.between(line.sentAt(), at).toMillis()))
                      .orElse("–"),
                  badge(
                      line.result(),
                      line.result().equals("done")
                          ? "good"
                          : line.result().equals("failed") ? "bad" : ""),
                  escaped(line.detail())));
    }
    add("</tbody></table>");
  }

  private void notices() {
    if (report.notices().isEmpty()) {
      return;
    }
    add(
        "<h2>Notices</h2><table><thead><tr><th>when (UTC)</th><th>channel</th><th>subject</th><th></th></tr></thead><tbody>");
    report
        .notices()
        .forEach(
            notice ->
                add(
                    "<tr><td class=\"narrow\">%s</td><td>%s</td><td>%s</td><td class=\"narrow\">%s</td></tr>"
                        .formatted(
                            time(notice.at()),
                            escaped(notice.channel()),
                            escaped(notice.subject()),
                            badge(
                                notice.result(),
                                notice.result().equals("delivered")
                                    ? "good"
                                    : notice.result().equals("failed") ? "bad" : ""))));
    add("</tbody></table>");
  }

  private void add(String text) {
    html.append(text);
  }

  private static String tone(String outcome) {
    return switch (outcome) {
      case "COMPLETED" -> "good";
      case "HELD" -> "bad";
      case "ROLLED_BACK", "ABANDONED" -> "mid";
      default -> "";
    };
  }

  private static String resource(String path) {
    try (InputStream in = ReportPage.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("Expected the resource " + path);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
