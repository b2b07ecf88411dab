package dev.cutover.validator.domain;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;

/** Numbers and durations as people read them. Pure. */
final class Text {
  private static final MathContext DIGITS = new MathContext(4);

  private Text() {}

  /** Without needless zeros. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return Double.toString(value);
    }
    BigDecimal shown =
        Math.abs(value) < 1e6 && value != Math.rint(value)
            ? new BigDecimal(value).round(DIGITS)
            : new BigDecimal(value);
    return shown.signum() == 0 ? "0" : shown.stripTrailingZeros().toPlainString();
  }

  /** In its largest unit that leaves no rest: {@code 90s}, {@code 14d}. */
  static String duration(Duration duration) {
    long millis = duration.toMillis();
    if (millis == 0) {
      return "0s";
    }
    if (millis % 86_400_000 == 0) {
      return millis / 86_400_000 + "d";
    }
    if (millis % 3_600_000 == 0) {
      return millis / 3_600_000 + "h";
    }
    if (millis % 60_000 == 0) {
      return millis / 60_000 + "m";
    }
    return millis % 1_000 == 0 ? millis / 1_000 + "s" : millis + "ms";
  }
}
