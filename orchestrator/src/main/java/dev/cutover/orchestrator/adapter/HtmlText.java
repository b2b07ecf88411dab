package dev.cutover.orchestrator.adapter;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Words, times and spans as HTML shows them. Pure. */
final class HtmlText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private HtmlText() {}

  /**
   * A word in a coloured box.
   *
   * @param tone {@code good}, {@code mid}, {@code bad}, or empty
   */
  static String badge(String text, String tone) {
    return "<span class=\"badge %s\">%s</span>"
        .formatted(tone, escaped(text.toLowerCase(Locale.ROOT).replace('_', ' ')));
  }

  /** In UTC, to the second. */
  static String time(Instant at) {
    return TIME.format(at);
  }

  /** As people say it: {@code 850 ms}, {@code 12.4 s}, {@code 3 min 20 s}, {@code 2 d 4 h}. */
  static String span(long ms) {
    Duration span = Duration.ofMillis(Math.max(0, ms));
    if (ms < 1_000) {
      return Math.max(0, ms) + " ms";
    }
    if (ms < 60_000) {
      return String.format(Locale.ROOT, "%.1f s", ms / 1000.0);
    }
    if (span.toHours() < 1) {
      return "%d min %d s".formatted(span.toMinutes(), span.toSecondsPart());
    }
    return span.toDays() < 1
        ? "%d h %d min".formatted(span.toHours(), span.toMinutesPart())
        : "%d d %d h".formatted(span.toDays(), span.toHoursPart());
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
