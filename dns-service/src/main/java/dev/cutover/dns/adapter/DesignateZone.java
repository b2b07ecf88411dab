package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.UNREACHABLE;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.SwitchProvider.Designate;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.adapter.DesignateApi.Answer;
import dev.cutover.dns.adapter.DesignateApi.NoAnswer;
import dev.cutover.dns.adapter.ZonePrimary.Outcome;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import dev.cutover.runtime.Pace;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The record sets of a switch in one zone of Designate, within the time of one order. What the API
 * shows is what is wanted, never what is served (trap 25): a set that is being deleted is gone, and
 * one in ERROR is as it will be.
 */
final class DesignateZone {
  /** A call that can't be answered any more in the time that is left is not made. */
  private static final Duration CALL_MIN = Duration.ofMillis(100);

  /** The API's own limit of a page is 1000. */
  private static final int PAGE = 100;

  private static final int PAGES_MAX = 50;

  private final SwitchSpec spec;
  private final Designate zone;
  private final DesignateApi api;
  private final Pace pace;
  private final Duration within;
  private final long endNanos;
  private @Nullable Integer zoneTtlSeconds;

  DesignateZone(SwitchSpec spec, Designate zone, DesignateApi api, Pace pace, Duration within) {
    this.spec = spec;
    this.zone = zone;
    this.api = api;
    this.pace = pace;
    this.within = within;
    this.endNanos = pace.nanoTime() + within.toNanos();
  }

  /**
   * One stored set.
   *
   * @param version counts its writes
   * @param status PENDING, ACTIVE or ERROR
   * @param writtenAt when it was last written, by Designate's clock in UTC; empty if it doesn't say
   */
  record Stored(
      String id,
      long version,
      String status,
      String action,
      RecordSet set,
      Optional<Instant> writtenAt) {
    SetKey key() {
      return new SetKey(set.name(), set.type());
    }
  }

  /** All sets of the switched names and of their marks. */
  Map<SetKey, Stored> stored() throws SwitchFailure {
    Map<SetKey, Stored> stored = new HashMap<>();
    for (SwitchedName name : spec.names()) {
      stored.putAll(stored(name));
    }
    return stored;
  }

  /** All sets of one of the names and of its mark. */
  Map<SetKey, Stored> stored(SwitchedName name) throws SwitchFailure {
    Map<SetKey, Stored> stored = new HashMap<>();
    String mark = EpochMark.nameFor(name.name());
    Set<String> both = Set.of(name.name(), mark);
    if (name.name().equals(spec.zone())) {
      list(name.name(), both, stored); // its every ending is the whole zone
      list(mark, both, stored);
    } else {
      list("*" + name.name(), both, stored);
    }
    return stored;
  }

  /**
   * Lists the sets of those names, which the filter finds among others: an asterisk is anything.
   */
  private void list(String filter, Set<String> names, Map<SetKey, Stored> stored)
      throws SwitchFailure {
    String query =
        "/zones/%s/recordsets?limit=%d&name=%s"
            .formatted(zone.zoneId(), PAGE, URLEncoder.encode(filter, StandardCharsets.UTF_8));
    String marker = "";
    for (int page = 0; page < PAGES_MAX; page++) {
      JsonNode answer = get(query + marker);
      String last = "";
      for (JsonNode set : answer.path("recordsets")) {
        last = set.path("id").asText();
        String name = RecordSets.normaliseName(set.path("name").asText());
        Optional<RecordType> type = type(set.path("type").asText());
        if (names.contains(name) && type.isPresent()) {
          Stored found = toStored(set, name, type.get());
          stored.put(found.key(), found);
        }
      }
      if (!answer.path("links").hasNonNull("next") || last.isEmpty()) {
        return;
      }
      marker = "&marker=" + last;
    }
    throw unreachable(
        "Expected at most %d record sets %s in zone %s, but there are more: switch another name"
            .formatted(PAGE * PAGES_MAX, filter, zone.zoneId()));
  }

  private static Optional<RecordType> type(String text) {
    return Stream.of(RecordType.values()).filter(type -> type.name().equals(text)).findFirst();
  }

  private Stored toStored(JsonNode set, String name, RecordType type) throws SwitchFailure {
    List<String> values = new ArrayList<>();
    set.path("records").forEach(value -> values.add(value.asText()));
    int ttlSeconds = set.hasNonNull("ttl") ? set.path("ttl").asInt() : zoneTtlSeconds();
    return new Stored(
        set.path("id").asText(),
        set.path("version").asLong(),
        set.path("status").asText(),
        set.path("action").asText(),
        WireRecords.normalise(new RecordSet(name, type, ttlSeconds, values)),
        writtenAt(set));
  }

  /** API reference: without a zone, such as 2014-10-24T19:59:44.000000; null until an update. */
  private static Optional<Instant> writtenAt(JsonNode set) {
    String text =
        set.hasNonNull("updated_at")
            ? set.path("updated_at").asText()
            : set.path("created_at").asText();
    try {
      return Optional.of(LocalDateTime.parse(text).toInstant(ZoneOffset.UTC));
    } catch (DateTimeParseException e) {
      return Optional.empty(); // it only helps people
    }
  }

  /** What a set without a TTL of its own is served with. */
  private int zoneTtlSeconds() throws SwitchFailure {
    Integer known = zoneTtlSeconds;
    if (known == null) {
      known = zone().path("ttl").asInt();
      zoneTtlSeconds = known;
    }
    return known;
  }

  /** What the zone is. */
  JsonNode zone() throws SwitchFailure {
    return get("/zones/" + zone.zoneId());
  }

  /** Sends a call about the record sets, once. */
  Answer call(String method, String path, @Nullable JsonNode body) throws SwitchFailure, NoAnswer {
    return api.send(method, "/zones/%s/recordsets%s".formatted(zone.zoneId(), path), body, left());
  }

  private JsonNode get(String path) throws SwitchFailure {
    Answer answer;
    try {
      answer = api.send("GET", path, null, left());
    } catch (NoAnswer e) {
      throw unreachable(e.reason());
    }
    return switch (meaning(answer)) {
      case Outcome.Accepted _ -> answer.body();
      case Outcome.Denied denied -> throw denied.failure();
      case Outcome.Deferred deferred -> throw deferred.failure();
      case Outcome.Unknown unknown -> throw unknown.failure();
      case Outcome.Unmet(String words) -> throw unreachable(words);
    };
  }

  /** What became of a call. */
  Outcome meaning(Answer answer) {
    return DesignateAnswers.meaning(answer, zone.cloud(), zone.zoneId());
  }

  private Duration left() throws SwitchFailure {
    Duration left = Duration.ofNanos(endNanos - pace.nanoTime());
    if (left.compareTo(CALL_MIN) < 0) {
      throw unreachable(
          "Expected to be done with Designate within %d ms, but the time of the order is over"
              .formatted(within.toMillis()));
    }
    return left;
  }

  private static SwitchFailure unreachable(String reason) {
    return new SwitchFailure(UNREACHABLE, reason, true);
  }
}
