package dev.cutover.contract;

import java.util.regex.Pattern;

/**
 * Names one cutover. It is also the Kafka key of every message of that cutover, so that one cutover
 * has one order.
 *
 * @param value 1 to 63 characters of {@code a-z}, {@code 0-9} and {@code -}, beginning with a
 *     letter or digit; anything else throws {@link IllegalArgumentException}
 */
public record CutoverId(String value) {
  private static final Pattern SHAPE = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  public CutoverId {
    if (!SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "Expected a cutover id of 1 to 63 characters a-z, 0-9 and -, but got '%s'"
              .formatted(value));
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
