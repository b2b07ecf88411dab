package dev.cutover.validator.domain;

import java.time.Duration;

/**
 * How many rows the next chunk has, so that one takes about {@link #AIM}: long enough for the
 * server to be busy with rows and not with statements, short enough not to hold back its vacuum
 * (trap E11). A chunk that differs is read once more, so it is a small part of its table.
 *
 * @param rows of the next chunk, from {@link #ROWS_MIN} to {@code most}
 * @param most rows of a chunk of this table
 */
public record ChunkPlanner(long rows, long most) {
  static final Duration AIM = Duration.ofMillis(500);
  static final long ROWS_MIN = 1_000;
  static final long ROWS_MAX = 1_000_000;

  /** Nothing is known of the rows' width at first. */
  static final long ROWS_AT_FIRST = 5_000;

  private static final int PARTS = 32;
  private static final int ROWS_PER_BUCKET = 500;
  private static final int BUCKETS_MAX = 1 << 16;

  /** Values that a server prints and hashes in about {@link #AIM}. */
  private static final long VALUES_AT_ONCE = 2_500_000;

  /** Whether a table takes no longer than a chunk may: then it is read at once. Pure. */
  public static boolean isOneChunk(TableShape shape) {
    long values = shape.estimatedRows() * Math.max(1, shape.columns().size());
    return shape.estimatedRows() > 0 && values <= VALUES_AT_ONCE;
  }

  /** Begins carefully. */
  public static ChunkPlanner start(long estimatedRows) {
    return new ChunkPlanner(
        ROWS_AT_FIRST, Math.clamp(estimatedRows / PARTS, ROWS_AT_FIRST, ROWS_MAX));
  }

  /**
   * The planner after a chunk; changes its size by a factor of 2 at most. Pure.
   *
   * @param read rows that the chunk had, which may have been planned a while ago
   */
  public ChunkPlanner after(long read, Duration took) {
    double factor = (double) AIM.toMillis() / Math.max(1, took.toMillis());
    double bounded = Math.clamp(factor, 0.5, 2.0);
    return new ChunkPlanner(Math.clamp((long) (read * bounded), ROWS_MIN, most), most);
  }

  /** Into how many buckets so many rows are hashed: a power of two. Pure. */
  public static int buckets(long rows) {
    long wanted = Math.clamp(rows / ROWS_PER_BUCKET, 1, BUCKETS_MAX);
    return Math.toIntExact(Long.highestOneBit(wanted));
  }
}
