package dev.cutover.validator.domain;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Key of a row, as text.
 *
 * @param values one per key column, in key order, as the database prints them; for a table without
 *     a key the two hashes of the row. Never empty
 */
public record RowKey(List<String> values) {
  public RowKey {
    values = List.copyOf(values);
  }

  /** A key of one column. */
  public static RowKey of(String value) {
    return new RowKey(List.of(value));
  }

  /** {@code (7,'a')}: what people and evidence see. */
  @Override
  public String toString() {
    return values.stream().collect(Collectors.joining(",", "(", ")"));
  }
}
