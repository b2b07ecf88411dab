package dev.cutover.deploy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.CutoverStatus.Progress;
import dev.cutover.contract.CutoverStatus.StepStatus;
import dev.cutover.contract.Message;
import dev.cutover.contract.Side;
import dev.cutover.contract.StepRef;
import dev.cutover.contract.SyncReply.SourceFenced;
import dev.cutover.contract.SyncReply.TargetFenced;
import dev.cutover.contract.SyncReply.TargetOpened;
import dev.cutover.deploy.demo.GapMeter.Gap;
import dev.cutover.deploy.demo.Ledger.Acknowledged;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FiguresTest {
  private static final StepRef STEP = new StepRef(new CutoverId("c"), "step", 1);

  private static final List<Message> SWITCHED =
      List.of(
          new SourceFenced(STEP, at(10_000), 20, 30, 0, Optional.empty()),
          new TargetOpened(STEP, at(10_200)));

  private static final List<StepStatus> STEPS = List.of(sent("open-target", 10_190));

  @Test
  void shouldCountAWriteThatASideTookWhileItWasFenced() {
    // given
    List<Acknowledged> writes =
        List.of(
            write(1, Side.SOURCE, 9_990),
            write(2, Side.SOURCE, 10_015), // before the fence was proven
            write(3, Side.SOURCE, 10_050),
            write(4, Side.TARGET, 10_100), // before it was told to open
            write(5, Side.TARGET, 10_210));

    // when
    long counted = figures(SWITCHED, STEPS, writes).writesOnBothSidesWhileFenced();

    // then
    assertThat(counted).isEqualTo(2);
  }

  @Test
  void shouldCountNothingWhenEachSideTookWritesInItsTurn() {
    // given
    List<Message> andBack =
        List.of(
            SWITCHED.get(0),
            SWITCHED.get(1),
            new TargetFenced(STEP, at(20_000), 10, "marker", Optional.empty()));
    List<StepStatus> steps = List.of(sent("open-target", 10_190), sent("open-source", 20_500));
    List<Acknowledged> writes =
        List.of(
            write(1, Side.SOURCE, 9_990),
            write(2, Side.TARGET, 10_300),
            write(3, Side.TARGET, 19_990),
            write(4, Side.SOURCE, 20_600));

    // when
    long counted = figures(andBack, steps, writes).writesOnBothSidesWhileFenced();

    // then
    assertThat(counted).isZero();
  }

  @Test
  void shouldCountTheSourceWhenItTookAWriteAfterTheTargetDid() {
    // given a fence that claims too much
    List<Acknowledged> writes =
        List.of(write(1, Side.TARGET, 10_195), write(2, Side.SOURCE, 10_400));

    // when
    long counted = figures(List.of(), STEPS, writes).writesOnBothSidesWhileFenced();

    // then
    assertThat(counted).isEqualTo(1);
  }

  @Test
  void shouldTellTheClientsOwnCacheFromTheRestOfItsGap() {
    // given
    List<Gap> gaps =
        List.of(
            new Gap(0, at(10_001), at(10_300), at(10_250), Side.TARGET),
            new Gap(1, at(10_005), at(12_205), at(12_150), Side.TARGET),
            new Gap(2, at(2_000), at(9_000), at(0), Side.SOURCE)); // long before

    // when
    Figures figures = new Figures(SWITCHED, STEPS, gaps, List.of());

    // then
    assertThat(figures.switchGap()).map(Gap::ms).hasValue(2_200L);
    assertThat(figures.ttlMs()).isEqualTo(1_950);
    assertThat(figures.rollbackGap()).isEmpty();
    assertThat(figures.rollbackMs()).isEqualTo(-1);
  }

  private static Figures figures(
      List<Message> said, List<StepStatus> steps, List<Acknowledged> writes) {
    return new Figures(said, steps, List.of(), writes);
  }

  private static Acknowledged write(long number, Side side, long committingMs) {
    return new Acknowledged(number, side, at(committingMs), at(committingMs + 3));
  }

  private static StepStatus sent(String step, long ms) {
    return new StepStatus(
        step,
        "sync",
        Progress.DONE,
        1,
        Optional.of(at(ms)),
        Optional.of(at(ms + 5)),
        "",
        Optional.empty());
  }

  private static Instant at(long ms) {
    return Instant.ofEpochMilli(ms);
  }
}
