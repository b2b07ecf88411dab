package dev.cutover.validator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BisectionTest {
  private static ChunkDigest digest(long rows, long hash) {
    return new ChunkDigest(rows, BigInteger.valueOf(hash), BigInteger.valueOf(-hash));
  }

  @Test
  void shouldBeDoneWhenDigestsAreEqual() {
    // when, then
    assertThat(Bisection.next(digest(1_000_000, 7), digest(1_000_000, 7)))
        .isInstanceOf(Bisection.Next.Done.class);
  }

  @Test
  void shouldListRowsWhenChunkIsSmall() {
    // when, then
    assertThat(Bisection.next(digest(2_000, 7), digest(0, 0)))
        .isInstanceOf(Bisection.Next.ListRows.class);
  }

  @Test
  void shouldSplitBySideWithMoreRowsWhenChunkIsLarge() {
    // when, then
    assertThat(Bisection.next(digest(10, 7), digest(32_000, 7)))
        .isEqualTo(new Bisection.Next.Split(2_000, false));
  }

  @Test
  void shouldCoverRangeWithoutGapWhenSplit() {
    // given
    Chunk.KeyRange range =
        new Chunk.KeyRange(Optional.of(RowKey.of("0")), Optional.of(RowKey.of("9")));

    // when
    List<Chunk.KeyRange> parts = Bisection.parts(range, List.of(RowKey.of("3"), RowKey.of("6")));

    // then
    assertThat(parts)
        .containsExactly(
            new Chunk.KeyRange(Optional.of(RowKey.of("0")), Optional.of(RowKey.of("3"))),
            new Chunk.KeyRange(Optional.of(RowKey.of("3")), Optional.of(RowKey.of("6"))),
            new Chunk.KeyRange(Optional.of(RowKey.of("6")), Optional.of(RowKey.of("9"))));
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
