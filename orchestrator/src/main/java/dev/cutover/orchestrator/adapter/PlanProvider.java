package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.Designate;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchProvider.Route53;
import java.util.List;
import java.util.Locale;

/** Reads by which provider a plan's zone is changed: one of them, with its own keys. */
final class PlanProvider {
  /** In place of primary and tsigKey; at most one of them. */
  private static final List<String> SECTIONS = List.of("route53", "designate", "cloudflare");

  private final YamlSection traffic;
  private final int ttlSeconds;

  PlanProvider(YamlSection traffic, int ttlSeconds) {
    this.traffic = traffic;
    this.ttlSeconds = ttlSeconds;
  }

  /** Which of them is named; faults are noted. */
  PlanCloudflare.Read read() {
    if (traffic.has("route53")) {
      return PlanCloudflare.Read.of(route53());
    }
    if (traffic.has("designate")) {
      return PlanCloudflare.Read.of(designate());
    }
    return traffic.has("cloudflare") ? cloudflare() : PlanCloudflare.Read.of(rfc2136());
  }

  private SwitchProvider rfc2136() {
    ServerAddress primary =
        traffic.value(
            "primary",
            PlanTraffic.SERVER,
            new ServerAddress("unread", PlanTraffic.DNS_PORT),
            text -> PlanTraffic.server(text, PlanTraffic.DNS_PORT));
    String key =
        traffic.value(
            "tsigKey",
            "the name of a key in the dns-service's configuration",
            "unread",
            PlanValues::nonBlank);
    return new Rfc2136(primary, key);
  }

  private SwitchProvider route53() {
    alone("route53");
    YamlSection section = traffic.section("route53");
    Route53 provider =
        section.value(
            "hostedZone",
            "the id of a hosted zone such as Z2FDTNDATAQYW2",
            new Route53("UNREAD", Route53.DEFAULT_PROFILE),
            id -> new Route53(id, Route53.DEFAULT_PROFILE));
    String profile =
        section.valueOr(
            "profile",
            "the name of credentials in the dns-service's configuration",
            Route53.DEFAULT_PROFILE,
            PlanValues::nonBlank);
    section.end();
    return new Route53(provider.hostedZone(), profile);
  }

  private SwitchProvider designate() {
    alone("designate");
    String unread = "00000000-0000-0000-0000-000000000000";
    YamlSection section = traffic.section("designate");
    String cloud =
        section.value(
            "cloud",
            "the name of a cloud in the dns-service's configuration",
            "unread",
            name -> new Designate(name, unread).cloud());
    String zoneId =
        section.value(
            "zone",
            "the UUID of a zone",
            unread,
            id -> new Designate("unread", id.toLowerCase(Locale.ROOT)).zoneId());
    section.end();
    return new Designate(cloud, zoneId);
  }

  private PlanCloudflare.Read cloudflare() {
    alone("cloudflare");
    return new PlanCloudflare(traffic).read(ttlSeconds);
  }

  /** There must be nothing else that says by whom the zone is changed. */
  private void alone(String section) {
    for (String other : List.of("primary", "tsigKey")) {
      if (traffic.has(other)) {
        traffic.fault(
            other,
            "Expected either %s, or primary and tsigKey, in traffic, but found both"
                .formatted(section));
      }
    }
    for (String other : SECTIONS) {
      if (!other.equals(section) && traffic.has(other)) {
        traffic.fault(
            other, "Expected either %s or %s in traffic, but found both".formatted(section, other));
      }
    }
  }
}
