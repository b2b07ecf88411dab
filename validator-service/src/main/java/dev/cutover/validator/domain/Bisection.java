package dev.cutover.validator.domain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Finds the way from a chunk that differs to the rows that do. Pure. */
public final class Bisection {
  /** Up to so many rows a side, keys and hashes are listed instead of splitting further. */
  static final long LISTED_ROWS_MAX = 2_000;

  /** Into how many parts a chunk is split. */
  static final long PARTS = 16;

  private Bisection() {}

  /** What to do next with a chunk. */
  public sealed interface Next {
    /** Both sides have the same rows. */
    record Done() implements Next {}

    /** Read keys and hashes of all its rows. */
    record ListRows() implements Next {}

    /**
     * Split it into parts of so many rows.
     *
     * @param bySource whether the source has more rows in it, so that its keys are the boundaries
     */
    record Split(long rowsPerPart, boolean bySource) implements Next {}
  }

  /** Judges a chunk by its digests. */
  public static Next next(ChunkDigest source, ChunkDigest target) {
    if (source.equals(target)) {
      return new Next.Done();
    }
    long most = Math.max(source.rows(), target.rows());
    if (most <= LISTED_ROWS_MAX) {
      return new Next.ListRows();
    }
    return new Next.Split(Math.ceilDiv(most, PARTS), source.rows() >= target.rows());
  }

  /** The parts of a range between these boundaries, which lie inside it, in key order. */
  public static List<Chunk.KeyRange> parts(Chunk.KeyRange range, List<RowKey> boundaries) {
    List<Chunk.KeyRange> parts = new ArrayList<>();
    Optional<RowKey> after = range.after();
    for (RowKey boundary : boundaries) {
      parts.add(new Chunk.KeyRange(after, Optional.of(boundary)));
      after = Optional.of(boundary);
    }
    parts.add(new Chunk.KeyRange(after, range.upTo()));
    return List.copyOf(parts);
  }

  /** The buckets whose digests differ; one that is absent is empty. */
  public static SortedSet<Integer> differingBuckets(
      Map<Integer, ChunkDigest> source, Map<Integer, ChunkDigest> target) {
    SortedSet<Integer> ids = new TreeSet<>(source.keySet());
    ids.addAll(target.keySet());
    ids.removeIf(
        id ->
            source
                .getOrDefault(id, ChunkDigest.EMPTY)
                .equals(target.getOrDefault(id, ChunkDigest.EMPTY)));
    return ids;
  }

  /** The rows that differ, sorted by what people see of them. */
  public static List<RowDifference> differences(
      Map<RowKey, RowHash> source, Map<RowKey, RowHash> target) {
    Set<RowKey> keys = new HashSet<>(source.keySet());
    keys.addAll(target.keySet());
    List<RowDifference> found = new ArrayList<>();
    for (RowKey key : keys) {
      RowHash left = source.getOrDefault(key, RowHash.ABSENT);
      RowHash right = target.getOrDefault(key, RowHash.ABSENT);
      if (!left.equals(right)) {
        found.add(RowDifference.between(key, left, right));
      }
    }
    found.sort(Comparator.comparing(RowDifference::describe));
    return List.copyOf(found);
  }
}
