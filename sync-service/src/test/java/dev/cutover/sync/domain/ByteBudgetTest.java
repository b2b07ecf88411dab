package dev.cutover.sync.domain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ByteBudgetTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void shouldSpreadBytesOverTime() {
    // given
    ByteBudget budget = new ByteBudget(1000);

    // when / then
    assertThat(budget.take(500, -5)).isEqualTo(SECOND / 2);
    assertThat(budget.take(500, -5)).isEqualTo(SECOND);
    assertThat(budget.take(1000, SECOND - 10)).isEqualTo(SECOND + 5);
  }

  @Test
  void shouldNotMakeUpForTimeThatNobodyUsed() {
    // given
    ByteBudget budget = new ByteBudget(1000);
    budget.take(1, 0);

    // when / then
    assertThat(budget.take(2000, 100 * SECOND)).isEqualTo(2 * SECOND);
  }
}
