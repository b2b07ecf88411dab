package dev.cutover.dns.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.contract.FailureKind;
import dev.cutover.dns.adapter.CloudflareApi.Reply;
import dev.cutover.dns.adapter.CloudflareTokens.Token;
import dev.cutover.dns.adapter.CloudflareTokens.Token.Outage;
import dev.cutover.dns.adapter.ZonePrimary.Outcome;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.Pace;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;

/**
 * Sends the requests of one order to the API of Cloudflare with one token, within its budget, and
 * says what answers mean. Remembers of the token what Cloudflare has said of it.
 */
final class CloudflareCalls {
  private final CloudflareApi api;
  private final Token token;
  private final Urgency urgency;
  private final CallTurn turn;
  private final InstantSource clock;
  private final Pace pace;

  CloudflareCalls(
      CloudflareApi api,
      Token token,
      Urgency urgency,
      Duration within,
      InstantSource clock,
      Pace pace) {
    this.api = api;
    this.token = token;
    this.urgency = urgency;
    this.turn = new CallTurn("Cloudflare", token.budget(), urgency, pace, within);
    this.clock = clock;
    this.pace = pace;
  }

  Urgency urgency() {
    return urgency;
  }

  CallTurn turn() {
    return turn;
  }

  /**
   * Sends a change.
   *
   * @param method POST or PATCH
   * @throws IOException if no answer came; it may have taken effect
   */
  Reply send(String method, String path, JsonNode body) throws SwitchFailure, IOException {
    return exchange(method, path, Optional.of(body));
  }

  /**
   * Asks for what is stored, whatever the answer.
   *
   * @param what it is, for people
   */
  Reply answered(String path, String what) throws SwitchFailure {
    try {
      return exchange("GET", path, Optional.empty());
    } catch (IOException e) {
      throw unreachable(
          "Expected Cloudflare to say what %s holds, but: %s".formatted(what, words(e)));
    }
  }

  /** As {@link #answered}; fails unless it is told. */
  Reply told(String path, String what) throws SwitchFailure {
    Reply reply = answered(path, what);
    if (reply.succeeded()) {
      return reply;
    }
    throw failure(meaning(reply, what));
  }

  private Reply exchange(String method, String path, Optional<JsonNode> body)
      throws SwitchFailure, IOException {
    Optional<Outage> outage = token.outage(pace.nanoTime());
    if (urgency == Urgency.ORDINARY && outage.filter(Outage::throttled).isPresent()) {
      throw unreachable(
          "Expected to ask Cloudflare with token %s, but its user has sent too much, by whatever tool: nothing is sent until %s"
              .formatted(token.name(), outage.get().until()));
    }
    Duration within = turn.await();
    try {
      return api.send(method, path, body, token.secret(), within);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the order was ended", e);
    }
  }

  /** What a refusal means, where it says nothing of the token's use for anything else. */
  Outcome judged(Reply reply, String what) {
    return CloudflareAnswers.meaning(reply, what, token.name(), clock.instant());
  }

  /** What a refusal means, and of how long the token is of no use. */
  Outcome meaning(Reply reply, String what) {
    Instant now = clock.instant();
    Outcome outcome = judged(reply, what);
    boolean throttled = reply.status() == 429;
    boolean refused =
        outcome instanceof Outcome.Denied(var kind, String _) && kind == FailureKind.REFUSED;
    if (throttled || refused) {
      Duration span = reply.retryAfter().orElse(CloudflareAnswers.BLOCKED);
      token.out(new Outage(throttled, pace.nanoTime() + span.toNanos(), now.plus(span)));
    }
    return outcome;
  }

  static Outcome lost(IOException cause) {
    return new Outcome.Unknown(
        "Expected an answer of Cloudflare, but: %s. A change may have taken effect"
            .formatted(words(cause)));
  }

  static SwitchFailure failure(Outcome refusal) {
    return switch (refusal) {
      case Outcome.Denied denied -> denied.failure();
      case Outcome.Deferred deferred -> deferred.failure();
      case Outcome.Unknown unknown -> unknown.failure();
      case Outcome.Unmet(String answer) -> unreachable(answer);
      case Outcome.Accepted _ ->
          throw new IllegalStateException("Expected a refusal, but got " + refusal);
    };
  }

  static SwitchFailure unreachable(String reason) {
    return new SwitchFailure(FailureKind.UNREACHABLE, reason, true);
  }

  private static String words(IOException cause) {
    return Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
  }
}
