package dev.cutover.validator.domain;

/**
 * Two independent 64-bit hashes of a row's canonical text, or the fact that there is no such row.
 *
 * @param present false for {@link #ABSENT} only
 * @param copies how many rows have this key: 1 where there is a key
 */
public record RowHash(boolean present, long first, long second, long copies) {
  /** No row has that key. */
  public static final RowHash ABSENT = new RowHash(false, 0, 0, 0);

  /** A row that is there once. */
  public static RowHash of(long first, long second) {
    return new RowHash(true, first, second, 1);
  }

  @Override
  public String toString() {
    if (!present) {
      return "absent";
    }
    return "%016x%016x".formatted(first, second) + (copies == 1 ? "" : " x" + copies);
  }
}
