package dev.cutover.orchestrator.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cutover.orchestrator.domain.Advice.Approach;
import dev.cutover.orchestrator.domain.Advice.TrafficWay;
import dev.cutover.orchestrator.domain.RollbackPolicy.Way;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AdviceTest {
  @ParameterizedTest
  @CsvSource({
    // services, downtime, known, loose, data, weights
    "3,  true,  true,  false, REPLICATED,  false, BIG_BANG,   maintenance window",
    "9,  true,  false, true,  REPLICATED,  false, BIG_BANG,   maintenance window",
    "10, true,  true,  false, REPLICATED,  false, BLUE_GREEN, large environment",
    "3,  false, true,  false, REPLICATED,  false, BLUE_GREEN, no downtime is allowed",
    "3,  true,  true,  false, SHARED,      false, BLUE_GREEN, no database has to be stopped",
    "10, false, true,  true,  REPLICATED,  false, ROLLING,    loosely coupled",
    "3,  true,  false, false, SHARED,      true,  CANARY,     gradual validation",
    "30, false, false, true,  PARTITIONED, true,  CANARY,     gradual validation",
    "3,  false, false, false, SHARED,      false, BLUE_GREEN, the traffic switch has no weights",
    "3,  false, false, false, REPLICATED,  true,  BLUE_GREEN, can't serve both sides at once",
  })
  void shouldProposeAStrategyByThePatternsCriteria(
      int services,
      boolean downtime,
      boolean known,
      boolean loose,
      DataLayer data,
      boolean weights,
      Approach expected,
      String reason) {
    // given
    Situation at =
        new Situation(
            services,
            downtime,
            known,
            loose,
            data,
            true,
            true,
            Situation.Balancer.NONE,
            Situation.Provider.SELF_HOSTED,
            false,
            weights,
            Duration.ofHours(1));
    // when
    var strategy = Advice.of(at).strategy();
    // then
    assertThat(strategy.choice()).isEqualTo(expected);
    assertThat(strategy.reason()).contains(reason);
    assertThat(Advice.faults(at, expected)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "REPLICATED, true,  true,  REVERSE_SYNC, 24, replicated back",
    "REPLICATED, false, true,  REVERSE_SYNC, 1,  short window",
    "REPLICATED, true,  false, FIX_FORWARD,  0,  bigger risk than a fix",
    "REPLICATED, false, false, FIX_FORWARD,  0,  bigger risk than a fix",
    "SHARED,     true,  true,  REVERSE_SYNC, 24, revert of traffic",
  })
  void shouldProposeAWayBackByWhatBecomesOfWrites(
      DataLayer data, boolean writes, boolean schema, Way expected, int hours, String reason) {
    // given
    Situation at = situation(data, writes, schema, Situation.Provider.SELF_HOSTED, false);
    // when
    var rollback = Advice.of(at).rollback();
    // then
    assertThat(rollback.choice().way()).isEqualTo(expected);
    assertThat(rollback.choice().window()).isEqualTo(Duration.ofHours(hours));
    assertThat(rollback.reason()).contains(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "SELF_HOSTED, false, UPDATE,   takes updates",
    "ROUTE53,     false, UPDATE,   one conditional batch",
    "CLOUDFLARE,  true,  UPDATE,   clients keep the edge's addresses",
    "CLOUDFLARE,  false, UPDATE,   unproxied records respect the TTL",
    "DESIGNATE,   false, UPDATE,   by its API",
    "OTHER,       false, DELEGATE, takes no updates",
  })
  void shouldProposeHowNamesMoveByWhoServesThem(
      Situation.Provider provider, boolean proxied, TrafficWay expected, String reason) {
    // when
    var traffic =
        Advice.of(situation(DataLayer.REPLICATED, true, true, provider, proxied)).traffic();
    // then
    assertThat(traffic.choice()).isEqualTo(expected);
    assertThat(traffic.reason()).contains(reason);
  }

  @ParameterizedTest
  @CsvSource({"HAPROXY, at once", "AWS, within seconds", "CLOUDFLARE, through the edge"})
  void shouldLeaveNamesWhereTheyAreWhenABalancerStandsBeforeBothSides(
      Situation.Balancer balancer, String reason) {
    // given
    Situation at = balanced(balancer);
    // when
    var advice = Advice.of(at);
    // then
    assertThat(advice.traffic().choice()).isEqualTo(TrafficWay.BALANCER);
    assertThat(advice.traffic().reason()).contains(reason);
    assertThat(advice.strategy().choice()).isEqualTo(Approach.CANARY);
    for (TrafficWay way : TrafficWay.values()) {
      assertThat(Advice.faults(at, Approach.BLUE_GREEN, way).isEmpty())
          .as("%s", way)
          .isEqualTo(way == TrafficWay.BALANCER);
    }
  }

  @Test
  void shouldSayWhyAChoiceCanNotBe() {
    Situation copied = situation(DataLayer.REPLICATED, true, true, Situation.Provider.OTHER, false);
    Situation shared = situation(DataLayer.SHARED, true, true, Situation.Provider.OTHER, false);
    assertThat(Advice.faults(copied, Approach.CANARY)).isPresent();
    assertThat(Advice.faults(copied, Approach.BIG_BANG)).isEmpty();
    assertThat(Advice.faults(shared, Approach.BIG_BANG)).isPresent();
    assertThat(Advice.faults(shared, Approach.CANARY)).isEmpty();
    assertThat(Advice.faults(shared, Approach.CANARY, Way.FIX_FORWARD)).isPresent();
    assertThat(Advice.faults(shared, Approach.BLUE_GREEN, Way.ACCEPT_LOSS)).isPresent();
    assertThat(Advice.faults(shared, Approach.BLUE_GREEN, TrafficWay.BY_HAND)).isPresent();
    assertThat(Advice.faults(copied, Approach.BLUE_GREEN, TrafficWay.BY_HAND)).isEmpty();
    assertThat(Advice.faults(copied, Approach.BLUE_GREEN, TrafficWay.BALANCER)).isPresent();
  }

  @Test
  void shouldKeepBothReasonsWhenAnotherIsChosen() {
    // given
    var proposed =
        Advice.of(situation(DataLayer.REPLICATED, true, true, Situation.Provider.OTHER, false));
    // when
    var chosen = Chosen.otherwise(proposed.strategy(), Approach.ROLLING, "one team a week");
    // then
    assertThat(chosen.choice()).isEqualTo(Approach.ROLLING);
    assertThat(chosen.reason())
        .isEqualTo(
            "one team a week (advised otherwise: %s)".formatted(proposed.strategy().reason()));
  }

  private static Situation situation(
      DataLayer data,
      boolean writes,
      boolean schema,
      Situation.Provider provider,
      boolean proxied) {
    return new Situation(
        3,
        false,
        true,
        false,
        data,
        writes,
        schema,
        Situation.Balancer.NONE,
        provider,
        proxied,
        false,
        Duration.ofHours(1));
  }

  private static Situation balanced(Situation.Balancer balancer) {
    return new Situation(
        3,
        false,
        false,
        false,
        DataLayer.SHARED,
        true,
        true,
        balancer,
        Situation.Provider.OTHER,
        false,
        true,
        Duration.ZERO);
  }
}
