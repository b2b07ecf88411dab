package dev.cutover.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.testkit.SampleMessages;
import java.time.Instant;
import org.junit.jupiter.api.Test;

final class PrecedenceTest {
  private static <C extends Command> Command order(Class<C> type, long epoch, int attempt) {
    StepRef step = new StepRef(new CutoverId("shop"), type.getSimpleName(), attempt);
    return SampleMessages.of(type).withHeader(new CommandHeader(step, epoch, Instant.EPOCH));
  }

  @Test
  void shouldNeverEndStandingWorkForWhatRestsOnIt() {
    Command forward = order(SyncCommand.StartForwardSync.class, 3, 1);
    Command reverse = order(SyncCommand.StartReverseSync.class, 4, 1);
    Command fence = order(SyncCommand.FenceTarget.class, 9, 1);

    assertThat(Precedence.voids(forward, reverse)).isFalse();
    assertThat(Precedence.voids(reverse, fence)).isFalse();
    assertThat(Precedence.voids(reverse, order(SyncCommand.DropReplication.class, 10, 1))).isTrue();

    Command watch = order(DnsCommand.WatchRecords.class, 2, 1);
    assertThat(Precedence.voids(watch, order(DnsCommand.RevertTraffic.class, 9, 1))).isFalse();
    assertThat(Precedence.voids(watch, order(DnsCommand.RestoreTtl.class, 9, 1))).isTrue();
  }

  @Test
  void shouldLetNothingWithALowerOrEqualEpochEndAnything() {
    Command fence = order(SyncCommand.FenceSource.class, 9, 1);

    assertThat(Precedence.voids(fence, order(SyncCommand.OpenSource.class, 9, 1))).isFalse();
    assertThat(Precedence.voids(fence, order(SyncCommand.OpenSource.class, 8, 1))).isFalse();
  }

  @Test
  void shouldEndWorkWhenItGoesBackOrIsTriedAgain() {
    Command shift = order(DnsCommand.ShiftTraffic.class, 5, 1);

    assertThat(Precedence.voids(shift, order(DnsCommand.RevertTraffic.class, 6, 1))).isTrue();
    assertThat(Precedence.voids(shift, order(DnsCommand.ShiftTraffic.class, 7, 2))).isTrue();
    assertThat(Precedence.voids(shift, order(DnsCommand.ShiftTraffic.class, 5, 2)))
        .as("a retry is the same decision and has its epoch")
        .isTrue();
    assertThat(Precedence.voids(shift, order(DnsCommand.ShiftTraffic.class, 7, 1))).isFalse();
    assertThat(Precedence.voids(shift, order(DnsCommand.ShiftTraffic.class, 4, 2))).isFalse();
    assertThat(Precedence.voids(shift, order(DnsCommand.VerifyTraffic.class, 6, 1))).isFalse();
  }

  @Test
  void shouldEndTheProofOfAViewForThatOfItsWayBackAlone() {
    Command there = view("private", Side.TARGET, 5);
    Command back = view("private", Side.SOURCE, 6);
    Command other = view("branch", Side.SOURCE, 7);

    assertThat(Precedence.voids(there, back)).isTrue();
    assertThat(Precedence.lane(there)).isEqualTo(Precedence.lane(back));
    assertThat(Precedence.lane(other)).as("side by side").isNotEqualTo(Precedence.lane(back));
    assertThat(Precedence.voids(back, view("private", Side.TARGET, 8))).isFalse();
  }

  private static Command view(String view, Side side, long epoch) {
    DnsCommand.VerifyView sample = SampleMessages.of(DnsCommand.VerifyView.class);
    StepRef step = new StepRef(new CutoverId("shop"), "verify-" + view + side, 1);
    return new DnsCommand.VerifyView(
        new CommandHeader(step, epoch, Instant.EPOCH), sample.spec(), side, view, "corporate");
  }

  @Test
  void shouldKeepAStepAndItsUndoInOneLaneAndNoticesOutOfIt() {
    OutboundCommand.CallHttp call = SampleMessages.of(OutboundCommand.CallHttp.class);
    Command notice = order(OutboundCommand.DeliverNotice.class, 9, 1);
    Command undo =
        new OutboundCommand.CallHttp(
            new CommandHeader(call.header().step(), 9, Instant.EPOCH),
            call.work(),
            call.call(),
            true);

    assertThat(Precedence.lane(undo)).isEqualTo(Precedence.lane(call));
    assertThat(Precedence.lane(notice)).isNotEqualTo(Precedence.lane(call));
    assertThat(Precedence.lane(order(SyncCommand.FenceSource.class, 3, 1)))
        .isEqualTo(Precedence.lane(order(SyncCommand.OpenSource.class, 4, 1)));
  }

  @Test
  void shouldLetAComparisonAfterTheSwitchStandInNoCheckOfARollbacksWay() {
    ValidatorCommand.CompareChanged sample =
        SampleMessages.of(ValidatorCommand.CompareChanged.class);
    Command before =
        new ValidatorCommand.CompareChanged(sample.header(), sample.spec(), Direction.FORWARD);
    Command after =
        new ValidatorCommand.CompareChanged(sample.header(), sample.spec(), Direction.REVERSE);
    Command check = SampleMessages.of(ValidatorCommand.RunChecks.class).withHeader(sample.header());

    assertThat(Precedence.lane(before)).isEqualTo(Precedence.lane(check));
    assertThat(Precedence.lane(after)).isNotEqualTo(Precedence.lane(check));
  }

  @Test
  void shouldCutAHangingCallShortWhenItsUndoComes() {
    OutboundCommand.CallHttp sample = SampleMessages.of(OutboundCommand.CallHttp.class);
    Command call = call(sample, "drain-workers", 5, false);

    assertThat(Precedence.voids(call, call(sample, "undo-drain-workers", 9, true))).isTrue();
    assertThat(Precedence.voids(call, call(sample, "purge-cache", 9, false))).isFalse();
  }

  private static Command call(
      OutboundCommand.CallHttp sample, String step, long epoch, boolean undo) {
    CommandHeader header =
        new CommandHeader(new StepRef(new CutoverId("shop"), step, 1), epoch, Instant.EPOCH);
    return new OutboundCommand.CallHttp(header, sample.work(), sample.call(), undo);
  }
}
