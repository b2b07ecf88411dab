package dev.cutover.dns.adapter;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.contract.RecordsObserved.ChangedBy;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.dns.adapter.CloudflareApi.Reply;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.SwitchFailure;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Asks Cloudflare who changed records: its audit logs, version 2 (fundamentals, account security,
 * audit logs; API, {@code GET /accounts/:id/logs/audit}), of the zone's account, and, where the
 * token may not read them, the time that stands at each record ({@code modified_on}; API, DNS
 * records). An entry is about a name if one of the fields that name a record does: the resource's
 * id, {@code id} and {@code name} of what was sent and answered, the last part of the URI.
 */
final class CloudflareTrail {
  private static final int ENTRIES = 100;

  /** A clock of Cloudflare and one of here may differ by so much. */
  private static final Duration SKEW = Duration.ofSeconds(30);

  private final Cloudflare zone;
  private final CloudflareCalls calls;

  CloudflareTrail(Cloudflare zone, CloudflareCalls calls) {
    this.zone = zone;
    this.calls = calls;
  }

  /** What is stored for a name: the ids, and when it was last written. */
  private record Stored(Set<String> ids, Optional<Instant> at) {}

  List<ChangedBy> changedBy(Collection<String> names, Instant since, Instant now)
      throws SwitchFailure {
    Optional<List<JsonNode>> entries = entries(since.minus(SKEW), now.plus(SKEW));
    List<ChangedBy> changes = new ArrayList<>();
    for (String name : names) {
      Stored stored = stored(name);
      Optional<JsonNode> entry =
          entries.orElse(List.of()).stream().filter(e -> isAbout(e, name, stored)).findFirst();
      changes.add(
          entry
              .map(found -> change(name, found))
              .orElseGet(
                  () ->
                      new ChangedBy(
                          name,
                          Optional.empty(),
                          Optional.empty(),
                          stored.at(),
                          Optional.empty(),
                          entries.isPresent()
                              ? "Cloudflare's audit log does not tell it yet"
                              : "token %s may not read the account's audit log: grant Account Settings Read, and Zone Read, to be told"
                                  .formatted(zone.token()))));
    }
    return changes;
  }

  /** The newest entries of the zone; empty where the token may not read them. */
  private Optional<List<JsonNode>> entries(Instant since, Instant before) throws SwitchFailure {
    String account =
        calls
            .answered("/zones/" + zone.zoneId(), "zone " + zone.zoneId())
            .result()
            .path("account")
            .path("id")
            .asText();
    if (!Cloudflare.isId(account)) {
      return Optional.empty(); // the token may not even know the zone
    }
    Reply reply =
        calls.answered(
            "/accounts/%s/logs/audit?zone_id=%s&since=%s&before=%s&action_result=success&direction=desc&limit=%d"
                .formatted(account, zone.zoneId(), since, before, ENTRIES),
            "the audit log of account " + account);
    if (!reply.succeeded()) {
      return Optional.empty();
    }
    List<JsonNode> entries = new ArrayList<>();
    reply.result().forEach(entries::add);
    return Optional.of(entries);
  }

  private Stored stored(String name) throws SwitchFailure {
    Reply reply =
        calls.told(
            "/zones/%s/dns_records?name.exact=%s"
                .formatted(
                    zone.zoneId(),
                    URLEncoder.encode(CloudflareBatch.dotless(name), StandardCharsets.UTF_8)),
            "zone " + zone.zoneId());
    Set<String> ids = new HashSet<>();
    Optional<Instant> at = Optional.empty();
    for (JsonNode record : reply.result()) {
      ids.add(record.path("id").asText());
      Optional<Instant> written = instant(record.path("modified_on"));
      at = Stream.of(at, written).flatMap(Optional::stream).max(Instant::compareTo);
    }
    return new Stored(ids, at);
  }

  /** Our own orders write the name's mark in the same request. */
  private boolean isAbout(JsonNode entry, String name, Stored stored) {
    boolean elsewhere =
        entry.path("zone").hasNonNull("id")
            && !entry.path("zone").path("id").asText().equals(zone.zoneId());
    if (elsewhere || entry.path("action").path("type").asText().equals("view")) {
      return false;
    }
    Set<String> named = fields(entry, "name");
    if (named.contains(CloudflareBatch.dotless(EpochMark.nameFor(name)))) {
      return false;
    }
    Set<String> ids = fields(entry, "id");
    ids.add(entry.path("resource").path("id").asText());
    String uri = entry.path("raw").path("uri").asText().replaceFirst("\\?.*", "");
    ids.add(uri.substring(uri.lastIndexOf('/') + 1));
    return named.contains(CloudflareBatch.dotless(name))
        || stored.ids().stream().anyMatch(ids::contains);
  }

  /** Of what was sent and answered; a batch has several. */
  private static Set<String> fields(JsonNode entry, String field) {
    JsonNode resource = entry.path("resource");
    return Stream.of("request", "response")
        .flatMap(part -> resource.path(part).findValuesAsText(field).stream())
        .collect(Collectors.toCollection(HashSet::new));
  }

  private static ChangedBy change(String name, JsonNode entry) {
    JsonNode actor = entry.path("actor");
    Optional<String> who =
        Stream.of("email", "token_name", "id", "type")
            .map(field -> actor.path(field).asText())
            .filter(text -> !text.isEmpty())
            .findFirst();
    Optional<String> from =
        Stream.of(actor.path("ip_address"), actor.path("context"))
            .map(JsonNode::asText)
            .filter(text -> !text.isEmpty())
            .reduce("%s by %s"::formatted);
    return new ChangedBy(
        name,
        Optional.empty(),
        who,
        instant(entry.path("action").path("time")),
        from,
        "Cloudflare's audit log");
  }

  private static Optional<Instant> instant(JsonNode text) {
    try {
      return Optional.of(Instant.parse(text.asText()));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
