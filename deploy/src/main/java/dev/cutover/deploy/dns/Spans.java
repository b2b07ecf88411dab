package dev.cutover.deploy.dns;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads spans of time such as {@code 500ms}, {@code 2s}, {@code 10m}, {@code 48h}. */
final class Spans implements ITypeConverter<Duration> {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,6})(ms|s|m|h)");

  @Override
  public Duration convert(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new TypeConversionException(
          "Expected a duration such as 500ms, 2s, 10m or 48h, but got '%s'".formatted(text));
    }
    long count = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(count);
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      default -> Duration.ofHours(count);
    };
  }

  /** As {@link #convert} reads it. */
  static String text(Duration span) {
    return span.toSecondsPart() > 0 || span.isZero()
        ? span.toSeconds() + "s"
        : span.toMinutesPart() > 0 ? span.toMinutes() + "m" : span.toHours() + "h";
  }
}
