package dev.cutover.orchestrator.domain;

import java.time.Duration;

/** Durations as people write them. */
final class Durations {
  private Durations() {}

  /** Such as {@code 1h30m}. */
  static String written(Duration duration) {
    String iso = duration.toString(); // PT36H0.5S
    return duration.isZero() ? "0s" : iso.substring(2).toLowerCase(java.util.Locale.ROOT);
  }
}
