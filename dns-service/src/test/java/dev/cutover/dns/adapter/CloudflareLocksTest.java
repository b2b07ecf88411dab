package dev.cutover.dns.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.adapter.ZonePrimary.Outcome;
import dev.cutover.dns.domain.RateBudget;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CloudflareLocksTest {
  private static final Outcome MADE = new Outcome.Accepted();

  private final CloudflareLocks locks = new CloudflareLocks();
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);

  @Test
  void shouldHaveOneChangeOfANameInFlightAndOthersBesideIt() throws Exception {
    // given
    Future<Outcome> first = inFlight("a.example.", "b.example.");
    // when
    Outcome other = locks.alone(spec("c.example."), turn(Duration.ofSeconds(5)), () -> MADE);
    // then
    assertThat(other).isEqualTo(MADE);
    assertThatThrownBy(
            () ->
                locks.alone(
                    spec("c.example.", "b.example."),
                    turn(Duration.ofMillis(50)),
                    () -> {
                      throw new AssertionError("Expected no second change of a name");
                    }))
        .isInstanceOfSatisfying(
            SwitchFailure.class, e -> assertThat(e.failure().retryable()).isTrue())
        .hasMessageContaining("another change of these names was in flight");
    end.countDown();
    assertThat(first.get(5, TimeUnit.SECONDS)).isEqualTo(MADE);
    assertThat(locks.alone(spec("b.example."), turn(Duration.ofSeconds(5)), () -> MADE))
        .isEqualTo(MADE);
  }

  @Test
  void shouldLetTheNextOneInWhenAChangeFails() throws Exception {
    // given
    assertThatThrownBy(
            () ->
                locks.alone(
                    spec("a.example."),
                    turn(Duration.ofSeconds(1)),
                    () -> {
                      throw new IllegalStateException("broken");
                    }))
        .hasMessage("broken");
    // when, then
    Future<Outcome> next = inFlight("a.example.");
    end.countDown();
    assertThat(next.get(5, TimeUnit.SECONDS)).isEqualTo(MADE);
  }

  private Future<Outcome> inFlight(String... names) throws InterruptedException {
    Future<Outcome> change =
        Pace.MACHINE.fork(
            "change",
            () ->
                locks.alone(
                    spec(names),
                    turn(Duration.ofSeconds(5)),
                    () -> {
                      begun.countDown();
                      awaitEnd();
                      return MADE;
                    }));
    assertThat(begun.await(5, TimeUnit.SECONDS)).isTrue();
    return change;
  }

  private void awaitEnd() {
    try {
      assertThat(end.await(5, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static CallTurn turn(Duration within) {
    return new CallTurn(
        "Cloudflare", new RateBudget(10, 0), Urgency.ORDINARY, Pace.MACHINE, within);
  }

  private static SwitchSpec spec(String... names) {
    return new SwitchSpec(
        "example.",
        new Cloudflare("0".repeat(32), "token", Optional.empty()),
        Arrays.stream(names)
            .map(
                name ->
                    new SwitchedName(
                        name,
                        List.of(new RecordSet(name, RecordType.A, 60, List.of("10.0.0.1"))),
                        List.of(new RecordSet(name, RecordType.A, 60, List.of("10.1.0.1")))))
            .toList(),
        List.of(new ServerAddress("127.0.0.1", 53)),
        List.of(),
        60);
  }
}
