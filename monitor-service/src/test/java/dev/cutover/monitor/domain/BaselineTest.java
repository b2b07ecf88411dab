package dev.cutover.monitor.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cutover.monitor.domain.Baseline.Outcome;
import dev.cutover.monitor.domain.Baseline.Outcome.Learned;
import dev.cutover.monitor.domain.Baseline.Outcome.Refused;
import dev.cutover.monitor.domain.Observation.Counted;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BaselineTest {
  private static final Instant START = Instant.parse("2026-11-22T20:00:00Z");

  @Test
  void shouldRefuseWhenTooFewRequestsWereSeen() {
    assertThat(refused(learn(ticks(10, 20, 0, 2.0), List.of())).reason())
        .contains("at least 500 requests")
        .contains("saw 200");
  }

  @Test
  void shouldRefuseWhenNothingWasSeen() {
    assertThat(refused(learn(List.of(), List.of())).retryable()).isTrue();
    assertThat(refused(learn(List.of(), Collections.nCopies(20, "Connection refused"))).reason())
        .contains("20 of 20")
        .contains("Connection refused");
  }

  @Test
  void shouldRefuseWhenTheSourceItselfIsAtItsLimit() {
    assertThat(refused(learn(ticks(100, 100, 5, 2.0), List.of())).reason()).contains("5.0 %");
  }

  @Test
  void shouldRefuseWhenNoBucketIsHighEnough() {
    Refused refused = refused(learn(ticks(100, 100, 0, 0.15), List.of()));
    assertThat(refused.reason()).contains("add buckets");
    assertThat(refused.retryable()).isFalse();
  }

  @Test
  void shouldRefuseWhenTheErrorsCameInOneBurst() {
    List<Counted> burst = new java.util.ArrayList<>(ticks(100, 100, 0, 2.0));
    burst.set(50, tick(100, 100, 2.0));
    assertThat(refused(learn(burst, List.of())).reason()).contains("one burst");
  }

  @Test
  void shouldLearnTheShareTheQuantilesBoundAndTheTraffic() {
    assertThat(learn(ticks(100, 100, 1, 2.0), List.of("once")))
        .isInstanceOfSatisfying(
            Learned.class,
            learned -> {
              assertThat(learned.baseline().requests()).isEqualTo(10_000);
              assertThat(learned.baseline().errors()).isEqualTo(100);
              assertThat(learned.baseline().requestsPerSecond()).isCloseTo(100, within(1e-9));
              // all took at most 100 ms, spread evenly: 95 ms, and a little for the uncertainty
              assertThat(learned.baseline().latencyQuantileMs()).isBetween(95.0, 96.0);
              assertThat(learned.baseline().dispersion()).isEqualTo(1);
            });
  }

  @Test
  void shouldSeeThatErrorsComeInBursts() {
    List<Counted> ticks =
        IntStream.range(0, 200).mapToObj(i -> tick(100, i % 10 == 0 ? 10 : 0, 2.0)).toList();
    assertThat(Baseline.dispersion(ticks, Counted::requests, Counted::errors))
        .isCloseTo(9.09, within(0.05));
  }

  @Test
  void shouldKeepAFloorAboveAFastBaseline() {
    assertThat(Baseline.slowSeconds(3, Specs.objectives(1000))).isCloseTo(0.053, within(1e-9));
    assertThat(Baseline.slowSeconds(100, Specs.objectives(1000))).isCloseTo(0.2, within(1e-9));
  }

  private static Outcome learn(List<Counted> ticks, List<String> gaps) {
    return Baseline.learn(ticks, gaps, Specs.objectives(1000), START, START.plusSeconds(100));
  }

  private static Refused refused(Outcome outcome) {
    assertThat(outcome).isInstanceOf(Refused.class);
    return (Refused) outcome;
  }

  private static List<Counted> ticks(int count, long requests, long errors, double highestEdge) {
    return Collections.nCopies(count, tick(requests, errors, highestEdge));
  }

  private static Counted tick(long requests, long errors, double highestEdge) {
    return new Counted(
        Duration.ofSeconds(1),
        requests,
        errors,
        new Histogram(
            new TreeMap<>(
                Map.of(0.1, requests, highestEdge, requests, Double.POSITIVE_INFINITY, requests))));
  }
}
