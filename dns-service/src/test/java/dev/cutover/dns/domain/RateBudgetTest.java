package dev.cutover.dns.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.dns.domain.RateBudget.Urgency;
import java.time.Duration;
import java.util.Arrays;
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

  @Test
  void shouldStayWithinALimitWhereverItsTimeBegins() {
    // given
    RateBudget budgeted = RateBudget.perSpan(1000, Duration.ofMinutes(5), 0);
    // when everything is taken as soon as it is there, for ten minutes
    int[] taken = new int[601];
    for (int second = 0; second <= 600; second++) {
      while (budgeted.take(Urgency.REVERT, second * SECOND).isZero()) {
        taken[second]++;
      }
    }
    // then
    for (int from = 0; from <= 300; from++) {
      assertThat(Arrays.stream(taken, from, from + 300).sum()).isLessThanOrEqualTo(1000);
    }
    assertThat(Arrays.stream(taken, 0, 300).sum()).isGreaterThan(990);
  }

  @Test
  void shouldKeepHalfOfTheQuarterForReverts() {
    // given
    RateBudget budgeted = RateBudget.perSpan(1000, Duration.ofMinutes(5), 0);
    int ordinary = 0;
    while (budgeted.take(Urgency.ORDINARY, 0).isZero()) {
      ordinary++;
    }
    // when, then
    assertThat(ordinary).isEqualTo(125);
    for (int i = 0; i < 125; i++) {
      assertThat(budgeted.take(Urgency.REVERT, 0)).isZero();
    }
    assertThat(budgeted.take(Urgency.REVERT, 0)).isPositive();
  }
}
