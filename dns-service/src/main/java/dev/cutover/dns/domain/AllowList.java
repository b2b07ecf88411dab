package dev.cutover.dns.domain;

import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchProvider.CloudflarePools;
import dev.cutover.contract.SwitchProvider.Designate;
import dev.cutover.contract.SwitchProvider.HaProxy;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchProvider.TargetGroups;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What this service may ever touch, whatever a plan says. Pure.
 *
 * @param zones exact names of zones; {@code shop.example} doesn't allow {@code a.shop.example} as a
 *     zone
 * @param servers {@code host} for any port of it or {@code host:port}; primaries, authorities and
 *     resolvers alike
 * @param hostedZones ids of Route 53's hosted zones
 * @param backends names of HAProxy's backends, at whichever of the servers
 * @param cloudflareZones ids of Cloudflare's zones
 * @param listeners ARNs of listeners and rules of AWS's load balancers
 */
public record AllowList(
    Set<String> zones,
    Set<String> servers,
    Set<String> hostedZones,
    Set<String> backends,
    Set<String> cloudflareZones,
    Set<String> listeners) {
  private static final String ZONE =
      "Expected a zone that the dns-service is allowed to touch, but the plan names %s: add it to CUTOVER_DNS_ALLOWED_ZONES if that is meant";
  private static final String HOSTED_ZONE =
      "Expected a hosted zone that the dns-service is allowed to touch, but the plan names %s: add it to CUTOVER_DNS_ALLOWED_HOSTED_ZONES if that is meant";
  private static final String BACKEND =
      "Expected a backend that the dns-service is allowed to touch, but the plan names %s: add it to CUTOVER_DNS_ALLOWED_BACKENDS if that is meant";
  private static final String CLOUDFLARE_ZONE =
      "Expected a zone of Cloudflare that the dns-service is allowed to touch, but the plan names %s: add it to CUTOVER_DNS_ALLOWED_CLOUDFLARE_ZONES if that is meant";
  private static final String LISTENER =
      "Expected a listener or rule that the dns-service is allowed to touch, but the plan names %s: add it to CUTOVER_DNS_ALLOWED_LISTENERS if that is meant";

  public AllowList {
    zones = zones.stream().map(RecordSets::normaliseName).collect(Collectors.toUnmodifiableSet());
    servers =
        servers.stream()
            .map(server -> server.strip().toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
    hostedZones =
        hostedZones.stream().map(AllowList::bareId).collect(Collectors.toUnmodifiableSet());
    backends = backends.stream().map(String::strip).collect(Collectors.toUnmodifiableSet());
    cloudflareZones =
        cloudflareZones.stream()
            .map(id -> id.strip().toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
    listeners = listeners.stream().map(String::strip).collect(Collectors.toUnmodifiableSet());
  }

  /** Without zones and backends at other providers. */
  public AllowList(Set<String> zones, Set<String> servers) {
    this(zones, servers, Set.of());
  }

  /** Without backends, zones of Cloudflare and listeners. */
  public AllowList(Set<String> zones, Set<String> servers, Set<String> hostedZones) {
    this(zones, servers, hostedZones, Set.of(), Set.of());
  }

  /** Without listeners. */
  public AllowList(
      Set<String> zones,
      Set<String> servers,
      Set<String> hostedZones,
      Set<String> backends,
      Set<String> cloudflareZones) {
    this(zones, servers, hostedZones, backends, cloudflareZones, Set.of());
  }

  /** Some tools show ids with what stands before them in the API's paths. */
  private static String bareId(String id) {
    return id.strip().replaceFirst("^/?hostedzone/", "");
  }

  /** Says what of this switch is not allowed, and what to do; empty if all of it is. */
  public Optional<String> refusal(SwitchSpec spec) {
    return switch (spec.provider()) {
      case Rfc2136(ServerAddress primary, String _) ->
          zone(spec).or(() -> servers(spec, Stream.of(primary)));
      case Route53(String hostedZone, String _) ->
          zone(spec)
              .or(() -> unless(hostedZones.contains(hostedZone), HOSTED_ZONE, hostedZone))
              .or(() -> servers(spec, Stream.of()));
      // Clouds are allowed by being configured, and take no name outside of the zone.
      case Designate _ -> zone(spec).or(() -> servers(spec, Stream.of()));
      case HaProxy(String backend, ServerAddress first) ->
          unless(backends.contains(backend), BACKEND, backend)
              .or(() -> servers(spec, Stream.of(first)));
      case Cloudflare zone -> cloudflare(spec, zone.zoneId());
      // Pools are the account's; only load balancers of the zone are changed.
      case CloudflarePools pools -> cloudflare(spec, pools.zoneId());
      // The only server is the region's API itself.
      case TargetGroups _ ->
          spec.names().stream()
              .map(SwitchedName::name)
              .map(name -> name.substring(0, name.length() - 1))
              .flatMap(arn -> unless(listeners.contains(arn), LISTENER, arn).stream())
              .findFirst();
    };
  }

  private Optional<String> cloudflare(SwitchSpec spec, String zoneId) {
    return zone(spec)
        .or(() -> unless(cloudflareZones.contains(zoneId), CLOUDFLARE_ZONE, zoneId))
        .or(() -> servers(spec, Stream.of()));
  }

  private Optional<String> zone(SwitchSpec spec) {
    return unless(zones.contains(RecordSets.normaliseName(spec.zone())), ZONE, spec.zone());
  }

  private static Optional<String> unless(boolean allowed, String refusal, String named) {
    return allowed ? Optional.empty() : Optional.of(refusal.formatted(named));
  }

  private Optional<String> servers(SwitchSpec spec, Stream<ServerAddress> more) {
    return Stream.of(
            more,
            spec.authorities().stream(),
            spec.everyResolver().stream(),
            spec.proof().stream().flatMap(proof -> proof.parents().stream()))
        .flatMap(given -> given)
        .filter(server -> !allows(server))
        .findFirst()
        .map(
            server ->
                "Expected servers that the dns-service is allowed to reach, but the plan names %s: add it to CUTOVER_DNS_ALLOWED_SERVERS if that is meant"
                    .formatted(server));
  }

  private boolean allows(ServerAddress server) {
    String host = server.host().toLowerCase(Locale.ROOT);
    return servers.contains(host) || servers.contains(host + ":" + server.port());
  }
}
