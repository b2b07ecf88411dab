package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.UNSUITABLE;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.RecordsObserved.ChangedBy;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.Designate;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.adapter.DesignateZone.Stored;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.Spread;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Switches traffic in a zone of OpenStack Designate.
 *
 * <p>Each record set is a call of its own, without conditions: whoever writes last wins. What an
 * order expects is read before every call, and another's write in between is told from the version
 * afterwards. So late and doubled orders are refused, and an order that was cut off goes on where
 * it was; two owners at the same moment are not kept apart.
 *
 * <p>A call that is answered is stored, and on its way to the servers (PENDING). ERROR is no
 * failure: Designate goes on trying by itself (trap 25). {@link #spread} tells it.
 */
public final class DesignateSwitch extends ConditionalSwitch {
  private final DesignateClouds clouds;
  private final Pace pace;

  /** Zones that were seen to be what plans say. */
  private final Map<Designate, String> seenZones = new ConcurrentHashMap<>();

  public DesignateSwitch(DesignateClouds clouds, Pace pace) {
    this.clouds = clouds;
    this.pace = pace;
  }

  @Override
  public Capabilities capabilities(SwitchSpec spec) {
    return new Capabilities(false, false, true, false);
  }

  @Override
  public SwitchSpec normalise(SwitchSpec spec) {
    SwitchSpec normal = WireRecords.normalise(spec);
    for (SwitchedName name : normal.names()) {
      if (name.name().contains("*")) {
        throw new IllegalArgumentException(
            "Expected a name without an asterisk, but got %s: Designate takes one as the first label alone, so the mark %s can't be there"
                .formatted(name.name(), EpochMark.nameFor(name.name())));
      }
      if (isAlias(name.source()) != isAlias(name.target())) {
        throw new IllegalArgumentException(
            "Expected a CNAME on both sides of %s or on neither, but one side has it: Designate changes one set at a time, so the name would be empty in between, and resolvers keep that for the zone's negative TTL"
                .formatted(name.name()));
      }
    }
    return normal;
  }

  private static boolean isAlias(List<RecordSet> sets) {
    return sets.stream().anyMatch(s -> s.type() == RecordType.CNAME && !s.values().isEmpty());
  }

  @Override
  public Spread spread(SwitchSpec spec, Duration within) throws SwitchFailure {
    DesignateZone opened = open(spec, within);
    Collection<Stored> sets = opened.stored().values();
    // A set that is being deleted is not shown any more: only the zone knows of it.
    JsonNode zone = opened.zone();
    String under =
        sets.stream()
            .filter(set -> !set.status().equals("ACTIVE"))
            .map(
                set ->
                    "%s %s is %s (%s)"
                        .formatted(set.set().name(), set.set().type(), set.status(), set.action()))
            .sorted()
            .collect(Collectors.joining(", "));
    String status = zone.path("status").asText();
    String evidence =
        "zone %s is %s (%s) at serial %s%s"
            .formatted(
                spec.zone(),
                status,
                zone.path("action").asText(),
                zone.path("serial").asText(),
                under.isEmpty() ? "" : ", " + under);
    return under.isEmpty() && status.equals("ACTIVE")
        ? new Spread.Everywhere(evidence)
        : new Spread.UnderWay(evidence);
  }

  /**
   * Designate keeps when a set was written and how often, not by whom (API reference, recordsets:
   * updated_at, created_at, version), and that by whole seconds.
   */
  @Override
  public List<ChangedBy> changedBy(
      SwitchSpec spec, Collection<String> names, Instant since, Duration within)
      throws SwitchFailure {
    List<ChangedBy> changes = new ArrayList<>();
    Instant second = since.truncatedTo(ChronoUnit.SECONDS);
    for (Stored stored : open(spec, within).stored().values()) {
      boolean after = stored.writtenAt().filter(at -> !at.isBefore(second)).isPresent();
      if (after && names.contains(stored.set().name())) {
        changes.add(
            new ChangedBy(
                stored.set().name(),
                Optional.empty(),
                Optional.empty(),
                stored.writtenAt(),
                Optional.empty(),
                "Designate tells when the set %s was written, version %d, action %s, and never by whom"
                    .formatted(stored.set().type(), stored.version(), stored.action())));
      }
    }
    return changes;
  }

  @Override
  ZonePrimary primary(SwitchSpec spec, Duration within, Urgency urgency) throws SwitchFailure {
    Designate zone = zone(spec.provider());
    DesignateZone opened = open(spec, within);
    // A revert does not wait for what a zone is called: the API takes no name of another zone.
    if (urgency == Urgency.ORDINARY && !spec.zone().equals(seenZones.get(zone))) {
      requireZone(spec, zone, opened.zone());
      seenZones.put(zone, spec.zone());
    }
    return new DesignatePrimary(spec, zone, opened, urgency);
  }

  private static void requireZone(SwitchSpec spec, Designate zone, JsonNode found)
      throws SwitchFailure {
    String name = RecordSets.normaliseName(found.path("name").asText());
    if (!name.equals(spec.zone())) {
      throw new SwitchFailure(
          UNSUITABLE,
          "Expected zone %s of cloud %s to be %s, but it is %s: correct the plan"
              .formatted(zone.zoneId(), zone.cloud(), spec.zone(), name),
          false);
    }
    if (!found.path("type").asText().equals("PRIMARY")) {
      throw new SwitchFailure(
          UNSUITABLE,
          "Expected zone %s of cloud %s to be PRIMARY, but it is %s: its records are changed elsewhere"
              .formatted(zone.zoneId(), zone.cloud(), found.path("type").asText()),
          false);
    }
  }

  private DesignateZone open(SwitchSpec spec, Duration within) throws SwitchFailure {
    Designate zone = zone(spec.provider());
    return new DesignateZone(spec, zone, clouds.find(zone.cloud()), pace, within);
  }

  private static Designate zone(SwitchProvider provider) {
    return switch (provider) {
      case Designate zone -> zone;
      case SwitchProvider.Rfc2136 _,
          SwitchProvider.Route53 _,
          SwitchProvider.HaProxy _,
          SwitchProvider.Cloudflare _,
          SwitchProvider.CloudflarePools _,
          SwitchProvider.TargetGroups _ ->
          throw new IllegalArgumentException("Expected a zone of Designate, but got " + provider);
    };
  }
}
