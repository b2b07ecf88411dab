package dev.cutover.sync.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.TableName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FramingTest {
  private static final Change CHANGE = new Change.Truncate(new TableName("public", "t"));

  private final Framing framing = new Framing(new Lsn(100));

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
  void shouldFailWhenAChunkIsMissing() {
    // given
    framing.accept(whole(1, 0, 110), 1);

    // when / then
    assertThatThrownBy(() -> framing.accept(whole(1, 2, 130), 2))
        .isInstanceOf(Framing.GapFound.class)
        .hasMessageContaining("Expected chunk 1 of capture epoch 1");
  }

  @Test
  void shouldJoinChunksWhenATransactionHasSeveral() {
    // given
    assertThat(framing.accept(head(1, 0), 1)).isEmpty();

    // when
    Optional<ChangeFrame> frame = framing.accept(tail(1, 1, 120), 2);

    // then
    assertThat(frame).contains(new ChangeFrame(commit(120), 2, List.of(CHANGE, CHANGE)));
  }

  @Test
  void shouldDropWhatIsAppliedWhenTheCaptureSendsItAgain() {
    // given
    framing.accept(whole(1, 0, 110), 1);
    framing.accept(whole(1, 1, 120), 2);

    // when / then
    assertThat(framing.accept(whole(2, 0, 110), 3)).isEmpty();
    assertThat(framing.accept(whole(2, 1, 120), 4)).isEmpty();
    assertThat(framing.accept(whole(2, 2, 130), 5)).isPresent();
  }

  @Test
  void shouldDropAReplacedCaptureWhenItStillWrites() {
    // given
    framing.accept(whole(1, 0, 110), 1);
    framing.accept(whole(2, 0, 110), 2);

    // when / then
    assertThat(framing.accept(whole(1, 1, 140), 3)).isEmpty();
    assertThat(framing.accept(whole(2, 1, 120), 4)).isPresent();
    assertThat(framing.accept(whole(2, 2, 140), 5)).isPresent();
  }

  @Test
  void shouldDropAnUnfinishedTransactionWhenANewCaptureBegins() {
    // given
    framing.accept(head(1, 0), 1);

    // when
    Optional<ChangeFrame> frame = framing.accept(whole(2, 0, 120), 2);

    // then
    assertThat(frame.orElseThrow().changes()).hasSize(1);
  }

  @Test
  void shouldDropTheRestOfATransactionWhenItsBeginWasNotSeen() {
    // when / then
    assertThat(framing.accept(tail(1, 7, 120), 1)).isEmpty();
    assertThat(framing.accept(whole(1, 8, 130), 2)).isPresent();
  }
}
