package dev.cutover.dns.domain.proof;

/** Compares SOA serials, which wrap around (RFC 1982, 3.2; trap 19). Pure. */
public final class Serials {
  private static final long HALF = 1L << 31;
  private static final long MASK = (1L << 32) - 1;

  private Serials() {}

  /** How one serial stands to another. */
  public enum Order {
    OLDER,
    SAME,
    NEWER,
    /** Exactly half of the circle apart: RFC 1982 leaves it undefined. */
    UNDEFINED
  }

  /** Both 0 to 4294967295. */
  public static Order compare(long serial, long other) {
    long ahead = (serial - other) & MASK;
    if (ahead == 0) {
      return Order.SAME;
    }
    if (ahead == HALF) {
      return Order.UNDEFINED;
    }
    return ahead < HALF ? Order.NEWER : Order.OLDER;
  }
}
