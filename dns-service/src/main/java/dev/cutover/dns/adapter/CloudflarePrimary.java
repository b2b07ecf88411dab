package dev.cutover.dns.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.adapter.CloudflareApi.Reply;
import dev.cutover.dns.adapter.CloudflareTokens.Token;
import dev.cutover.dns.adapter.CloudflareTokens.Token.Outage;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.dns.domain.ZoneChange;
import dev.cutover.runtime.Pace;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Talks to the API of Cloudflare about one zone, with one token. The API has no conditions: a
 * change reads right before it writes, and names the ids that it has read. What is listed
 * afterwards is what was stored, whether or not the edges have it yet.
 */
final class CloudflarePrimary implements ZonePrimary {
  private static final int PAGE = 100;
  private static final String BATCH = "/dns_records/batch";

  private final SwitchSpec spec;
  private final Cloudflare zone;
  private final CloudflareApi api;
  private final Token token;
  private final Urgency urgency;
  private final CallTurn turn;
  private final CloudflareLocks locks;
  private final InstantSource clock;
  private final Pace pace;
  private @Nullable List<CloudflareRecord> stored;

  CloudflarePrimary(
      SwitchSpec spec,
      Cloudflare zone,
      CloudflareApi api,
      Token token,
      Urgency urgency,
      Duration within,
      CloudflareLocks locks,
      InstantSource clock,
      Pace pace) {
    this.spec = spec;
    this.zone = zone;
    this.api = api;
    this.token = token;
    this.urgency = urgency;
    this.turn = new CallTurn("Cloudflare", token.budget(), urgency, pace, within);
    this.locks = locks;
    this.clock = clock;
    this.pace = pace;
  }

  @Override
  public SwitchState read() throws SwitchFailure {
    List<CloudflareRecord> found = new ArrayList<>();
    for (SwitchedName name : spec.names()) {
      list(name.name(), found);
      list(EpochMark.nameFor(name.name()), found);
    }
    stored = found;
    return CloudflareRecord.state(spec, found);
  }

  private void list(String name, List<CloudflareRecord> found) throws SwitchFailure {
    for (int page = 1; ; page++) {
      Reply reply =
          called(
              "/dns_records?name.exact=%s&per_page=%d&page=%d"
                  .formatted(
                      URLEncoder.encode(CloudflareBatch.dotless(name), StandardCharsets.UTF_8),
                      PAGE,
                      page));
      for (JsonNode record : reply.result()) {
        CloudflareRecord.of(record).filter(r -> r.key().name().equals(name)).ifPresent(found::add);
      }
      if (page >= reply.body().path("result_info").path("total_pages").asInt(1)) {
        return;
      }
    }
  }

  @Override
  public Outcome update(ZoneChange change) throws SwitchFailure {
    if (!change.isEmpty()) {
      return locks.alone(spec, turn, () -> readAndSend(change));
    }
    if (stored != null) {
      Optional<String> unmet = change.unmet(CloudflareRecord.state(spec, stored).withMarks());
      if (unmet.isPresent()) {
        return new Outcome.Unmet(unmet.get());
      }
    }
    return change.withdrawn().isEmpty() ? new Outcome.Accepted() : tried();
  }

  private Outcome readAndSend(ZoneChange change) throws SwitchFailure {
    Optional<String> unmet = change.unmet(read().withMarks());
    if (unmet.isPresent()) {
      return new Outcome.Unmet(unmet.get());
    }
    CloudflareBatch batch =
        CloudflareBatch.of(change, Objects.requireNonNullElse(stored, List.of()));
    try {
      Reply reply = exchange(BATCH, Optional.of(batch.json()));
      if (!reply.succeeded()) {
        return meaning(reply);
      }
      requireNothingLost(batch.overwritten(reply.result().path("deletes")));
      return new Outcome.Accepted();
    } catch (IOException e) {
      return lost(e);
    }
  }

  /**
   * There is no condition that a batch could carry: what somebody else wrote meanwhile shows in
   * what it deleted. A revert may go over records; a person's mark is told in any case.
   */
  private void requireNothingLost(List<CloudflareRecord> overwritten) throws SwitchFailure {
    boolean mark = overwritten.stream().anyMatch(CloudflareRecord::isMark);
    if (mark || (!overwritten.isEmpty() && urgency != Urgency.REVERT)) {
      throw new SwitchFailure(
          FailureKind.CONFLICT,
          "Expected nobody else to write, but between the reading and the writing somebody did: the change was made, over %s"
              .formatted(
                  overwritten.stream()
                      .map(CloudflareRecord::describe)
                      .collect(Collectors.joining(", "))),
          false);
    }
  }

