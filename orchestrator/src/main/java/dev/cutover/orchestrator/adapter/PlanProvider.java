package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchProvider.Designate;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchProvider.Route53;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads by which provider a plan's zone is changed: one of them, with its own keys. */
final class PlanProvider {
  private static final Duration CLOUDFLARE_TTL_MIN = Duration.ofSeconds(30);

  /** In place of primary and tsigKey; at most one of them. */
  private static final List<String> SECTIONS = List.of("route53", "designate", "cloudflare");

  private final YamlSection traffic;
  private final int ttlSeconds;

  PlanProvider(YamlSection traffic, int ttlSeconds) {
    this.traffic = traffic;
    this.ttlSeconds = ttlSeconds;
  }

  /** Which of them is named; faults are noted. */
  SwitchProvider read() {
    if (traffic.has("route53")) {
      return route53();
    }
    if (traffic.has("designate")) {
      return designate();
    }
    return traffic.has("cloudflare") ? cloudflare() : rfc2136();
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

  private SwitchProvider cloudflare() {
    alone("cloudflare");
    YamlSection section = traffic.section("cloudflare");
    Cloudflare provider =
        section.value(
            "zone",
            "the id of a zone, 32 hexadecimal digits,",
            new Cloudflare("0".repeat(32), "unread", Optional.empty()),
            id -> new Cloudflare(id, "unread", Optional.empty()));
    String what = "the name of a token in the dns-service's configuration";
    String token = section.value("token", what, "unread", PlanValues::nonBlank);
    Optional<String> revertToken =
        section.has("revertToken")
            ? Optional.of(section.value("revertToken", what, "unread", PlanValues::nonBlank))
            : Optional.empty();
    boolean proxied = section.valueOr("proxied", "true or false", false, PlanValues::flag);
    if (proxied) {
      section.fault(
          "proxied",
          "Expected records that Cloudflare does not proxy, since nobody outside sees a proxied one"
              + " move, but found true: make the name's record a CNAME into a zone that takes"
              + " updates, and switch there");
    }
    if (ttlSeconds < CLOUDFLARE_TTL_MIN.toSeconds()) {
      traffic.fault(
          "loweredTtl",
          "Expected a loweredTtl of 60s or more, or from 30s in a zone of Enterprise, which is what"
              + " Cloudflare takes, but found %ds".formatted(ttlSeconds));
    }
    section.end();
    return new Cloudflare(provider.zoneId(), token, revertToken);
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
