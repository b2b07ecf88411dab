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
import java.util.HashSet;
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

  private static final int PAGES_MAX = 50;

  /** Of so many names each is listed by itself: a zone may be large. */
  private static final int NAMES_APART_MAX = 2;

  /** No call is made on an older look. */
  private static final Duration LOOK_MAX = Duration.ofMillis(250);

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

  /**
   * What was stored at a moment, and what own calls have made of it since.
   *
   * @param atNanos when it was read, at the pace of this order
   */
  record Look(Map<SetKey, Stored> stored, long atNanos) {
    List<RecordSet> sets() {
      return stored.values().stream().map(Stored::set).toList();
    }
  }

  /** Looks at all sets of the switched names and of their marks. */
  Look look() throws SwitchFailure {
    return new Look(stored(), pace.nanoTime());
  }

  /** Whether others may have written so long ago that it has to be looked again before a call. */
  boolean isOld(Look look) {
    return pace.nanoTime() - look.atNanos() > LOOK_MAX.toNanos();
  }

  /**
   * All sets of the switched names and of their marks: by a list of the zone, unless one for each
   * name takes fewer calls.
   */
  Map<SetKey, Stored> stored() throws SwitchFailure {
    Set<String> names = new HashSet<>();
    for (SwitchedName name : spec.names()) {
      names.add(name.name());
      names.add(EpochMark.nameFor(name.name()));
    }
    Map<SetKey, Stored> whole = new HashMap<>();
    if (spec.names().size() > NAMES_APART_MAX
        && list("", names, whole, Math.min(spec.names().size(), PAGES_MAX))) {
      return whole;
    }
    Map<SetKey, Stored> stored = new HashMap<>();
    for (SwitchedName name : spec.names()) {
      if (name.name().equals(spec.zone())) {
        listNamed(name.name(), names, stored); // its every ending is the whole zone
        listNamed(EpochMark.nameFor(name.name()), names, stored);
      } else {
        listNamed("*" + name.name(), names, stored);
      }
    }
    return stored;
  }

  /** The filter finds them among others: an asterisk is anything. */
  private void listNamed(String filter, Set<String> names, Map<SetKey, Stored> stored)
      throws SwitchFailure {
    String named = "&name=" + URLEncoder.encode(filter, StandardCharsets.UTF_8);
    if (!list(named, names, stored, PAGES_MAX)) {
      throw unreachable(
          "Expected record sets %s on at most %d pages of zone %s, but there are more: switch another name"
              .formatted(filter, PAGES_MAX, zone.zoneId()));
    }
  }

  /**
   * Lists the sets of those names, by the largest pages that the API gives.
   *
   * @return false when there are more pages than that
   */
  private boolean list(String filter, Set<String> names, Map<SetKey, Stored> stored, int pagesMax)
      throws SwitchFailure {
    String marker = "";
    for (int page = 0; page < pagesMax; page++) {
      JsonNode answer =
          get("/zones/%s/recordsets?limit=max%s%s".formatted(zone.zoneId(), filter, marker));
      long all = answer.path("metadata").path("total_count").asLong();
      if (page == 0 && all > (long) pagesMax * answer.path("recordsets").size()) {
        return false;
      }
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
        return true;
      }
      marker = "&marker=" + last;
    }
    return false;
  }

  /** The set that a call has made, as its answer shows it; empty when it shows none. */
  Optional<Stored> shown(Answer answer) throws SwitchFailure {
    JsonNode set = answer.body();
    Optional<RecordType> type = type(set.path("type").asText());
    return set.hasNonNull("id") && set.hasNonNull("ttl") && type.isPresent()
        ? Optional.of(
            toStored(set, RecordSets.normaliseName(set.path("name").asText()), type.get()))
        : Optional.empty();
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
