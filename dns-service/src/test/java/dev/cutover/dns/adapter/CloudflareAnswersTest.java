package dev.cutover.dns.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.cutover.contract.FailureKind;
import dev.cutover.dns.adapter.CloudflareApi.Reply;
import dev.cutover.dns.adapter.ZonePrimary.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CloudflareAnswersTest {
  private static final String WHAT = "zone 023e105f4ecef8ad9ca31a8372d0c353";
  private static final Instant NOW = Instant.parse("2026-12-01T02:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "403, 10000, REFUSED,    token shop-dns to have the right on zone 023e105f4ecef8ad9ca31a8372d0c353",
    "403, 9109,  REFUSED,    to know token shop-dns",
    "400, 6003,  REFUSED,    to know token shop-dns",
    "401, 1000,  REFUSED,    to know token shop-dns",
    "404, 7003,  UNSUITABLE, take the ids from the zone's overview",
    "400, 7000,  UNSUITABLE, take the ids from the zone's overview",
    "400, 9021,  UNSUITABLE, a loweredTtl of 60s or more",
    "400, 9207,  UNSUITABLE, 400 9207 no luck",
  })
  void shouldSayWhatEachRefusalMeans(int status, int code, FailureKind kind, String words) {
    assertThat(meaning(status, errors(code, "")))
        .isInstanceOfSatisfying(
            Outcome.Denied.class,
            denied -> {
              assertThat(denied.kind()).isEqualTo(kind);
              assertThat(denied.cause()).startsWith("Expected").contains(words);
            });
  }

  @ParameterizedTest
  @CsvSource({"81044", "81053", "81054", "81057", "81058"})
  void shouldTellStateFromWhatIsNeverTaken(int code) {
    assertThat(meaning(400, errors(code, "")))
        .isEqualTo(new Outcome.Unmet("400 %d no luck".formatted(code)));
  }

  @Test
  void shouldLookForTheCauseInTheChain() {
    // given
    String chain = ",\"error_chain\":[{\"code\":9021,\"message\":\"Invalid TTL\"}]";
    // when, then
    assertThat(meaning(400, errors(1004, chain)))
        .isInstanceOfSatisfying(
            Outcome.Denied.class,
            denied ->
                assertThat(denied.cause())
                    .contains("1004 no luck; 9021 Invalid TTL", "loweredTtl"));
  }

  @Test
  void shouldSayUntilWhenAUserIsBlocked() {
    assertThat(CloudflareAnswers.meaning(reply(429, Optional.of(287)), WHAT, "shop-dns", NOW))
        .isInstanceOfSatisfying(
            Outcome.Deferred.class,
            deferred -> assertThat(deferred.cause()).contains("until 2026-12-01T02:04:47Z"));
    assertThat(CloudflareAnswers.meaning(reply(429, Optional.empty()), WHAT, "shop-dns", NOW))
        .isInstanceOfSatisfying(
            Outcome.Deferred.class,
            deferred -> assertThat(deferred.cause()).contains("until 2026-12-01T02:05:00Z"));
  }

  @Test
  void shouldNotKnowWhatBecameOfAChangeWhenAGatewayAnswers() {
    assertThat(CloudflareAnswers.meaning(reply(502, Optional.empty()), WHAT, "shop-dns", NOW))
        .isInstanceOfSatisfying(
            Outcome.Unknown.class,
            unknown -> assertThat(unknown.cause()).contains("502", "may have taken effect"));
  }

  private static Reply reply(int status, Optional<Integer> retryAfterSeconds) {
    return new Reply(status, MissingNode.getInstance(), retryAfterSeconds.map(Duration::ofSeconds));
  }

  private static Outcome meaning(int status, JsonNode body) {
    return CloudflareAnswers.meaning(
        new Reply(status, body, Optional.empty()), WHAT, "shop-dns", NOW);
  }

  private static JsonNode errors(int code, String more) {
    try {
      return new JsonMapper()
          .readTree(
              "{\"success\":false,\"errors\":[{\"code\":%d,\"message\":\"no luck\"%s}]}"
                  .formatted(code, more));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
