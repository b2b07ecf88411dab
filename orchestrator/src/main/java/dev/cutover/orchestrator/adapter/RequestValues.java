package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.ReadinessLine;
import dev.cutover.contract.RollbackChoice;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads the texts of a request's fields. What can't be read is an {@link IllegalArgumentException}
 * with a sentence.
 */
final class RequestValues {
  private RequestValues() {}

  static RollbackChoice choice(String text) {
    return switch (text) {
      case "rollBack" -> RollbackChoice.ROLL_BACK;
      case "stay" -> RollbackChoice.STAY;
      default ->
          throw new IllegalArgumentException(
              "Expected rollBack or stay as 'choice', but found '%s'".formatted(text));
    };
  }

  static long drillMax(String text) {
    try {
      return PlanValues.duration(Duration.ofMillis(100), Duration.ofSeconds(30))
          .apply(text)
          .toMillis();
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "Expected 100ms to 30s as 'max', but found '%s'".formatted(text), e);
    }
  }

  static int minutes(String text) {
    if (!text.matches("[0-9]{1,3}")) {
      throw new IllegalArgumentException(
          "Expected a whole number of minutes as 'minutes', but found '%s'".formatted(text));
    }
    return Integer.parseInt(text);
  }

  static ReadinessLine line(String name) {
    return ReadinessLine.named(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Expected as line one of %s, but found '%s'"
                        .formatted(
                            Arrays.stream(ReadinessLine.values())
                                .map(ReadinessLine::wireName)
                                .toList(),
                            name)));
  }

  static Instant until(String text) {
    return instant("until", text);
  }

  static Optional<Instant> retryAt(String text) {
    return text.isBlank() ? Optional.empty() : Optional.of(instant("retryAt", text));
  }

  private static Instant instant(String field, String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "Expected as %s a time such as 2026-12-01T04:00:00Z, but found '%s'"
              .formatted(field, text),
          e);
    }
  }
}
