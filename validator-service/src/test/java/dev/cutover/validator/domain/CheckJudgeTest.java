package dev.cutover.validator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.DataCheck.HttpFlow;
import dev.cutover.contract.HttpStep;
import dev.cutover.contract.Side;
import dev.cutover.contract.TableName;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CheckJudgeTest {
  private static final TableName ORDERS = TableName.parse("orders");

  private static TableFindings findings(
      List<RowDifference> differences, List<RowKey> undecided, Optional<String> stopped) {
    return new TableFindings(ORDERS, 5, 5, List.of(), differences, undecided, stopped, "5 rows");
  }

  @Test
  void shouldMismatchWithKeysWhenRowsDifferThoughOthersAreUndecided() {
    // given
    RowDifference lost = new RowDifference.Missing(RowKey.of("7"), RowHash.of(1, 2));

    // when
    Verdict verdict =
        CheckJudge.content(
            List.of(findings(List.of(lost), List.of(RowKey.of("8")), Optional.empty())),
            Side.TARGET);

    // then
    assertThat(verdict).isInstanceOf(Verdict.Mismatch.class);
    assertThat(verdict.detail()).contains("public.orders (1 row)");
    assertThat(verdict.evidence()).anyMatch(line -> line.contains("(7) is missing on the target"));
  }

  @Test
  void shouldBeInconclusiveWhenRowsAreUndecidedOrTimeRanOut() {
    // when, then
    assertThat(
            CheckJudge.content(
                List.of(findings(List.of(), List.of(RowKey.of("8")), Optional.empty())),
                Side.TARGET))
        .isInstanceOf(Verdict.Inconclusive.class);
    assertThat(
            CheckJudge.content(
                List.of(findings(List.of(), List.of(), Optional.of("stopped at the deadline"))),
                Side.TARGET))
        .isInstanceOf(Verdict.Inconclusive.class);
  }

  @Test
  void shouldJudgeCountsByMissingAndExtraRowsWhenTheyMove() {
    // given
    RowDifference lost = new RowDifference.Missing(RowKey.of("7"), RowHash.of(1, 2));
    RowDifference changed =
        new RowDifference.Changed(RowKey.of("8"), RowHash.of(1, 2), RowHash.of(3, 4));

    // when, then
    assertThat(
            CheckJudge.counts(
                List.of(
                    CheckJudge.RowCount.of(findings(List.of(lost), List.of(), Optional.empty())))))
        .isInstanceOf(Verdict.Mismatch.class);
    assertThat(
            CheckJudge.counts(
                List.of(
                    CheckJudge.RowCount.of(
                        findings(List.of(changed), List.of(), Optional.empty())))))
        .isInstanceOf(Verdict.Match.class);
  }

  @Test
  void shouldNotBelieveReadingFlowWhenItDeletes() {
    // given
    HttpStep delete =
        new HttpStep(
            "tidy", "delete", "/", Map.of(), Optional.empty(), 204, Map.of(), Map.of(), 100);

    // when, then
    assertThat(
            CheckJudge.contradiction(
                new HttpFlow("f", "http://a", Optional.empty(), false, List.of(delete))))
        .hasValueSatisfying(sentence -> assertThat(sentence).contains("'tidy'"));
    assertThat(
            CheckJudge.contradiction(
                new HttpFlow("f", "http://a", Optional.empty(), true, List.of(delete))))
        .isEmpty();
  }
}
