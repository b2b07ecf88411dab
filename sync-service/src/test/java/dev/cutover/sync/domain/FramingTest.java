package dev.cutover.sync.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.TableName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class FramingTest {
  private static final Change CHANGE = new Change.Truncate(new TableName("public", "t"));

  private final Framing framing = new Framing(new Lsn(100));

  private Optional<Transaction> accept(ChangeChunk chunk, long nextOffset) {
    return framing.accept(chunk, new ChunkPlace(nextOffset - 1, nextOffset, 10));
  }

  private static Commit commit(long end) {
    return new Commit(new Lsn(end), Instant.EPOCH);
  }

  private static ChangeChunk whole(long epoch, long number, long end) {
    return new ChangeChunk(epoch, number, true, List.of(CHANGE), Optional.of(commit(end)));
  }

  private static ChangeChunk head(long epoch, long number) {
    return new ChangeChunk(epoch, number, true, List.of(CHANGE), Optional.empty());
  }

  private static ChangeChunk tail(long epoch, long number, long end) {
    return new ChangeChunk(epoch, number, false, List.of(CHANGE), Optional.of(commit(end)));
  }

  @Test
  @Tag("D7")
  void shouldFailWhenAChunkIsMissing() {
    // given
    accept(whole(1, 0, 110), 1);

    // when / then
    assertThatThrownBy(() -> accept(whole(1, 2, 130), 2))
        .isInstanceOf(Framing.GapFound.class)
        .hasMessageContaining("Expected chunk 1 of capture epoch 1");
  }

  @Test
  void shouldJoinChunksWhenATransactionHasSeveral() {
    // given
    assertThat(accept(head(1, 0), 1)).isEmpty();

    // when
    Optional<Transaction> frame = accept(tail(1, 1, 120), 2);

    // then
    assertThat(frame).contains(new ChangeFrame(commit(120), 2, List.of(CHANGE, CHANGE)));
  }

  @Test
  @Tag("B3")
  void shouldDropWhatIsAppliedWhenTheCaptureSendsItAgain() {
    // given
    accept(whole(1, 0, 110), 1);
    accept(whole(1, 1, 120), 2);

    // when / then
    assertThat(accept(whole(2, 0, 110), 3)).isEmpty();
    assertThat(accept(whole(2, 1, 120), 4)).isEmpty();
    assertThat(accept(whole(2, 2, 130), 5)).isPresent();
  }

  @Test
  void shouldDropAReplacedCaptureWhenItStillWrites() {
    // given
    accept(whole(1, 0, 110), 1);
    accept(whole(2, 0, 110), 2);

    // when / then
    assertThat(accept(whole(1, 1, 140), 3)).isEmpty();
    assertThat(accept(whole(2, 1, 120), 4)).isPresent();
    assertThat(accept(whole(2, 2, 140), 5)).isPresent();
  }

  @Test
  @Tag("B2")
  void shouldDropAnUnfinishedTransactionWhenANewCaptureBegins() {
    // given
    accept(head(1, 0), 1);

    // when
    Optional<Transaction> frame = accept(whole(2, 0, 120), 2);

    // then
    assertThat(frame).contains(new ChangeFrame(commit(120), 2, List.of(CHANGE)));
  }

  @Test
  void shouldDropTheRestOfATransactionWhenItsBeginWasNotSeen() {
    // when / then
    assertThat(accept(tail(1, 7, 120), 1)).isEmpty();
    assertThat(accept(whole(1, 8, 130), 2)).isPresent();
  }

  private static ChangeChunk middle(long epoch, long number, Change change) {
    return new ChangeChunk(epoch, number, false, List.of(change), Optional.empty());
  }

  @Test
  void shouldForgetTheChangesOfALargeTransactionAndTellWhereTheyLie() {
    // given
    Framing small = new Framing(new Lsn(100), 3, 1000);
    Change.Mark mark = new Change.Mark("fence-7-1", Instant.EPOCH);
    Optional<Transaction> told = Optional.empty();

    // when
    for (ChangeChunk chunk :
        List.of(
            head(5, 7), // of a capture that was replaced while it wrote
            head(6, 0),
            middle(6, 1, CHANGE),
            middle(5, 8, CHANGE),
            middle(6, 2, mark),
            middle(6, 3, CHANGE),
            tail(6, 4, 120))) {
      long offset = 40 + 10 * chunk.number();
      told = small.accept(chunk, new ChunkPlace(offset, offset + 10, 1));
    }

    // then
    LargeTransaction expected =
        new LargeTransaction(commit(120), 40, 90, 6, 0, 4, List.of(mark), true);
    assertThat(told).contains(expected);
    assertThat(expected.has(middle(5, 2, CHANGE))).isFalse();
    assertThat(expected.has(middle(6, 5, CHANGE))).isFalse();
    assertThat(expected.has(middle(6, 4, CHANGE))).isTrue();
    // and the next one is small again
    assertThat(small.accept(whole(6, 5, 130), new ChunkPlace(90, 100, 1)))
        .contains(new ChangeFrame(commit(130), 100, List.of(CHANGE)));
  }

  @Test
  void shouldCallATransactionLargeByItsBytesAndDropItWhenItIsApplied() {
    // given
    Framing small = new Framing(new Lsn(100), 1000, 10);

    // when, then
    assertThat(small.accept(whole(1, 0, 110), new ChunkPlace(0, 1, 50)))
        .as("one chunk is in memory anyway")
        .containsInstanceOf(ChangeFrame.class);
    small.accept(head(1, 1), new ChunkPlace(1, 2, 6));
    assertThat(small.accept(tail(1, 2, 120), new ChunkPlace(2, 3, 6)))
        .containsInstanceOf(LargeTransaction.class);
    small.accept(head(2, 0), new ChunkPlace(3, 4, 6));
    assertThat(small.accept(tail(2, 1, 120), new ChunkPlace(4, 5, 6))).isEmpty();
  }
}
