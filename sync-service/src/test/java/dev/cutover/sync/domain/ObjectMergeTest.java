package dev.cutover.sync.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.cutover.sync.domain.ObjectPair.OnBoth;
import dev.cutover.sync.domain.ObjectPair.OnSource;
import dev.cutover.sync.domain.ObjectPair.OnTarget;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ObjectMergeTest {
  private static final Instant THEN = Instant.parse("2026-12-01T02:00:00Z");
  private static final String HASH = "d41d8cd98f00b204e9800998ecf8427e";

  @Test
  void shouldPairWhatIsOnBothAndNothingElse() {
    // when
    List<ObjectPair> pairs = merged(List.of("a", "c", "d"), List.of("b", "c", "e"));

    // then
    assertThat(pairs).extracting(ObjectPair::key).containsExactly("a", "b", "c", "d", "e");
    assertThat(pairs)
        .extracting(pair -> (Object) pair.getClass())
        .containsExactly(
            OnSource.class, OnTarget.class, OnBoth.class, OnSource.class, OnTarget.class);
  }

  @Test
  void shouldOrderByBytesAndNotByCharacters() {
    // U+1F600 is above U+FFFD in UTF-8, and below it in Java's strings
    assertThat(merged(List.of("\uFFFD", "\uD83D\uDE00"), List.of("\uD83D\uDE00")))
        .extracting(pair -> (Object) pair.getClass())
        .containsExactly(OnSource.class, OnBoth.class);
  }

  @Test
  void shouldRefuseAListingThatIsOutOfOrderOrNamesAKeyTwice() {
    assertThatIllegalStateException()
        .isThrownBy(() -> merged(List.of("b", "a"), List.of()))
        .withMessageContaining("'a' came after 'b'");
    assertThatIllegalStateException().isThrownBy(() -> merged(List.of(), List.of("a", "a")));
  }

  @Test
  void shouldTakeNothingForTheSameByItsLengthAlone() {
    ObjectEntry source = entry("a", 5, HASH, THEN);
    Instant later = THEN.plusSeconds(1);

    assertThat(new OnBoth(source, entry("a", 5, HASH, later)).isSame()).isTrue();
    // changed in the second of the copy: perhaps its metadata
    assertThat(new OnBoth(source, entry("a", 5, HASH, THEN)).isSame()).isFalse();
    assertThat(new OnBoth(source, entry("a", 6, HASH, later)).isSame()).isFalse();
    // tags that are no hashes may be numbers of versions
    assertThat(new OnBoth(entry("a", 5, "v1", THEN), entry("a", 5, "v1", later)).hasSameContent())
        .isFalse();
  }

  @Test
  void shouldCutAnObjectAsTheSourceIsCutWhereThatIsPossible() {
    assertThat(ObjectParts.of(17L << 20, 8 << 20))
        .extracting(ObjectParts.Part::bytes)
        .containsExactly(8 << 20, 8 << 20, 1 << 20);
    // a part that is not to be held in memory, and none at all
    assertThat(ObjectParts.of(200L << 20, 100L << 20)).hasSize(13);
    assertThat(ObjectParts.of(17L << 20, 0)).hasSize(2);
  }

  @Test
  void shouldNeverCutIntoMoreThanTenThousandParts() {
    assertThat(ObjectParts.of(300L << 30, 8 << 20)).hasSizeLessThanOrEqualTo(10_000);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ObjectParts.of(1L << 40, 0))
        .withMessageContaining("Expected an object of at most");
  }

  private static List<ObjectPair> merged(List<String> source, List<String> target) {
    List<ObjectPair> pairs = new ArrayList<>();
    new ObjectMerge(entries(source).iterator(), entries(target).iterator())
        .forEachRemaining(pairs::add);
    return pairs;
  }

  private static Stream<ObjectEntry> entries(List<String> keys) {
    return keys.stream().map(key -> entry(key, 1, HASH, THEN));
  }

  private static ObjectEntry entry(String key, long bytes, String tag, Instant modifiedAt) {
    return new ObjectEntry(key, bytes, tag, modifiedAt);
  }
}
