package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.REFUSED;
import static dev.cutover.contract.FailureKind.UNSUITABLE;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.dns.adapter.CloudflareApi.Reply;
import dev.cutover.dns.adapter.ZonePrimary.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Says what a refusal of Cloudflare means. Its codes are in no reference: those here are what
 * people have met with (research 3.2, and the trackers of tools that change DNS). Pure.
 */
final class CloudflareAnswers {
  /** How long a user is blocked who has sent too much (fundamentals, API limits). */
  static final Duration BLOCKED = Duration.ofMinutes(5);

  private static final int WORDS_MAX = 400;

  /** The records are not as they were read: 81044 gone, the others there already. */
  private static final Set<Integer> STATE = Set.of(81044, 81053, 81054, 81057, 81058);

  private static final Set<Integer> TTL = Set.of(9021);

  /** 10000: no right, or not for this zone; the others: no token that is known. */
  private static final Set<Integer> NO_RIGHT = Set.of(10000);

  private static final Set<Integer> UNKNOWN_TOKEN =
      Set.of(1000, 6003, 6111, 9103, 9106, 9107, 9109, 10001);

  /** The zone's id leads nowhere. */
  private static final Set<Integer> NO_ZONE = Set.of(1001, 7000, 7003);

  private CloudflareAnswers() {}

  /**
   * What became of a request that was not answered with success.
   *
   * @param what it was about, such as a zone with its id
   */
  static Outcome meaning(Reply reply, String what, String token, Instant now) {
    int status = reply.status();
    if (status == 429) {
      return new Outcome.Deferred(
          "Expected Cloudflare to take a request with token %s, but it answered 429: its user has sent too much, by whatever tool, and every request is refused until %s; nothing was changed"
              .formatted(token, now.plus(reply.retryAfter().orElse(BLOCKED))));
    }
    if (status >= 500) {
      return new Outcome.Unknown(
          "Expected Cloudflare to answer, but it answered %d. A change may have taken effect"
              .formatted(status));
    }
    Set<Integer> codes = codes(reply.body().path("errors"));
    String words = "%d %s".formatted(status, words(reply.body().path("errors")));
    if (codes.stream().anyMatch(UNKNOWN_TOKEN::contains) || status == 401) {
      return new Outcome.Denied(
          REFUSED,
          "Expected Cloudflare to know token %s, but it answered %s: compare it with the dashboard's; it may have expired, be bound to other addresses, or not be for this zone"
              .formatted(token, words));
    }
    if (codes.stream().anyMatch(NO_RIGHT::contains) || status == 403) {
      return new Outcome.Denied(
          REFUSED,
          "Expected token %s to have the right on %s, but Cloudflare answered %s"
              .formatted(token, what, words));
    }
    if (codes.stream().anyMatch(NO_ZONE::contains)) {
      return new Outcome.Denied(
          UNSUITABLE,
          "Expected %s, but Cloudflare answered %s: take the ids from the zone's overview, and don't mix those of zone and account up"
              .formatted(what, words));
    }
    if (codes.stream().anyMatch(TTL::contains)) {
      return new Outcome.Denied(
          UNSUITABLE,
          "Expected Cloudflare to take the TTL, but it answered %s: plan with a loweredTtl of 60s or more; only zones of Enterprise go down to 30s"
              .formatted(words));
    }
    if (codes.stream().anyMatch(STATE::contains)) {
      return new Outcome.Unmet(words);
    }
    return new Outcome.Denied(
        UNSUITABLE, "Expected Cloudflare to take the request, but it answered " + words);
  }

  /** Some errors carry their cause in a chain (1004, DNS Validation Error). */
  private static Set<Integer> codes(JsonNode errors) {
    Set<Integer> codes = new LinkedHashSet<>();
    for (JsonNode error : errors) {
      codes.add(error.path("code").asInt());
      codes.addAll(codes(error.path("error_chain")));
    }
    return codes;
  }

  private static String words(JsonNode errors) {
    String text = String.join("; ", lines(errors));
    String known = text.isEmpty() ? "no reason" : text;
    return known.length() <= WORDS_MAX ? known : known.substring(0, WORDS_MAX) + "...";
  }

  private static List<String> lines(JsonNode errors) {
    List<String> lines = new ArrayList<>();
    for (JsonNode error : errors) {
      lines.add("%d %s".formatted(error.path("code").asInt(), error.path("message").asText()));
      lines.addAll(lines(error.path("error_chain")));
    }
    return lines;
  }
}
