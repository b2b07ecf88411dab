package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.UNSUITABLE;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.RecordsObserved.ChangedBy;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.adapter.CloudflareTokens.Token;
import dev.cutover.dns.domain.Order;
import dev.cutover.dns.domain.RateBudget.Urgency;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.Spread;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Switches traffic in a zone of Cloudflare, with records that it does not proxy, or with those that
 * it does: then what changes is the origin that its edge asks.
 *
 * <p>A change is one batch, made in one transaction with the mark in it. There is no
 * compare-and-set: what was changed between the reading and the writing is noticed where a record
 * was deleted or created, where a mark was changed, and where it is there afterwards; a value that
 * somebody else changed in its place in these milliseconds is overwritten.
 */
public final class CloudflareSwitch extends ConditionalSwitch {
  /** The lowest that any zone takes, those of Enterprise (API, TTL). */
  private static final int TTL_MIN_SECONDS = 30;

  private static final int TTL_MAX_SECONDS = 86_400;

  /** A load balancer that comes is seen within this time (trap 23). */
  private static final Duration BALANCERS_SEEN = Duration.ofMinutes(1);

  private final CloudflareTokens tokens;
  private final InstantSource clock;
  private final Pace pace;
  private final CloudflareLocks locks = new CloudflareLocks();

  /** Zones that were seen to be what plans say. */
  private final Map<String, String> seenZones = new ConcurrentHashMap<>();

  /** Zones with more records than are listed at once. */
  private final Set<String> largeZones = ConcurrentHashMap.newKeySet();

  /** Load balancers of a zone, and when they were listed. */
  private final Map<String, Balancers> balancers = new ConcurrentHashMap<>();

  private record Balancers(List<String> names, long listedAtNanos) {}

  public CloudflareSwitch(CloudflareTokens tokens, InstantSource clock, Pace pace) {
    this.tokens = tokens;
    this.clock = clock;
    this.pace = pace;
  }

  @Override
  public Capabilities capabilities(SwitchSpec spec) {
    return new Capabilities(false, true, zone(spec.provider()).edge().isEmpty(), false);
  }

  @Override
  public SwitchSpec normalise(SwitchSpec spec) {
    SwitchSpec normal = WireRecords.normalise(spec);
    boolean proxied = zone(spec.provider()).edge().isPresent();
    if (proxied) {
      requireNothingCached(normal);
    } else {
      requireTtl(normal.loweredTtlSeconds());
    }
    int operations = 0;
    for (SwitchedName name : normal.names()) {
      operations += 2; // the old mark goes, the new one comes
      operations += Math.max(values(name.source()), values(name.target()));
      for (Side side : Side.values()) {
        for (RecordSet set : name.sets(side)) {
          if (proxied) {
            requireProxiable(set);
          } else {
            requireNotFlattened(normal.zone(), set);
          }
        }
      }
    }
    if (operations > CloudflareBatch.OPERATIONS_MAX) {
      throw new IllegalArgumentException(
          "Expected at most %d records in one change, which is what every plan of Cloudflare makes as a whole, but this plan needs up to %d: plan a cutover for each part of the names"
              .formatted(CloudflareBatch.OPERATIONS_MAX, operations));
    }
    return normal;
  }

  private static void requireTtl(int ttlSeconds) {
    if (ttlSeconds < TTL_MIN_SECONDS || ttlSeconds > TTL_MAX_SECONDS) {
      throw new IllegalArgumentException(
          "Expected a loweredTtl of 60 s to 24 h, or from 30 s in a zone of Enterprise, which is what Cloudflare takes, but got %d s"
              .formatted(ttlSeconds));
    }
  }

  /** A proxied record's TTL is automatic, and clients keep the edge's addresses alone (3.2). */
  private static void requireNothingCached(SwitchSpec spec) {
    if (spec.loweredTtlSeconds() != 0 || !spec.resolvers().isEmpty()) {
      throw new IllegalArgumentException(
          "Expected no TTL and no resolvers for records that Cloudflare proxies, since caches keep the edge's addresses alone, but got %d s and %s"
              .formatted(spec.loweredTtlSeconds(), spec.resolvers()));
    }
  }

  private static void requireProxiable(RecordSet set) {
    if (!CloudflareRecord.isProxiable(set.type())) {
      throw new IllegalArgumentException(
          "Expected only types that Cloudflare proxies, A, AAAA and CNAME, but got %s %s"
              .formatted(set.name(), set.type()));
    }
  }

  private static int values(List<RecordSet> sets) {
    return sets.stream().mapToInt(set -> set.values().size()).sum();
  }

  /** Its name servers answer with addresses in such a CNAME's place (DNS docs, flattening). */
  private static void requireNotFlattened(String zone, RecordSet set) {
    for (String value : set.values()) {
      boolean within = value.equals(zone) || value.endsWith("." + zone);
      if (set.type() == RecordType.CNAME && within) {
        throw new IllegalArgumentException(
            "Expected a CNAME of %s to lead out of the zone, but got %s: Cloudflare answers with its addresses, so that nobody sees it move; plan with addresses"
                .formatted(set.name(), value));
      }
    }
  }

