package dev.cutover.validator.domain;

import java.time.Duration;

/**
 * How many rows the next chunk has, so that one takes about {@link #AIM}: long enough for the
 * server to be busy with rows and not with statements, short enough not to hold back its vacuum
 * (trap E11).
 *
 * @param rows of the next chunk, from {@link #ROWS_MIN} to {@link #ROWS_MAX}
 */
public record ChunkPlanner(long rows) {
  static final Duration AIM = Duration.ofMillis(500);
  static final long ROWS_MIN = 1_000;
  static final long ROWS_MAX = 1_000_000;
  private static final int ROWS_PER_BUCKET = 500;
  private static final int BUCKETS_MAX = 1 << 16;

  /** Begins carefully: nothing is known of the rows' width yet. */
  public static ChunkPlanner start() {
    return new ChunkPlanner(20_000);
  }

  /** The planner after a chunk that took so long; changes by a factor of 2 at most. Pure. */
  public ChunkPlanner after(Duration took) {
    double factor = (double) AIM.toMillis() / Math.max(1, took.toMillis());
    double bounded = Math.clamp(factor, 0.5, 2.0);
    return new ChunkPlanner(Math.clamp((long) (rows * bounded), ROWS_MIN, ROWS_MAX));
  }

  /** Into how many buckets a table of so many rows is hashed: a power of two. Pure. */
  public static int buckets(long rows) {
    long wanted = Math.clamp(rows / ROWS_PER_BUCKET, 1, BUCKETS_MAX);
    return Math.toIntExact(Long.highestOneBit(wanted));
  }
}
