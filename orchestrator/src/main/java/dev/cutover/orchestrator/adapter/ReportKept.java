package dev.cutover.orchestrator.adapter;

import static dev.cutover.orchestrator.adapter.HtmlText.escaped;

import dev.cutover.orchestrator.domain.CutoverReport.KeptLine;
import java.util.List;

/** Records that other tools keep, and what has to be in a tool's own source before it goes on. */
final class ReportKept {
  private ReportKept() {}

  static String of(List<KeptLine> kept) {
    if (kept.isEmpty()) {
      return "";
    }
    StringBuilder html = new StringBuilder("<h2>Records that other tools keep</h2>");
    for (KeptLine line : kept) {
      html.append("<p>%s: %s</p>".formatted(escaped(line.name()), escaped(who(line))));
      if (!line.marks().isEmpty()) {
        html.append("<ul>");
        line.marks().forEach(mark -> html.append("<li>%s</li>".formatted(escaped(mark))));
        html.append("</ul>");
      }
      if (!line.source().isEmpty()) {
        html.append("<pre>%s</pre>".formatted(escaped(line.source())));
      }
    }
    return html.toString();
  }

  private static String who(KeptLine line) {
    String paused =
        line.pausedBy()
            .map(step -> "%s, paused by step '%s'".formatted(line.tool(), step))
            .orElse("");
    return line.signedBy().map("nobody, as %s has signed"::formatted).orElse(paused)
        + (line.pausedBy().isEmpty()
            ? ""
            : line.source().isEmpty()
                ? ". Its own source needs no change."
                : ". Once the cutover is over its own source has to say this, before it goes on:");
  }
}
