package dev.cutover.orchestrator.adapter;

import static dev.cutover.orchestrator.adapter.HtmlText.badge;
import static dev.cutover.orchestrator.adapter.HtmlText.escaped;
import static dev.cutover.orchestrator.adapter.HtmlText.span;
import static dev.cutover.orchestrator.adapter.HtmlText.time;

import dev.cutover.contract.Forecast;
import dev.cutover.contract.ReadinessStatus.LineStatus;
import dev.cutover.contract.SwitchFigures;
import dev.cutover.orchestrator.domain.CutoverReport.Round;
import dev.cutover.orchestrator.domain.Forecasts;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** One go of a cutover in its report: what was predicted and measured, and what was ready. */
final class ReportRound {
  private final StringBuilder html = new StringBuilder();

  private ReportRound() {}

  /** As HTML. */
  static String of(String title, Round round) {
    ReportRound written = new ReportRound();
    written.round(title, round);
    return written.html.toString();
  }

  private void round(String title, Round round) {
    add(
        "<h2>%s</h2><p>Go at %s (UTC) by %s.</p>"
            .formatted(
                escaped(title),
                time(round.goAt()),
                escaped(String.join(" and ", round.approvedBy()))));
    round
        .wentBack()
        .ifPresent(
            back ->
                add(
                    "<p>%s %s: %s</p>"
                        .formatted(
                            badge("went back", "mid"), time(back.at()), escaped(back.reason()))));
    predictedAndMeasured(round);
    readiness(round.readiness());
  }

  private void predictedAndMeasured(Round round) {
    SwitchFigures measured = round.measured();
    add(
        "<table><thead><tr><th></th><th class=\"number\">predicted</th><th class=\"number\">measured</th><th class=\"number\">bound</th><th>where the prediction came from</th></tr></thead><tbody>");
    total("Write outage", round.predicted().writeOutage(), measured.outageMs());
    parts(round.predicted().writeOutage(), measured);
    total("Rollback", round.predicted().rollback(), measured.rollbackMs());
    parts(round.predicted().rollback(), SwitchFigures.NONE); // only its whole is measured
    add("</tbody></table>");
  }

  private void total(String name, Optional<Forecast.Expected> expected, Optional<Long> measured) {
    boolean over =
        expected.isPresent() && measured.filter(ms -> ms > expected.get().boundMs()).isPresent();
    add(
        "<tr><td><b>%s</b></td><td class=\"number\">%s</td><td class=\"number %s\"><b>%s</b></td><td class=\"number\">%s</td><td>%s</td></tr>"
            .formatted(
                name,
                expected.map(e -> span(e.ms())).orElse("–"),
                measured.isEmpty() ? "" : over ? "bad" : "good",
                measured.map(HtmlText::span).orElse("–"),
                expected.map(e -> span(e.boundMs())).orElse("–"),
                expected.map(e -> Forecasts.word(e.fit())).orElse("")));
  }

  private void parts(Optional<Forecast.Expected> of, SwitchFigures measured) {
    List<Forecast.Part> parts = of.map(Forecast.Expected::parts).orElse(List.of());
    for (Forecast.Part part : parts) {
      add(
          "<tr><td>&emsp;%s</td><td class=\"number\">%s</td><td class=\"number\">%s</td><td></td><td class=\"soft\">%s</td></tr>"
              .formatted(
                  escaped(part.name()),
                  span(part.ms()),
                  measured(part.name(), measured).map(HtmlText::span).orElse("–"),
                  escaped(part.basis().name().toLowerCase(Locale.ROOT) + ": " + part.detail())));
    }
  }

  private static Optional<Long> measured(String part, SwitchFigures figures) {
    return switch (part) {
      case "fence" -> figures.fenceMs();
      case "drain" -> figures.drainMs();
      case "final validation", "full validation" -> figures.validationMs();
      case "DNS acceptance" -> figures.shiftMs();
      case "open" -> figures.openMs();
      default -> Optional.empty();
    };
  }

  private void readiness(List<LineStatus> lines) {
    add(
        "<h3>Readiness at go</h3><table><thead><tr><th>line</th><th>weight</th><th></th><th>evidence</th></tr></thead><tbody>");
    for (LineStatus line : lines) {
      String verdict = line.verdict().name().toLowerCase(Locale.ROOT).replace('_', ' ');
      add(
          "<tr><td class=\"narrow\">%s</td><td class=\"narrow\">%s</td><td class=\"narrow\">%s</td><td>%s</td></tr>"
              .formatted(
                  escaped(line.line().wireName()),
                  line.weight().name().toLowerCase(Locale.ROOT),
                  badge(
                      verdict,
                      switch (line.verdict()) {
                        case PROVEN -> "good";
                        case SIGNED -> "mid";
                        case FAILED -> "bad";
                        case UNPROVEN -> "mid";
                        case NOT_APPLICABLE -> "";
                      }),
                  escaped(line.detail())));
    }
    add("</tbody></table>");
  }

  private void add(String text) {
    html.append(text);
  }
}
