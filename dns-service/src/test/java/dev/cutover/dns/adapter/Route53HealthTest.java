package dev.cutover.dns.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.route53.model.HealthCheckConfig;
import software.amazon.awssdk.services.route53.model.HealthCheckObservation;
import software.amazon.awssdk.services.route53.model.HealthCheckType;

class Route53HealthTest {
  private static final HealthCheckConfig PLAIN =
      HealthCheckConfig.builder().type(HealthCheckType.HTTPS).build();
  private static final HealthCheckConfig INVERTED =
      PLAIN.toBuilder().inverted(true).disabled(false).build();

  @Test
  void shouldRefuseWhenNoMoreThanEighteenPercentReachIt() {
    assertUnhealthy(
        PLAIN, observed(0, 16), "0 of 16 checkers reach its endpoint, such as 'Failure");
    assertUnhealthy(PLAIN, observed(18, 82), "18 of 100 checkers");
    assertUnhealthy(PLAIN, List.of(), "0 of 0 checkers");
    assertUnhealthy(INVERTED, observed(16, 0), "and it is inverted");
    assertUnhealthy(INVERTED, List.of(), "0 of 0 checkers");
  }

  @Test
  void shouldTakeWhatRoute53CallsHealthy() {
    for (List<HealthCheckObservation> seen : List.of(observed(19, 81), observed(16, 0))) {
      assertThatCode(() -> Route53Health.refuseUnhealthy("c1", PLAIN, seen))
          .doesNotThrowAnyException();
    }
    assertThatCode(() -> Route53Health.refuseUnhealthy("c1", INVERTED, observed(1, 15)))
        .doesNotThrowAnyException();
  }

  @Test
  void shouldNotAskOfWhatTheApiTellsNothing() {
    // given
    HealthCheckConfig calculated =
        HealthCheckConfig.builder().type(HealthCheckType.CALCULATED).build();
    HealthCheckConfig disabled = calculated.toBuilder().disabled(true).build();
    // when, then
    assertThat(Route53Health.isAskable(PLAIN)).isTrue();
    assertThat(Route53Health.isAskable(calculated)).isFalse();
    assertThat(Route53Health.isAskable(PLAIN.toBuilder().disabled(true).build())).isFalse();
    assertThatThrownBy(() -> Route53Health.refuseUntold("c1", calculated))
        .hasMessageContaining("c1 is CALCULATED");
    assertThatThrownBy(
            () -> Route53Health.refuseUntold("c1", disabled.toBuilder().inverted(true).build()))
        .hasMessageContaining("it never holds");
    assertThatCode(() -> Route53Health.refuseUntold("c1", disabled)).doesNotThrowAnyException();
  }

  private static void assertUnhealthy(
      HealthCheckConfig config, List<HealthCheckObservation> seen, String words) {
    assertThatThrownBy(() -> Route53Health.refuseUnhealthy("c1", config, seen))
        .hasMessageContaining("health check c1 to hold")
        .hasMessageContaining(words);
  }

  private static List<HealthCheckObservation> observed(int up, int down) {
    List<HealthCheckObservation> seen = new ArrayList<>();
    for (int i = 0; i < up + down; i++) {
      String status = i < up ? "Success: HTTP Status Code 200, OK" : "Failure: timed out";
      seen.add(HealthCheckObservation.builder().statusReport(r -> r.status(status)).build());
    }
    return seen;
  }
}
