package dev.cutover.orchestrator.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class AnswersTest {
  private static final CutoverId SHOP = new CutoverId("shop");
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Answers answers = new Answers();
  private final Answer accepted = new Answer(SHOP, 3, true, "saga.cutover-started.v1");
  private final Answer refused = new Answer(SHOP, 3, false, "Expected something else");

  @Test
  void shouldAcceptOnlyWhenTheStatusShowsIt() {
    // given
    CompletableFuture<Optional<Answer>> early = answers.answer("r", PATIENCE);
    // when
    answers.answered("r", accepted, 0);
    CompletableFuture<Optional<Answer>> later = answers.answer("r", PATIENCE);
    answers.shown(SHOP, 2);
    answers.shown(new CutoverId("other"), 9);
    // then
    assertThat(early).isNotCompleted();
    assertThat(later).isNotCompleted();
    // when
    answers.shown(SHOP, 3);
    // then
    assertThat(early.join()).contains(accepted);
    assertThat(later.join()).contains(accepted);
    assertThat(answers.answer("r", PATIENCE)).isCompletedWithValue(Optional.of(accepted));
  }

  @Test
  void shouldAcceptAtOnceWhatTheStatusShowsAlready() {
    // when
    answers.answered("r", accepted, 3);
    // then
    assertThat(answers.answer("r", PATIENCE)).isCompletedWithValue(Optional.of(accepted));
  }

  @Test
  void shouldRefuseAtOnce() {
    // given
    CompletableFuture<Optional<Answer>> asked = answers.answer("r", PATIENCE);
    // when
    answers.answered("r", refused, 0);
    // then
    assertThat(asked.join()).contains(refused);
  }

  @Test
  void shouldSayWhatIsKnownWhenTheStatusNeverShowsIt() {
    // given
    answers.answered("r", accepted, 0);
    // then
    assertThat(answers.answer("r", Duration.ofMillis(1)).join()).contains(accepted);
  }

  @Test
  void shouldHaveNoAnswerWhenThereIsNone() {
    assertThat(answers.answer("r", Duration.ofMillis(1)).join()).isEmpty();
  }

  @Test
  void shouldKeepTheFirstAnswerOfARequest() {
    // given
    answers.answered("r", refused, 0);
    // when
    answers.answered("r", accepted, 9);
    // then
    assertThat(answers.answer("r", PATIENCE).join()).contains(refused);
  }
}
