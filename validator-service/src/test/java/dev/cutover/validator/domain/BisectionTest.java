package dev.cutover.validator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;

class BisectionTest {
  private static ChunkDigest digest(long rows, long hash) {
    return new ChunkDigest(rows, BigInteger.valueOf(hash), BigInteger.valueOf(-hash));
  }

  @Test
  void shouldNameDifferingBucketsWhenSomeAreAbsent() {
    // when
    SortedSet<Integer> differing =
        Bisection.differingBuckets(
            Map.of(0, digest(10, 7), 1, digest(10, 7), 2, digest(1, 7)),
            Map.of(0, digest(10, 7), 1, digest(10, 8), 3, digest(1, 7)));

    // then
    assertThat(differing).containsExactly(1, 2, 3);
  }

  @Test
  void shouldNameEachKindOfDifferenceWhenRowsDiffer() {
    // given
    RowHash one = RowHash.of(1, 1);
    RowHash two = RowHash.of(2, 2);

    // when
    List<RowDifference> found =
        Bisection.differences(
            Map.of(RowKey.of("a"), one, RowKey.of("b"), one, RowKey.of("c"), one),
            Map.of(RowKey.of("b"), two, RowKey.of("c"), one, RowKey.of("d"), two));

    // then
    assertThat(found)
        .containsExactlyInAnyOrder(
            new RowDifference.Missing(RowKey.of("a"), one),
            new RowDifference.Changed(RowKey.of("b"), one, two),
            new RowDifference.Extra(RowKey.of("d"), two));
  }
}
