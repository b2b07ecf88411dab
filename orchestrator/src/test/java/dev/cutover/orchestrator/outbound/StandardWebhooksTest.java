package dev.cutover.orchestrator.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cutover.contract.FailureKind;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StandardWebhooksTest {
  private static final Instant AT = Instant.ofEpochSecond(1_614_265_330);

  @Test
  void shouldSignAsThePublishedVectorSays() throws Exception {
    Map<String, String> headers =
        StandardWebhooks.headers(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            AT,
            "{\"test\": 2432232314}",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

    assertThat(headers)
        .containsEntry("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
        .containsEntry("webhook-timestamp", "1614265330")
        .containsEntry("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void shouldSignOtherwiseWhenAnyPartIsAnother() throws Exception {
    String signature = signature("id", AT, "body", "secret");

    assertThat(signature("id2", AT, "body", "secret")).isNotEqualTo(signature);
    assertThat(signature("id", AT.plusSeconds(1), "body", "secret")).isNotEqualTo(signature);
    assertThat(signature("id", AT, "body2", "secret")).isNotEqualTo(signature);
    assertThat(signature("id", AT, "body", "secret2")).isNotEqualTo(signature);
  }

  @Test
  void shouldRefuseASecretThatCanNotBeReadWithoutShowingIt() {
    assertThatThrownBy(() -> signature("id", AT, "body", "whsec_%%%"))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.failure().kind()).isEqualTo(FailureKind.UNSUITABLE);
              assertThat(refused.failure().retryable()).isFalse();
              assertThat(refused.failure().reason()).doesNotContain("%%%");
            });
  }

  private static String signature(String id, Instant at, String body, String secret)
      throws Refused {
    return StandardWebhooks.headers(id, at, body, secret).getOrDefault("webhook-signature", "");
  }
}
