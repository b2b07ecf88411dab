package dev.cutover.validator.domain;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Finds the way from a chunk that differs to the rows that do: by its buckets. Pure. */
public final class Bisection {
  private Bisection() {}

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
