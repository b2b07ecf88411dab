package dev.cutover.sync.domain;

import java.util.ArrayList;
import java.util.List;

/**
 * How an object is cut for its way. The limits are Amazon S3's (user guide, "Amazon S3 multipart
 * upload limits"): 10,000 parts, 5 MiB each but the last.
 */
public final class ObjectParts {
  /** So large is a part unless something else is asked for, and an object that goes in one. */
  public static final int USUAL_BYTES = 16 << 20;

  /** A part is held in memory. */
  public static final int BYTES_MAX = 64 << 20;

  private static final int BYTES_MIN = 5 << 20;
  private static final int PARTS_MAX = 10_000;

  private ObjectParts() {}

  /** One part: which bytes of the object. */
  public record Part(int number, long from, int bytes) {}

  /**
   * The parts of an object.
   *
   * @param bytes its length
   * @param wanted how long the source's parts are, since parts of the same length give the target
   *     the same tag; 0 when it has none
   * @throws IllegalArgumentException when it is too long to be held part by part
   */
  public static List<Part> of(long bytes, long wanted) {
    boolean isKept =
        wanted >= BYTES_MIN && wanted <= BYTES_MAX && count(bytes, wanted) <= PARTS_MAX;
    long each = isKept ? wanted : USUAL_BYTES;
    while (count(bytes, each) > PARTS_MAX) {
      each *= 2;
    }
    if (each > BYTES_MAX) {
      throw new IllegalArgumentException(
          "Expected an object of at most %d bytes, but it has %d"
              .formatted((long) BYTES_MAX * PARTS_MAX, bytes));
    }
    List<Part> parts = new ArrayList<>();
    for (long from = 0; from < bytes; from += each) {
      parts.add(new Part(parts.size() + 1, from, (int) Math.min(each, bytes - from)));
    }
    return List.copyOf(parts);
  }

  private static long count(long bytes, long each) {
    return (bytes + each - 1) / each;
  }
}
