package dev.cutover.sync.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.sync.domain.SequenceAlignment.Plan;
import dev.cutover.sync.domain.SequenceAlignment.Sequence;
import dev.cutover.sync.domain.SequenceAlignment.Setting;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class SequenceAlignmentTest {
  @Test
  void shouldRefuseWhatCyclesIsMissingOrCountsTheOtherWay() {
    Sequence cycling = new Sequence("s", 1, true, 1, 1, 9, true);

    assertThat(plan(cycling, upwards(1, true), 1).faults().getFirst()).contains("NO CYCLE");
    assertThat(plan(upwards(1, true), downwards(-1), 1).faults().getFirst())
        .contains("count the same way");
    assertThat(SequenceAlignment.plan(List.of(upwards(1, true)), List.of(), 1).faults())
        .singleElement()
        .asString()
        .contains("on both sides");
  }

  @Test
  void shouldRefuseWhenThereIsNoRoom() {
    Sequence narrow = new Sequence("s", 1, true, 1, 1, 100, false);

    assertThat(plan(upwards(95, true), narrow, 10).faults().getFirst())
        .contains("room for 10 more");
    assertThat(plan(upwards(Long.MAX_VALUE - 1, true), upwards(1, true), Long.MAX_VALUE).faults())
        .hasSize(1);
  }

  @Test
  void shouldSetAheadByTheMarginAndVerify() {
    Sequence behind = upwards(1000, true);

    assertThat(plan(behind, upwards(1, false), 50).settings())
        .containsExactly(new Setting("s", 1051));
    assertThat(SequenceAlignment.verify(List.of(behind), List.of(upwards(1051, true)))).isEmpty();
    assertThat(SequenceAlignment.verify(List.of(behind), List.of(upwards(999, true)))).hasSize(1);
  }

  @Test
  @Tag("C9")
  void shouldNeverSetBackwards() {
    assertThat(plan(upwards(10, true), upwards(5000, true), 50).settings()).isEmpty();
  }

  @Test
  void shouldCountDownWhereTheSequenceDoes() {
    assertThat(plan(downwards(-10), downwards(-1), 5).settings())
        .containsExactly(new Setting("s", -28));
    assertThat(SequenceAlignment.verify(List.of(downwards(-10)), List.of(downwards(-9))))
        .hasSize(1);
  }

  private static Plan plan(Sequence behind, Sequence ahead, long margin) {
    return SequenceAlignment.plan(List.of(behind), List.of(ahead), margin);
  }

  private static Sequence upwards(long last, boolean called) {
    return new Sequence("s", last, called, 1, 1, Long.MAX_VALUE, false);
  }

  private static Sequence downwards(long last) {
    return new Sequence("s", last, true, -3, Long.MIN_VALUE, -1, false);
  }
}
