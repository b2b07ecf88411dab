package dev.cutover.dns.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.adapter.CloudflareApi.Reply;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.dns.domain.ZoneChange;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Talks to the API of Cloudflare about one zone, with one token. The API has no conditions: a
 * change reads right before it writes, and names the ids that it has read. What is listed
 * afterwards is what was stored, whether or not the edges have it yet.
 */
final class CloudflarePrimary implements ZonePrimary {
  private static final int PAGE = 100;

  /** What a zone of a usual plan holds at most (DNS docs, records: quotas); a body of 2 MB. */
  private static final int ZONE_PAGE = 3_500;

  /** Fewer names are asked for one by one. */
  private static final int NAMES_LISTED_WHOLE = 3;

  private static final String BATCH = "/dns_records/batch";

  private final SwitchSpec spec;
  private final Cloudflare zone;
  private final CloudflareCalls calls;
  private final CloudflareLocks locks;
  private final Set<String> largeZones;
  private @Nullable List<CloudflareRecord> stored;

  /**
   * @param largeZones zones that are not listed whole; learns those that it finds to be
   */
  CloudflarePrimary(
      SwitchSpec spec,
      Cloudflare zone,
      CloudflareCalls calls,
      CloudflareLocks locks,
      Set<String> largeZones) {
    this.spec = spec;
    this.zone = zone;
    this.calls = calls;
    this.locks = locks;
    this.largeZones = largeZones;
  }

  @Override
  public SwitchState read() throws SwitchFailure {
    List<CloudflareRecord> found = new ArrayList<>();
    if (!isListedWhole(found)) {
      for (SwitchedName name : spec.names()) {
        String mark = EpochMark.nameFor(name.name());
        Set<String> both = Set.of(name.name(), mark);
        if (name.name().equals(spec.zone())) {
          list("exact", name.name(), both, found); // its every ending is the whole zone
          list("exact", mark, both, found);
        } else {
          list("endswith", name.name(), both, found);
        }
      }
    }
    stored = found;
    return CloudflareRecord.state(spec, found);
  }

  /**
   * Lists the zone in one request, where that is less than one for each name. What comes in several
   * pages is not used: a record may move from one to another between two requests.
   */
  private boolean isListedWhole(List<CloudflareRecord> found) throws SwitchFailure {
    if (spec.names().size() < NAMES_LISTED_WHOLE || largeZones.contains(zone.zoneId())) {
      return false;
    }
    Set<String> names = new HashSet<>();
    spec.names().forEach(n -> names.addAll(List.of(n.name(), EpochMark.nameFor(n.name()))));
    Reply reply = calls.told(path("/dns_records?per_page=" + ZONE_PAGE), what());
    if (pages(reply) > 1) {
      largeZones.add(zone.zoneId());
      return false;
    }
    keep(reply, names, found);
    return true;
  }

  /** By a filter for names (API, List DNS Records), which may find others, too. */
  private void list(String filter, String name, Set<String> names, List<CloudflareRecord> found)
      throws SwitchFailure {
    int page = 1;
    Reply reply;
    do {
      reply =
          calls.told(
              path(
                  "/dns_records?name.%s=%s&per_page=%d&page=%d"
                      .formatted(
                          filter,
                          URLEncoder.encode(CloudflareBatch.dotless(name), StandardCharsets.UTF_8),
                          PAGE,
                          page++)),
              what());
      keep(reply, names, found);
    } while (page <= pages(reply));
  }

  private void keep(Reply reply, Set<String> names, List<CloudflareRecord> found) {
    for (JsonNode record : reply.result()) {
      CloudflareRecord.of(record, proxied())
          .filter(r -> names.contains(r.key().name()))
          .ifPresent(found::add);
    }
  }

  private static int pages(Reply reply) {
    return reply.body().path("result_info").path("total_pages").asInt(1);
  }

  @Override
  public Outcome update(ZoneChange change) throws SwitchFailure {
    if (!change.isEmpty()) {
      return locks.alone(spec, calls.turn(), () -> readAndSend(change));
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
        CloudflareBatch.of(change, Objects.requireNonNullElse(stored, List.of()), proxied());
    try {
      Reply reply = calls.send("POST", path(BATCH), batch.json());
      if (!reply.succeeded()) {
        return calls.meaning(reply, what());
      }
      requireNothingLost(batch.overwritten(reply.result().path("deletes")));
      return new Outcome.Accepted();
    } catch (IOException e) {
      return CloudflareCalls.lost(e);
    }
  }

  /**
   * There is no condition that a batch could carry: what somebody else wrote meanwhile shows in
   * what it deleted. A revert may go over records; a person's mark is told in any case.
   */
  private void requireNothingLost(List<CloudflareRecord> overwritten) throws SwitchFailure {
    boolean mark = overwritten.stream().anyMatch(CloudflareRecord::isMark);
    if (mark || (!overwritten.isEmpty() && calls.urgency() != Urgency.REVERT)) {
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
      Reply reply = calls.send("POST", path(BATCH), CloudflareBatch.trial());
      Outcome outcome = reply.succeeded() ? new Outcome.Accepted() : calls.meaning(reply, what());
      return outcome instanceof Outcome.Unmet ? new Outcome.Accepted() : outcome;
    } catch (IOException e) {
      return CloudflareCalls.lost(e);
    }
  }

  /** Whether the switched records are those that Cloudflare proxies. */
  private boolean proxied() {
    return zone.edge().isPresent();
  }

  /** What the zone is; empty if the token may not know. */
  Optional<JsonNode> zone() throws SwitchFailure {
    Reply reply = calls.answered(path(""), what());
    if (reply.succeeded()) {
      return Optional.of(reply.result());
    }
    return switch (calls.judged(reply, what())) {
      case Outcome.Denied(var kind, String _) when kind == FailureKind.REFUSED ->
          Optional.empty(); // reading records tells whether the token is of any use
      case Outcome outcome -> throw CloudflareCalls.failure(outcome);
    };
  }

  /** Names of the zone's load balancers; none if the token may not know, or the plan has none. */
  List<String> loadBalancers() throws SwitchFailure {
    Reply reply = calls.answered(path("/load_balancers"), what());
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

  private String path(String rest) {
    return "/zones/" + zone.zoneId() + rest;
  }

  private String what() {
    return "zone " + zone.zoneId();
  }
}
