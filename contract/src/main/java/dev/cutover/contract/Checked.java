package dev.cutover.contract;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A value that Route 53 answers with only while a health check of its own is healthy, such as
 * {@code 10.0.0.1 check=4d0b8a3c-...}; nobody sees the check in answers.
 *
 * @param value without the check
 * @param healthCheckId id of the check; empty where there is none
 */
public record Checked(String value, Optional<String> healthCheckId) {
  /** The API takes at most 64 characters (HealthCheckId). */
  private static final Pattern ID = Pattern.compile("[0-9A-Za-z-]{1,64}");

  private static final Pattern TEXT =
      Pattern.compile("(.+) check=(" + ID.pattern() + ")", Pattern.DOTALL);

  /** Whether a health check can have that id. */
  public static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /** Reads a value without a weight. */
  public static Checked of(String text) {
    Matcher found = TEXT.matcher(text);
    return found.matches()
        ? new Checked(found.group(1), Optional.of(found.group(2)))
        : new Checked(text, Optional.empty());
  }

  /** As it stands in a set. */
  public String text() {
    return healthCheckId.map(id -> "%s check=%s".formatted(value, id)).orElse(value);
  }

  /** The same value under another check. */
  public Checked with(String otherValue) {
    return new Checked(otherValue, healthCheckId);
  }

  /** The set as servers tell it: without checks. */
  public static RecordSet told(RecordSet set) {
    return new RecordSet(
        set.name(),
        set.type(),
        set.ttlSeconds(),
        set.values().stream()
            .map(
                text ->
                    Split.Share.parse(text)
                        .map(share -> new Split.Share(of(share.value()).value(), share.weight()))
                        .map(Split.Share::text)
                        .orElseGet(() -> of(text).value()))
            .toList());
  }
}
