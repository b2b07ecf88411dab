package dev.cutover.monitor.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.RollbackRequest;
import dev.cutover.contract.RollbackRequest.Kind;
import dev.cutover.contract.RollbackRequestRefused;
import dev.cutover.contract.RollbackRequestRefused.Why;
import dev.cutover.contract.RollbackRequested;
import dev.cutover.monitor.domain.RequestJudge.Outcome;
import dev.cutover.monitor.domain.SignedRequest.Place;
import dev.cutover.runtime.MessageSigner;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RequestJudgeTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final Sender PAGER =
      new Sender(
          "pager",
          MessageSigner.newKeys().getPublic(),
          List.of("shop-*", "billing"),
          Set.of(Kind.ERROR_RATE));

  private final AcceptedRequests accepted = new AcceptedRequests();

  private Outcome judge(String cutover, Kind kind, String id, Instant issuedAt, long offset) {
    SignedRequest request =
        new SignedRequest(
            PAGER,
            id,
            issuedAt,
            new RollbackRequest(new CutoverId(cutover), kind, "checkout fails", ""),
            new Place(0, offset));
    return RequestJudge.judge(request, accepted, Duration.ofMinutes(5), Duration.ofMinutes(2), NOW);
  }

  private Outcome accept(String cutover, String id, long offset) {
    Outcome outcome = judge(cutover, Kind.ERROR_RATE, id, NOW, offset);
    assertThat(outcome).isInstanceOf(Outcome.Accepted.class);
    accepted.add(((Outcome.Accepted) outcome).trigger());
    return outcome;
  }

  private static void assertRefused(Outcome outcome, Why why) {
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Refused.class, refused -> assertThat(refused.why()).isEqualTo(why));
  }

  @Test
  void shouldForbidWhenTheSenderHasNoRightToIt() {
    assertRefused(judge("shop", Kind.ERROR_RATE, "1", NOW, 1), Why.FORBIDDEN);
    assertRefused(judge("billing-2", Kind.ERROR_RATE, "1", NOW, 1), Why.FORBIDDEN);
    assertRefused(judge("shop-eu", Kind.SECURITY, "1", NOW, 1), Why.FORBIDDEN);
  }

  @Test
  void shouldRefuseWhenTooOldOrFromTheFuture() {
    assertRefused(judge("shop-eu", Kind.ERROR_RATE, "1", NOW.minusSeconds(301), 1), Why.EXPIRED);
    assertRefused(judge("shop-eu", Kind.ERROR_RATE, "1", NOW.plusSeconds(61), 1), Why.EXPIRED);
    assertThat(judge("shop-eu", Kind.ERROR_RATE, "1", NOW.minusSeconds(300), 1))
        .isInstanceOf(Outcome.Accepted.class);
    assertThat(judge("shop-eu", Kind.ERROR_RATE, "1", NOW.plusSeconds(60), 1))
        .isInstanceOf(Outcome.Accepted.class);
  }

  @Test
  void shouldRefuseWhenTheSameRequestComesFromElsewhere() {
    accept("shop-eu", "1", 1);

    assertRefused(judge("shop-eu", Kind.ERROR_RATE, "1", NOW, 2), Why.REPLAYED);
    accept("billing", "1", 3);
    accept("shop-eu", "2", 4);
  }

  @Test
  void shouldSayNothingWhenTheSameRecordIsReadAgain() {
    accept("shop-eu", "1", 1);

    assertThat(judge("shop-eu", Kind.ERROR_RATE, "1", NOW, 1))
        .isInstanceOf(Outcome.ReadAgain.class);
  }

  @Test
  void shouldRefuseWhenASenderAsksTooOftenButHearItForAnotherCutover() {
    for (int n = 1; n <= 5; n++) {
      accept("shop-eu", "id-" + n, n);
    }

    assertRefused(judge("shop-eu", Kind.ERROR_RATE, "id-6", NOW, 6), Why.TOO_MANY);
    accept("shop-us", "id-7", 7);
  }

  @Test
  void shouldRemainKnownForADayAndBeForgottenThen() {
    RollbackRequested trigger = ((Outcome.Accepted) accept("shop-eu", "1", 1)).trigger();

    accepted.forget(NOW.plus(Duration.ofDays(1)));
    assertThat(accepted.placeOf(trigger.decisionId())).isPresent();
    accepted.forget(NOW.plus(Duration.ofDays(1)).plusSeconds(1));
    assertThat(accepted.placeOf(trigger.decisionId())).isEmpty();
  }

  @Test
  void shouldCarryWhoAskedAndWhenItExpires() {
    RollbackRequested trigger = ((Outcome.Accepted) accept("shop-eu", "1", 9)).trigger();

    assertThat(trigger.sender()).isEqualTo("pager");
    assertThat(trigger.expiresAt()).isEqualTo(NOW.plusSeconds(120));
    assertThat(trigger.offset()).isEqualTo(9);
    assertThat(trigger.decisionId()).hasSize(32);
  }

  @Test
  void shouldRefuseASenderThatIsNoneOrMayNothing() {
    assertThatThrownBy(() -> new Sender("A b", PAGER.key(), List.of("shop"), Set.of(Kind.LATENCY)))
        .hasMessageContaining("'A b'");
    assertThatThrownBy(
            () -> new Sender("pager", PAGER.key(), List.of("sh.p"), Set.of(Kind.LATENCY)))
        .hasMessageContaining("'sh.p'");
    assertThatThrownBy(() -> new Sender("pager", PAGER.key(), List.of(), Set.of(Kind.LATENCY)))
        .hasMessageContaining("got none");
  }

  @Test
  void shouldTellAFewRefusalsOfAMinuteAndCountTheRest() {
    RefusalMeter meter = new RefusalMeter();
    int single = 0;
    for (int n = 0; n < 1_000; n++) {
      single += meter.isSingle(refused("unknown", n), NOW) ? 1 : 0;
    }
    assertThat(single).isEqualTo(5);
    assertThat(meter.isSingle(refused("pager", 1), NOW)).as("another sender").isTrue();
    assertThat(meter.due(NOW.plusSeconds(59))).isEmpty();

    List<RollbackRequestRefused> sums = meter.due(NOW.plusSeconds(60));

    assertThat(sums).hasSize(1);
    assertThat(sums.getFirst().count()).isEqualTo(995);
    assertThat(sums.getFirst().offset()).isEqualTo(999);
    assertThat(sums.getFirst().reason()).contains("995 more of 'unknown'");
    assertThat(meter.due(NOW.plusSeconds(120))).isEmpty();
    assertThat(meter.isSingle(refused("unknown", 1), NOW.plusSeconds(61))).isTrue();
  }

  private static RollbackRequestRefused refused(String sender, long offset) {
    return new RollbackRequestRefused(
        new CutoverId("shop"), sender, Why.UNSIGNED, 1, 0, offset, "not signed");
  }
}
