package dev.cutover.deploy.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.CommandHeader;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.MonitorCommand.StopWatching;
import dev.cutover.contract.PartitionsAssigned;
import dev.cutover.contract.StepRef;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SentCommandsTest {
  private static final CutoverId ID = new CutoverId("move");

  private final SentCommands sent = new SentCommands();

  @Test
  void shouldFindNothingWhenEachAttemptIsSentOnce() {
    // given
    sent.saw(assigned("monitor", 2));
    // when
    sent.saw("monitor", 2, command(1, 10));
    sent.saw("monitor", 2, command(2, 11));
    // then
    assertThat(sent.count()).isEqualTo(2);
    assertThat(sent.decidedTwice()).isEmpty();
    assertThat(sent.sentUnasked()).isEmpty();
    assertThat(sent.toldAgain()).isEmpty();
  }

  @Test
  void shouldNameTheCommandWhenItIsSentAgainAndNobodyIsNew() {
    // given
    sent.saw(assigned("monitor", 2));
    sent.saw(assigned("monitor", 3));
    sent.saw(assigned("dns", 2));
    // when
    sent.saw("monitor", 2, command(1, 10));
    sent.saw("monitor", 2, command(1, 10));
    // then
    assertThat(sent.sentUnasked())
        .containsExactly(
            "move/stop/1 (StopWatching to monitor of 10, StopWatching to monitor of 10)");
    assertThat(sent.decidedTwice()).isEmpty();
    assertThat(sent.toldAgain()).isEmpty();
  }

  @Test
  void shouldAllowOneMoreCopyForEachNewInstanceOfTheService() {
    // given
    sent.saw(assigned("monitor", 2));
    // when
    sent.saw("monitor", 2, command(1, 10));
    sent.saw(assigned("monitor", 2));
    sent.saw("monitor", 2, command(1, 10));
    // then
    assertThat(sent.sentUnasked()).isEmpty();
    assertThat(sent.toldAgain()).hasSize(1);
    // when
    sent.saw("monitor", 2, command(1, 10));
    // then
    assertThat(sent.sentUnasked()).hasSize(1);
    assertThat(sent.toldAgain()).isEmpty();
  }

  @Test
  void shouldTellASecondDecisionByItsEpochWhoeverIsNew() {
    // given
    sent.saw(assigned("monitor", 2));
    sent.saw(assigned("monitor", 2));
    // when
    sent.saw("monitor", 2, command(1, 10));
    sent.saw("monitor", 2, command(1, 12));
    // then
    assertThat(sent.decidedTwice())
        .containsExactly(
            "move/stop/1 (StopWatching to monitor of 10, StopWatching to monitor of 12)");
  }

  private static PartitionsAssigned assigned(String service, int partition) {
    return new PartitionsAssigned(new CutoverId("any"), service, List.of(partition));
  }

  private static StopWatching command(int attempt, long epoch) {
    return new StopWatching(
        new CommandHeader(new StepRef(ID, "stop", attempt), epoch, Instant.EPOCH));
  }
}
