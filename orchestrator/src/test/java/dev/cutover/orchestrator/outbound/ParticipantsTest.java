package dev.cutover.orchestrator.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.OutboundCommand.AskParticipant;
import dev.cutover.contract.ParticipantAsked;
import dev.cutover.contract.ParticipantCommand.DoStep;
import dev.cutover.runtime.Received;
import dev.cutover.runtime.Wire;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParticipantsTest {
  @Test
  void shouldHandTheOrderOnToTheTopicOfThePlan() throws Exception {
    try (Outside outside = new Outside()) {
      Object answer = outside.handle(order("team.workers", Duration.ofSeconds(30)));

      assertThat(answer).isInstanceOf(ParticipantAsked.class);
      List<Received> records = outside.log.all("team.workers");
      assertThat(records).hasSize(1);
      DoStep step = (DoStep) new Wire(outside.topics).envelope(records.getFirst()).message();
      assertThat(step.action()).isEqualTo("stop");
      assertThat(step.parameters()).containsExactly(Map.entry("pool", "orders"));
      assertThat(step.header().idempotencyKey()).isEqualTo("shop/ticket/40");
    }
  }

  @Test
  void shouldRefuseATopicThatTheConfigurationDoesNotAllow() throws Exception {
    try (Outside outside = new Outside()) {
      Failure failure = outside.failure(order("test.journal", Duration.ofSeconds(30)));

      assertThat(failure.kind()).isEqualTo(FailureKind.UNSUITABLE);
      assertThat(failure.reason()).contains("OUTBOUND_TOPICS");
      assertThat(outside.log.all("test.journal")).isEmpty();
    }
  }

  @Test
  void shouldAskNobodyPastTheDeadline() throws Exception {
    try (Outside outside = new Outside()) {
      assertThat(outside.failure(order("team.workers", Duration.ZERO)).kind())
          .isEqualTo(FailureKind.TIMED_OUT);
      assertThat(outside.log.all("team.workers")).isEmpty();
    }
  }

  private static AskParticipant order(String topic, Duration left) {
    return new AskParticipant(
        Outside.header(1, left), "workers", topic, "stop", Map.of("pool", "orders"), false);
  }
}
