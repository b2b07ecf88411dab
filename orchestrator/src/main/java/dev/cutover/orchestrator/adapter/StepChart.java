package dev.cutover.orchestrator.adapter;

import dev.cutover.orchestrator.domain.CutoverReport.StepLine;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Steps as bars over time, SVG. Pure. */
final class StepChart {
  private static final int WIDTH = 1000;
  private static final int NAMES = 210;
  private static final int SPANS = 90;
  private static final int ROW = 22;
  private static final int AXIS = 26;
  private static final int TICKS = 5;

  private StepChart() {}

  /**
   * Draws them.
   *
   * @param lines never empty; in the order in which they are shown
   * @param title what the picture shows, for those who can't see it
   */
  static String of(List<StepLine> lines, String title) {
    Instant from = lines.stream().map(StepLine::sentAt).min(Instant::compareTo).orElseThrow();
    Instant until = lines.stream().map(StepChart::end).max(Instant::compareTo).orElseThrow();
    long whole = Math.max(1, Duration.between(from, until).toMillis());
    int height = AXIS + lines.size() * ROW + 6;
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">"
            .formatted(WIDTH, height, HtmlText.escaped(title)));
    for (int tick = 0; tick <= TICKS; tick++) {
      double x = NAMES + tick * plot() / TICKS;
      String anchor = tick == 0 ? "start" : tick == TICKS ? "end" : "middle";
      svg.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"#d9dee5\"/><text class=\"axis\" x=\"%.1f\" y=\"14\" text-anchor=\"%s\">%s</text>",
              x,
              x,
              AXIS - 6,
              height,
              x,
              anchor,
              HtmlText.span(whole * tick / TICKS)));
    }
    for (int row = 0; row < lines.size(); row++) {
      bar(svg, lines.get(row), AXIS + row * ROW, from, whole);
    }
    return svg.append("</svg>").toString();
  }

  private static void bar(StringBuilder svg, StepLine line, int y, Instant from, long whole) {
    double start = NAMES + plot() * Duration.between(from, line.sentAt()).toMillis() / whole;
    long ms = Duration.between(line.sentAt(), end(line)).toMillis();
    double width = Math.max(2, plot() * ms / whole);
    String colour =
        switch (line.result()) {
          case "done" -> "#4a76b8";
          case "failed" -> "#c0322b";
          default -> "#aab3c0";
        };
    svg.append(
        "<text x=\"0\" y=\"%d\">%s</text>"
            .formatted(y + 15, HtmlText.escaped(shortened(line.step()))));
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\" fill=\"%s\"><title>%s</title></rect>",
            start,
            y + 4,
            width,
            ROW - 8,
            colour,
            HtmlText.escaped("%s, %s".formatted(line.step(), line.result()))));
    svg.append(
        String.format(
            Locale.ROOT,
            "<text class=\"axis\" x=\"%.1f\" y=\"%d\">%s</text>",
            start + width + 6,
            y + 15,
            line.endedAt().isPresent() ? HtmlText.span(ms) : line.result()));
  }

  private static double plot() {
    return WIDTH - NAMES - SPANS;
  }

  private static Instant end(StepLine line) {
    return line.endedAt().filter(at -> at.isAfter(line.sentAt())).orElse(line.sentAt());
  }

  private static String shortened(String name) {
    return name.length() > 30 ? name.substring(0, 29) + "…" : name;
  }
}
