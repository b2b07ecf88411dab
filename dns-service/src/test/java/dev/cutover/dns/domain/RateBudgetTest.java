package dev.cutover.dns.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.dns.domain.RateBudget.Urgency;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RateBudgetTest {
  private static final long SECOND = 1_000_000_000L;

  private final RateBudget budget = new RateBudget(5, 0);

  @Test
  void shouldKeepAReserveForReverts() {
    // given all that others may take
    for (int i = 0; i < 5; i++) {
      assertThat(budget.take(Urgency.ORDINARY, 0)).isZero();
    }
    // when, then
    assertThat(budget.take(Urgency.ORDINARY, 0)).isEqualTo(Duration.ofMillis(200));
    for (int i = 0; i < 5; i++) {
      assertThat(budget.take(Urgency.REVERT, 0)).isZero();
    }
    assertThat(budget.take(Urgency.REVERT, 0)).isEqualTo(Duration.ofMillis(200));
    assertThat(budget.take(Urgency.ORDINARY, 0)).isEqualTo(Duration.ofMillis(1200));
  }

  @Test
  void shouldLetARequestPassOnceItsTimeHasCome() {
    // given
    while (budget.take(Urgency.REVERT, 0).isZero()) {}
    // when, then
    assertThat(budget.take(Urgency.REVERT, SECOND / 5)).isZero();
    assertThat(budget.take(Urgency.REVERT, SECOND / 5)).isPositive();
    assertThat(budget.take(Urgency.ORDINARY, SECOND + SECOND / 2)).isZero();
  }

  @Test
  void shouldSaveNoMoreThanTwoSeconds() {
    // when
    int taken = 0;
    while (budget.take(Urgency.REVERT, 3600 * SECOND).isZero()) {
      taken++;
    }
    // then
    assertThat(taken).isEqualTo(10);
  }

  @Test
  void shouldNotLoseCountWhenTimesComeOutOfOrder() {
    // given
    assertThat(budget.take(Urgency.ORDINARY, SECOND)).isZero();
    // when
    budget.take(Urgency.ORDINARY, 0);
    // then
    for (int i = 0; i < 8; i++) {
      assertThat(budget.take(Urgency.REVERT, SECOND)).isZero();
    }
  }
}
