package dev.cutover.monitor.domain;

import java.time.Duration;
import java.util.Locale;

/** Numbers as people read them. */
final class Text {
  private Text() {}

  static String percent(double share) {
    return String.format(Locale.ROOT, share < 0.0995 ? "%.1f %%" : "%.0f %%", share * 100);
  }

  static String ms(double seconds) {
    return String.format(Locale.ROOT, "%.0f ms", seconds * 1000);
  }

  static String of(Duration duration) {
    return String.format(
        Locale.ROOT, duration.toSeconds() < 10 ? "%.1f s" : "%.0f s", duration.toMillis() / 1000.0);
  }

  static String chance(double probability) {
    return probability < 1e-6
        ? "less than one in a million"
        : String.format(Locale.ROOT, "%.2g", probability);
  }
}
