package dev.cutover.sync.domain;

/**
 * A position in one server's write-ahead log. Only comparable with positions of the same server.
 *
 * @param value the 64 bits, unsigned
 */
public record Lsn(long value) implements Comparable<Lsn> {
  /** Before everything. */
  public static final Lsn ZERO = new Lsn(0);

  /** Reads PostgreSQL's form, e.g. {@code 16/B374D848}. */
  public static Lsn parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 1) {
      throw new IllegalArgumentException("Expected an LSN such as 16/B374D848, but got " + text);
    }
    long high = Long.parseLong(text, 0, slash, 16);
    long low = Long.parseLong(text, slash + 1, text.length(), 16);
    return new Lsn(high << 32 | low);
  }

  @Override
  public int compareTo(Lsn other) {
    return Long.compareUnsigned(value, other.value);
  }

  /** True if this position is at or before the other. */
  public boolean isUpTo(Lsn other) {
    return compareTo(other) <= 0;
  }

  @Override
  public String toString() {
    return "%X/%X".formatted(value >>> 32, value & 0xFFFFFFFFL);
  }
}
