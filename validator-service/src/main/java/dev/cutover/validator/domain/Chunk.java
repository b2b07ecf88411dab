package dev.cutover.validator.domain;

import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Part of a table that is compared in one go. */
public sealed interface Chunk {
  /** All rows. */
  KeyRange ALL = new KeyRange(Optional.empty(), Optional.empty());

  /**
   * Rows by key order, which must be the same on both sides ({@link TableShape#ordered}).
   *
   * @param after exclusive; empty: from the beginning
   * @param upTo inclusive; empty: to the end
   */
  record KeyRange(Optional<RowKey> after, Optional<RowKey> upTo) implements Chunk {}

  /**
   * Rows by hash of the key, or of the whole row where there is no key: the parts of a range that
   * differs, and of a whole table whose keys have not the same order on both sides, such as
   * collated text (trap E5).
   *
   * @param range in which they are; {@link #ALL} where the order is not the same
   * @param of how many buckets there are: a power of two
   * @param ids which of them, each from 0 to {@code of - 1}; never empty
   */
  record Buckets(KeyRange range, int of, SortedSet<Integer> ids) implements Chunk {
    public Buckets {
      ids = new TreeSet<>(ids);
      if (Integer.bitCount(of) != 1 || ids.isEmpty()) {
        throw new IllegalArgumentException(
            "Expected buckets out of a power of two, but got %s of %d".formatted(ids, of));
      }
    }
  }
}
