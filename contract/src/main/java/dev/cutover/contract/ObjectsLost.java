package dev.cutover.contract;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Objects that the target has and the source has not, or has otherwise.
 *
 * @param objects how many
 * @param keys the first hundred, as {@code bucket/key}
 * @param complete false when the target's store could not be asked: then it is all that was written
 *     there since the last pass
 * @param lastPassAt when the last whole pass from the target to the source began; empty without any
 */
public record ObjectsLost(
    long objects, List<String> keys, boolean complete, Optional<Instant> lastPassAt) {
  public ObjectsLost {
    keys = List.copyOf(keys);
  }
}
