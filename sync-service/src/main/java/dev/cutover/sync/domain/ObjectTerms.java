package dev.cutover.sync.domain;

import java.util.Optional;

/**
 * How objects are copied.
 *
 * @param workers requests under way to each side
 * @param mirrorsDeletes whether objects that the source does not have are deleted from the target
 * @param overwrites whether an object that was written to the target after the source's is
 *     overwritten; otherwise it is a fault
 * @param maxBytesPerSecond of all workers together
 */
public record ObjectTerms(
    int workers, boolean mirrorsDeletes, boolean overwrites, Optional<Long> maxBytesPerSecond) {
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
}
