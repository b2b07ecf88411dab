package dev.cutover.orchestrator.adapter;

import java.net.URI;
import java.time.Duration;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values of a plan file as people write them. Each parser refuses by {@link
 * IllegalArgumentException}.
 */
final class PlanValues {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

  private PlanValues() {}

  /** {@code 500ms}, {@code 120s}, {@code 1h30m}, between two bounds. */
  static Function<String, Duration> duration(Duration min, Duration max) {
    return text -> {
      Duration sum = Duration.ZERO;
      Matcher part = DURATION.matcher(text);
      int end = 0;
      while (part.lookingAt()) {
        long number = Long.parseLong(part.group(1));
        sum =
            sum.plus(
                switch (part.group(2)) {
                  case "ms" -> Duration.ofMillis(number);
                  case "s" -> Duration.ofSeconds(number);
                  case "m" -> Duration.ofMinutes(number);
                  case "h" -> Duration.ofHours(number);
                  default -> Duration.ofDays(number);
                });
        end = part.end();
        part.region(end, text.length());
      }
      require(end > 0 && end == text.length() && sum.compareTo(min) >= 0);
      require(sum.compareTo(max) <= 0);
      return sum;
    };
  }

  /** What a duration between those bounds is called in a fault. */
  static String durationWord(Duration min, Duration max) {
    return "a duration of %s to %s, such as 500ms, 120s or 1h30m"
        .formatted(written(min), written(max));
  }

  /** {@code 5%} or {@code 0.05}, above 0 and below 1. */
  static double share(String text) {
    double value =
        text.endsWith("%")
            ? Double.parseDouble(text.substring(0, text.length() - 1).strip()) / 100
            : Double.parseDouble(text);
    require(value > 0 && value < 1);
    return value;
  }

  static Function<String, Double> above(double least) {
    return text -> {
      double value = Double.parseDouble(text);
      require(value > least && value < 1e9);
      return value;
    };
  }

  static Function<String, Long> whole(long min, long max) {
    return text -> {
      long value = Long.parseLong(text);
      require(value >= min && value <= max);
      return value;
    };
  }

  static Function<String, Integer> number(int min, int max) {
    return text -> Math.toIntExact(whole(min, max).apply(text));
  }

  static boolean flag(String text) {
    require(text.equals("true") || text.equals("false"));
    return text.equals("true");
  }

  static Function<String, String> matching(String regex) {
    return text -> {
      require(text.matches(regex));
      return text;
    };
  }

  /** Some text. */
  static String nonBlank(String text) {
    require(!text.isBlank());
    return text;
  }

  /** An address of HTTP with a host, without a final slash. */
  static String url(String text) {
    URI uri = URI.create(text);
    require(uri.getHost() != null && uri.getUserInfo() == null);
    require("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  /** As people write it, such as {@code 1h30m}. */
  static String written(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    StringBuilder text = new StringBuilder();
    part(text, duration.toDays(), "d");
    part(text, duration.toHoursPart(), "h");
    part(text, duration.toMinutesPart(), "m");
    part(text, duration.toSecondsPart(), "s");
    part(text, duration.toMillisPart(), "ms");
    return text.toString();
  }

  private static void part(StringBuilder text, long number, String unit) {
    if (number > 0) {
      text.append(number).append(unit);
    }
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new IllegalArgumentException("Expected another value");
    }
  }
}
