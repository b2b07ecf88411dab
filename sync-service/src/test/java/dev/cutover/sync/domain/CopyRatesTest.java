package dev.cutover.sync.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CopyMeasured.CopyState;
import dev.cutover.contract.TableName;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CopyRatesTest {
  private static final long SECOND = 1_000_000_000L;
  private static final TableName BIG = new TableName("public", "big");
  private static final TableName SMALL = new TableName("public", "small");

  private final CopyRates rates = new CopyRates();

  private static List<CopyRates.Count> counts(long bigRows, CopyState big, CopyState small) {
    return List.of(
        new CopyRates.Count(BIG, bigRows, bigRows * 100, 1000, 90, big),
        new CopyRates.Count(SMALL, 0, 0, -1, 10, small));
  }

  @Test
  void shouldKnowNoRateAtFirst() {
    // when
    CopyProgress progress =
        rates.progress(counts(0, CopyState.WAITING, CopyState.WAITING), SECOND, true);

    // then
    assertThat(progress.bytesPerSecond()).isZero();
    assertThat(progress.leftMs()).isEqualTo(-1);
    assertThat(progress.waiting()).isTrue();
    assertThat(progress.tables()).allMatch(table -> table.leftMs() == -1);
  }

  @Test
  void shouldTellRateAndTimeLeftOfTheLastSeconds() {
    // given
    rates.progress(counts(0, CopyState.COPYING, CopyState.WAITING), 0, false);

    // when
    CopyProgress progress =
        rates.progress(counts(500, CopyState.COPYING, CopyState.WAITING), 5 * SECOND, false);

    // then
    assertThat(progress.bytes()).isEqualTo(50_000);
    assertThat(progress.bytesPerSecond()).isEqualTo(10_000);
    assertThat(progress.tables().getFirst().leftMs()).isEqualTo(5_000);
    assertThat(progress.leftMs()).isEqualTo(6_111); // 45 of 100 parts took 5 s
  }

  @Test
  void shouldHaveNothingLeftWhenAllRowsAreThere() {
    // given
    rates.progress(counts(500, CopyState.COPYING, CopyState.DONE), 0, false);

    // when
    CopyProgress progress =
        rates.progress(counts(900, CopyState.FINISHING, CopyState.DONE), SECOND, false);

    // then
    assertThat(progress.leftMs()).isZero();
    assertThat(progress.tables()).allMatch(table -> table.leftMs() == 0);
  }
}
