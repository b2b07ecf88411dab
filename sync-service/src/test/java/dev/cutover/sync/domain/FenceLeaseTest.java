package dev.cutover.sync.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.DatabaseState.ManualMark;
import dev.cutover.contract.StepRef;
import dev.cutover.sync.domain.FenceLease.Verdict;
import dev.cutover.sync.domain.WriterRow.Lease;
import dev.cutover.sync.domain.WriterRow.State;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class FenceLeaseTest {
  private static final CutoverId CUTOVER = new CutoverId("shop-1");
  private static final DatabaseEndpoint TARGET = new DatabaseEndpoint("target", 1, "shop", "t");
  private static final Instant UNTIL = Instant.parse("2026-11-22T10:00:00Z");
  private static final Instant LATER = UNTIL.plusSeconds(1);
  private static final Optional<Lease> LEASE = Optional.of(new Lease(UNTIL, 5, TARGET));

  @Test
  void shouldHoldUntilItExpires() {
    assertThat(FenceLease.judge(source(5, State.FENCED), Optional.empty(), UNTIL.minusMillis(1)))
        .isEqualTo(new Verdict.Holds(UNTIL));
  }

  @Test
  @Tag("A13")
  void shouldRaiseTheTargetAndOpenTheSourceWhenExpired() {
    assertThat(FenceLease.judge(source(5, State.FENCED), target(1, State.FENCED), UNTIL))
        .isEqualTo(new Verdict.GiveBack(TARGET, 5, 6, new StepRef(CUTOVER, FenceLease.STEP, 1)));
  }

  @Test
  void shouldGoOnAfterItsOwnRaiseWhenItDiedInBetween() {
    WriterRow raised = row(6, State.FENCED, "shop-1/lease-expired/1", false, Optional.empty());

    assertThat(FenceLease.judge(source(5, State.FENCED), Optional.of(raised), LATER))
        .isInstanceOf(Verdict.GiveBack.class);
  }

  @Test
  void shouldStandWhenTheTargetCannotBeReachedOrPeopleAreInCharge() {
    WriterRow manual = row(1, State.FENCED, "shop-1/prepare/1", true, Optional.empty());

    assertThat(FenceLease.judge(source(5, State.FENCED), Optional.empty(), LATER))
        .isInstanceOf(Verdict.Stands.class);
    assertThat(FenceLease.judge(source(5, State.FENCED), Optional.of(manual), LATER))
        .isInstanceOf(Verdict.Stands.class);
  }

  @Test
  void shouldBeOverWhenTheTargetWasOpenedOrFencedAgainForARollback() {
    assertThat(FenceLease.judge(source(5, State.FENCED), target(7, State.OPEN), LATER))
        .isInstanceOf(Verdict.Over.class);
    assertThat(FenceLease.judge(source(5, State.FENCED), target(9, State.FENCED), LATER))
        .isInstanceOf(Verdict.Over.class);
  }

  @Test
  void shouldBeOverWhenTheSourceIsOpenOrFencedAgainOrHasNoLease() {
    assertThat(FenceLease.judge(source(8, State.OPEN), target(1, State.FENCED), LATER))
        .isInstanceOf(Verdict.Over.class);
    assertThat(FenceLease.judge(source(8, State.FENCED), target(1, State.FENCED), LATER))
        .isInstanceOf(Verdict.Over.class);
    assertThat(
            FenceLease.judge(target(5, State.FENCED).orElseThrow(), target(1, State.FENCED), LATER))
        .isInstanceOf(Verdict.Over.class);
  }

  @Test
  void shouldFenceATargetThatWasDeclaredDeadAsSoonAsItAnswers() {
    // given
    WriterRow alone = row(8, State.OPEN, "shop-1/open-source/1", false, owed(8));
    WriterRow manual = row(4, State.OPEN, "shop-1/open-target/1", true, Optional.empty());
    // when, then
    assertThat(FenceLease.judge(alone, Optional.empty(), LATER)).isInstanceOf(Verdict.Holds.class);
    assertThat(FenceLease.judge(alone, target(4, State.OPEN), LATER))
        .isEqualTo(new Verdict.FenceOwed(TARGET, 8, new StepRef(CUTOVER, FenceLease.OWED_STEP, 1)));
    assertThat(FenceLease.judge(alone, target(8, State.FENCED), LATER))
        .as("a fence that was cut off is done again")
        .isInstanceOf(Verdict.FenceOwed.class);
    assertThat(FenceLease.judge(alone, Optional.of(manual), LATER))
        .isInstanceOf(Verdict.Stands.class);
    assertThat(FenceLease.judge(alone, target(9, State.FENCED), LATER))
        .isInstanceOf(Verdict.Over.class);
    assertThat(
            FenceLease.judge(
                row(9, State.OPEN, "shop-1/open-source/1", false, owed(8)),
                target(4, State.OPEN),
                LATER))
        .as("a later order has opened it")
        .isInstanceOf(Verdict.Over.class);
  }

  private static Optional<Lease> owed(long epoch) {
    return Optional.of(new Lease(UNTIL, epoch, TARGET));
  }

  @Test
  void shouldKnowItsOwnOpeningByEpochAndStep() {
    assertThat(FenceLease.gaveBack(opened(6, "shop-1/lease-expired/1"), 5)).isTrue();
    assertThat(FenceLease.gaveBack(opened(6, "shop-1/open-source/1"), 5)).isFalse();
    assertThat(FenceLease.gaveBack(opened(8, "shop-1/lease-expired/1"), 5)).isFalse();
    assertThat(
            FenceLease.gaveBack(
                row(6, State.FENCED, "shop-1/lease-expired/1", false, Optional.empty()), 5))
        .isFalse();
  }

  private static WriterRow opened(long epoch, String step) {
    return row(epoch, State.OPEN, step, false, Optional.empty());
  }

  private static WriterRow source(long epoch, State state) {
    return row(epoch, state, "shop-1/fence-source/1", false, LEASE);
  }

  private static Optional<WriterRow> target(long epoch, State state) {
    return Optional.of(row(epoch, state, "shop-1/prepare/1", false, Optional.empty()));
  }

  private static WriterRow row(
      long epoch, State state, String step, boolean manual, Optional<Lease> lease) {
    return new WriterRow(
        epoch,
        state,
        Optional.of(step),
        Optional.empty(),
        manual
            ? Optional.of(new ManualMark(Optional.of("anna"), Optional.empty(), Optional.empty()))
            : Optional.empty(),
        Optional.empty(),
        Optional.of(CUTOVER),
        lease,
        Optional.empty());
  }
}
