package dev.cutover.validator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.TableName;
import dev.cutover.validator.domain.FinalPlan.Coverage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FinalPlanTest {
  private static final Duration PLANNED = Duration.ofMillis(25);

  private static FinalPlan.Known table(long rows, boolean ordered, boolean passed) {
    TableShape shape =
        new TableShape(
            TableName.parse("t" + rows),
            List.of("id"),
            ordered ? List.of(new TableShape.KeyColumn("id", "bigint")) : List.of(),
            ordered,
            "UTF8",
            rows);
    return new FinalPlan.Known(
        shape,
        passed
            ? Optional.of(
                new FinalPlan.Pass(
                    Instant.EPOCH,
                    Instant.EPOCH,
                    new FinalPlan.Positions(1, 1),
                    Set.of(),
                    rows,
                    200))
            : Optional.empty());
  }

  @Test
  void shouldReadWholeTableWhenItIsSmall() {
    // when, then
    assertThat(FinalPlan.plan(List.of(table(1_000, true, false)), PLANNED))
        .singleElement()
        .isInstanceOf(Coverage.Whole.class);
  }

  @Test
  void shouldReadWhatChangedWhenPassIsKnown() {
    // when, then
    assertThat(FinalPlan.plan(List.of(table(40_000, true, true)), PLANNED))
        .singleElement()
        .isInstanceOf(Coverage.Changed.class);
  }

  @Test
  void shouldReadNewestRowsWhenScanIsTooLong() {
    // when, then
    assertThat(FinalPlan.plan(List.of(table(10_000_000, true, true)), PLANNED))
        .singleElement()
        .isEqualTo(new Coverage.Newest(table(10_000_000, true, true).shape(), 5_000));
  }

  @Test
  void shouldSayWhyWhenLargeTableHasNoOrderAndNoPass() {
    // when, then
    assertThat(FinalPlan.plan(List.of(table(10_000_000, false, false)), PLANNED))
        .singleElement()
        .isInstanceOf(Coverage.None.class);
  }

  @Test
  void shouldServeSmallTablesFirstAndKeepOrderWhenThereAreSeveral() {
    // when
    List<Coverage> planned =
        FinalPlan.plan(List.of(table(10_000_000, true, true), table(500, true, false)), PLANNED);

    // then
    assertThat(planned.getFirst()).isInstanceOf(Coverage.Newest.class);
    assertThat(planned.getLast()).isInstanceOf(Coverage.Whole.class);
  }
}
