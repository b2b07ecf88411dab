package dev.cutover.runtime;

import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Keeps, for one partition, what was begun and what is done, in any order. Not safe for several
 * threads.
 */
final class Progress {
  private final NavigableSet<Long> unfinished = new TreeSet<>();
  private long highest = -1;
  private long committed = -1;

  /** Begins an offset; false when it was begun before and has come again. */
  boolean begin(long offset) {
    if (offset <= highest) {
      return false;
    }
    highest = offset;
    unfinished.add(offset);
    return true;
  }

  void finish(long offset) {
    unfinished.remove(offset);
  }

  int unfinished() {
    return unfinished.size();
  }

  /** Returns the first offset not done when that has moved since the last call. */
  Optional<Long> advance() {
    long next = unfinished.isEmpty() ? highest + 1 : unfinished.first();
    if (next <= 0 || next <= committed) {
      return Optional.empty();
    }
    committed = next;
    return Optional.of(next);
  }
}
