package dev.cutover.sync.domain;

import dev.cutover.sync.domain.ObjectPair.OnBoth;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * How objects are copied.
 *
 * @param workers requests under way to each side
 * @param mirrorsDeletes whether objects that the source does not have are deleted from the target
 * @param overwrites whether an object that was written to the target after the source's is
 *     overwritten; otherwise it is a fault
 * @param maxBytesPerSecond of all workers together
 * @param guarded whether each write names what it replaces, so that a copier that sleeps and wakes
 *     up too late overwrites nothing that others wrote meanwhile; and what the other side has newer
 *     is left alone and counted instead of being a fault
 * @param fencedSince as in {@link ObjectStores.Pass}
 */
public record ObjectTerms(
    int workers,
    boolean mirrorsDeletes,
    boolean overwrites,
    Optional<Long> maxBytesPerSecond,
    boolean guarded,
    Optional<Instant> fencedSince) {
  /** Stores refuse requests whose clock is off by more (Amazon S3, RequestTimeTooSkewed). */
  private static final Duration SKEW_MAX = Duration.ofMinutes(15);

  /** For one who copies by itself. */
  public ObjectTerms(
      int workers, boolean mirrorsDeletes, boolean overwrites, Optional<Long> maxBytesPerSecond) {
    this(workers, mirrorsDeletes, overwrites, maxBytesPerSecond, false, Optional.empty());
  }

  public ObjectTerms {
    if (workers < 1 || workers > 256) {
      throw new IllegalArgumentException(
          "Expected 1 to 256 workers, but got %d".formatted(workers));
    }
    maxBytesPerSecond.ifPresent(
        bytes -> {
          if (bytes < 1) {
            throw new IllegalArgumentException(
                "Expected a limit of 1 byte a second or more, but got %d".formatted(bytes));
          }
        });
  }

  /**
   * Whether it may have been written to a side that had been fenced before: then it is nobody's
   * copy, and is not deleted. Stores tell times by the second.
   */
  public boolean isLate(ObjectEntry there) {
    return fencedSince
        .map(at -> at.truncatedTo(ChronoUnit.SECONDS))
        .filter(at -> !there.modifiedAt().isBefore(at))
        .isPresent();
  }

  /** Whether both were there, and proven to be the same, long before the fence. */
  public boolean isKnown(OnBoth both) {
    return both.source().bytes() == both.target().bytes()
        && fencedSince
            .map(at -> at.minus(SKEW_MAX))
            .filter(at -> both.source().modifiedAt().isBefore(at))
            .filter(at -> both.target().modifiedAt().isBefore(at))
            .isPresent();
  }
}