  /** The right is looked at first, then the record that is not there: refused, and proven. */
  private Outcome tried() throws SwitchFailure {
    try {
      Reply reply = exchange(BATCH, Optional.of(CloudflareBatch.trial()));
      Outcome outcome = reply.succeeded() ? new Outcome.Accepted() : meaning(reply);
      return outcome instanceof Outcome.Unmet ? new Outcome.Accepted() : outcome;
    } catch (IOException e) {
      return lost(e);
    }
  }

  private static Outcome lost(IOException cause) {
    return new Outcome.Unknown(
        "Expected an answer of Cloudflare, but: %s. A change may have taken effect"
            .formatted(words(cause)));
  }

  private static String words(IOException cause) {
    return Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
  }

  /** What the zone is; empty if the token may not know. */
  Optional<JsonNode> zone() throws SwitchFailure {
    Reply reply = answered("");
    if (reply.succeeded()) {
      return Optional.of(reply.result());
    }
    return switch (CloudflareAnswers.meaning(reply, zone, token.name(), clock.instant())) {
      case Outcome.Denied(var kind, String _) when kind == FailureKind.REFUSED ->
          Optional.empty(); // reading records tells whether the token is of any use
      case Outcome outcome -> throw failure(outcome);
    };
  }

  /** Names of the zone's load balancers; none if the token may not know, or the plan has none. */
  List<String> loadBalancers() throws SwitchFailure {
    Reply reply = answered("/load_balancers");
    List<String> names = new ArrayList<>();
    if (reply.succeeded()) {
      for (JsonNode balancer : reply.result()) {
        names.add(RecordSets.normaliseName(balancer.path("name").asText()));
      }
    }
    return names;
  }

  @Override
  public String rightMissing(String cause) {
    return "%s. Grant the token the permission DNS Edit for zone %s".formatted(cause, spec.zone());
  }

  @Override
  public String ignoredBecause() {
    return "somebody else has changed it since";
  }

  private Reply called(String path) throws SwitchFailure {
    Reply reply = answered(path);
    if (reply.succeeded()) {
      return reply;
    }
    throw failure(meaning(reply));
  }

  private static SwitchFailure failure(Outcome refusal) {
    return switch (refusal) {
      case Outcome.Denied denied -> denied.failure();
      case Outcome.Deferred deferred -> deferred.failure();
      case Outcome.Unknown unknown -> unknown.failure();
      case Outcome.Unmet(String answer) -> unreachable(answer);
      case Outcome.Accepted _ ->
          throw new IllegalStateException("Expected a refusal, but got " + refusal);
    };
  }

  private Reply answered(String path) throws SwitchFailure {
    try {
      return exchange(path, Optional.empty());
    } catch (IOException e) {
      throw unreachable(
          "Expected Cloudflare to say what zone %s holds, but: %s"
              .formatted(zone.zoneId(), words(e)));
    }
  }

  private Reply exchange(String path, Optional<JsonNode> body) throws SwitchFailure, IOException {
    Optional<Outage> outage = token.outage(pace.nanoTime());
    if (urgency == Urgency.ORDINARY && outage.filter(Outage::throttled).isPresent()) {
      throw unreachable(
          "Expected to ask Cloudflare with token %s, but its user has sent too much, by whatever tool: nothing is sent until %s"
              .formatted(token.name(), outage.get().until()));
    }
    Duration within = turn.await();
    try {
      return api.send("/zones/" + zone.zoneId() + path, body, token.secret(), within);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the order was ended", e);
    }
  }

  /** What a refusal means, and of how long the token is of no use. */
  private Outcome meaning(Reply reply) {
    Instant now = clock.instant();
    Outcome outcome = CloudflareAnswers.meaning(reply, zone, token.name(), now);
    boolean throttled = reply.status() == 429;
    boolean refused =
        outcome instanceof Outcome.Denied(var kind, String _) && kind == FailureKind.REFUSED;
    if (throttled || refused) {
      Duration span = reply.retryAfter().orElse(CloudflareAnswers.BLOCKED);
      token.out(new Outage(throttled, pace.nanoTime() + span.toNanos(), now.plus(span)));
    }
    return outcome;
  }

  private static SwitchFailure unreachable(String reason) {
    return new SwitchFailure(FailureKind.UNREACHABLE, reason, true);
  }
}