  /** It says nothing of its edges: the authorities that are asked are all there is. */
  @Override
  public Spread spread(SwitchSpec spec, Duration within) {
    return new Spread.Untold();
  }

  @Override
  public List<ChangedBy> changedBy(
      SwitchSpec spec, Collection<String> names, Instant since, Duration within)
      throws SwitchFailure {
    Cloudflare zone = zone(spec.provider());
    CloudflareCalls calls =
        new CloudflareCalls(
            tokens.api(),
            tokens.find(zone.token(), pace.nanoTime()),
            Urgency.ORDINARY,
            within,
            clock,
            pace);
    return new CloudflareTrail(zone, calls).changedBy(names, since, clock.instant());
  }

  @Override
  ZonePrimary primary(SwitchSpec spec, Duration within, Urgency urgency) throws SwitchFailure {
    Cloudflare zone = zone(spec.provider());
    Token token = tokens.of(zone.token(), zone.revertToken(), urgency, pace.nanoTime());
    CloudflarePrimary primary = open(spec, zone, token, urgency, within);
    switch (urgency) {
      case ORDINARY -> {
        requireZone(spec, zone, primary);
        requireNoBalancer(spec, zone, primary);
      }
      case REVERT -> requireNotAnotherZone(spec, zone, primary);
    }
    return primary;
  }

  /** With the token that a revert would use. */
  @Override
  ZonePrimary trialPrimary(SwitchSpec spec, Duration within) throws SwitchFailure {
    Cloudflare zone = zone(spec.provider());
    Token token = tokens.find(zone.revertToken().orElse(zone.token()), pace.nanoTime());
    return open(spec, zone, token, Urgency.ORDINARY, within);
  }

  private CloudflarePrimary open(
      SwitchSpec spec, Cloudflare zone, Token token, Urgency urgency, Duration within) {
    return new CloudflarePrimary(
        spec,
        zone,
        new CloudflareCalls(tokens.api(), token, urgency, within, clock, pace),
        locks,
        largeZones);
  }

  /** A token that is refused must not keep traffic from going back while another one is there. */
  @Override
  public boolean revert(SwitchSpec spec, Order order) throws SwitchFailure {
    return tokens.revert(
        zone(spec.provider()).revertToken(), order, pace, again -> super.revert(spec, again));
  }

  /**
   * Names that are not of the zone would be written below it, so that a revert looks, too; but only
   * what it learns stops it.
   */
  private void requireNotAnotherZone(SwitchSpec spec, Cloudflare zone, CloudflarePrimary primary)
      throws SwitchFailure {
    try {
      requireZone(spec, zone, primary);
    } catch (SwitchFailure e) {
      if (!e.failure().retryable()) {
        throw e;
      }
    }
  }

  private void requireZone(SwitchSpec spec, Cloudflare zone, CloudflarePrimary primary)
      throws SwitchFailure {
    if (spec.zone().equals(seenZones.get(zone.zoneId()))) {
      return;
    }
    Optional<JsonNode> found = primary.zone();
    if (found.isPresent()) {
      requireZone(spec, zone, found.get());
    }
    seenZones.put(zone.zoneId(), spec.zone()); // or the token may not know
  }

  private static void requireZone(SwitchSpec spec, Cloudflare zone, JsonNode found)
      throws SwitchFailure {
    String name = RecordSets.normaliseName(found.path("name").asText());
    if (!name.equals(spec.zone())) {
      throw new SwitchFailure(
          UNSUITABLE,
          "Expected zone %s to be %s, but it is %s: correct the plan"
              .formatted(zone.zoneId(), spec.zone(), name),
          false);
    }
    String type = found.path("type").asText("full");
    if (!type.equals("full")) {
      throw new SwitchFailure(
          UNSUITABLE,
          "Expected a zone that Cloudflare answers for, but %s is of type %s: its records are kept elsewhere"
              .formatted(zone.zoneId(), type),
          false);
    }
  }

  private void requireNoBalancer(SwitchSpec spec, Cloudflare zone, CloudflarePrimary primary)
      throws SwitchFailure {
    long now = pace.nanoTime();
    Balancers known = balancers.get(zone.zoneId());
    if (known == null || now - known.listedAtNanos() > BALANCERS_SEEN.toNanos()) {
      known = new Balancers(primary.loadBalancers(), now);
      balancers.put(zone.zoneId(), known);
    }
    for (SwitchedName name : spec.names()) {
      if (known.names().contains(name.name())) {
        balancers.remove(zone.zoneId());
        throw new SwitchFailure(
            UNSUITABLE,
            "Expected records to be what is answered for %s, but a load balancer has that name and hides them: switch by its pools, or delete it"
                .formatted(name.name()),
            false);
      }
    }
  }

  private static Cloudflare zone(SwitchProvider provider) {
    return switch (provider) {
      case Cloudflare zone -> zone;
      case SwitchProvider.Rfc2136 _,
          SwitchProvider.Route53 _,
          SwitchProvider.Designate _,
          SwitchProvider.HaProxy _,
          SwitchProvider.CloudflarePools _,
          SwitchProvider.TargetGroups _ ->
          throw new IllegalArgumentException("Expected a zone of Cloudflare, but got " + provider);
    };
  }
}
