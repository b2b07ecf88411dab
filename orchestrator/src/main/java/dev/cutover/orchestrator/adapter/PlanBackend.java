package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProvider.HaProxy;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchProvider.TargetGroups;
import dev.cutover.contract.SwitchSpec;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Reads a traffic switch that is a balancer's: servers of a backend of HAProxy, or target groups of
 * AWS. There is no zone, no name and no TTL.
 */
final class PlanBackend {
  /** In one action of a listener (quotas of Application Load Balancers). */
  private static final int TARGET_GROUPS_MAX = 5;

  /** What a zone has. */
  private static final List<String> OF_ZONES =
      List.of(
          "zone",
          "primary",
          "tsigKey",
          "route53",
          "designate",
          "cloudflare",
          "authorities",
          "resolvers",
          "proof",
          "views",
          "loweredTtl",
          "names");

  /** The sections that are read here; at most one of them. */
  static final List<String> SECTIONS = List.of("haproxy", "targetGroups");

  private final YamlSection section;
  private final String key;

  private PlanBackend(YamlSection section, String key) {
    this.section = section;
    this.key = key;
  }

  /**
   * @param key which of the {@link #SECTIONS} there is
   */
  static Optional<SwitchSpec> read(YamlSection traffic, String key, YamlFaults faults) {
    for (String other : OF_ZONES) {
      if (traffic.has(other)) {
        traffic.fault(
            other,
            "Expected %s alone in traffic, since a %s has no records and TTLs, but found %s beside it"
                .formatted(key, key.equals("haproxy") ? "backend" : "listener", other));
      }
    }
    for (String other : SECTIONS) {
      if (!other.equals(key) && traffic.has(other)) {
        traffic.fault(
            other, "Expected either %s or %s in traffic, but found both".formatted(key, other));
      }
    }
    PlanBackend backend = new PlanBackend(traffic.section(key), key);
    Optional<SwitchSpec> spec =
        key.equals("haproxy") ? backend.haproxy(faults) : backend.targetGroups(faults);
    traffic.end();
    return spec.filter(_ -> faults.none());
  }

  private Optional<SwitchSpec> haproxy(YamlFaults faults) {
    String backend = section.value("backend", "the name of a backend", "unread", PlanBackend::name);
    List<ServerAddress> instances =
        list(
            "instances",
            "the runtime API of every HAProxy as host:port",
            text -> PlanTraffic.server(text, 0));
    List<String> source = list("source", "a server's name", PlanBackend::name);
    List<String> target = list("target", "a server's name", PlanBackend::name);
    apart("servers", source, target);
    section.end();
    return faults.none()
        ? Optional.of(SwitchSpec.ofBackend(backend, instances, source, target))
        : Optional.empty();
  }

  private Optional<SwitchSpec> targetGroups(YamlFaults faults) {
    List<String> listeners =
        list("listeners", "the ARN of a listener or of a listener's rule", PlanBackend::listener);
    String profile =
        section.valueOr(
            "profile",
            "the name of credentials in the dns-service's configuration",
            Route53.DEFAULT_PROFILE,
            PlanValues::nonBlank);
    List<String> source = list("source", "the ARN of a target group", PlanBackend::targetGroup);
    List<String> target = list("target", "the ARN of a target group", PlanBackend::targetGroup);
    apart("target groups", source, target);
    if (source.size() + target.size() > TARGET_GROUPS_MAX) {
      section.fault(
          "target",
          "Expected at most %d target groups of both sides, which is what one action takes, but found %d"
              .formatted(TARGET_GROUPS_MAX, source.size() + target.size()));
    }
    List<String> places =
        Stream.of(listeners, source, target)
            .flatMap(List::stream)
            .map(TargetGroups::placeOf)
            .distinct()
            .toList();
    if (places.size() > 1) {
      section.fault(
          "listeners",
          "Expected listeners and target groups of one region and account, but found %s"
              .formatted(String.join(", ", places)));
    }
    section.end();
    return faults.none()
        ? Optional.of(SwitchSpec.ofTargetGroups(profile, listeners, source, target))
        : Optional.empty();
  }

  private void apart(String what, List<String> source, List<String> target) {
    source.stream()
        .filter(target::contains)
        .findFirst()
        .ifPresent(
            both ->
                section.fault(
                    "target",
                    "Expected other %s than the source's, but '%s' is on both sides"
                        .formatted(what, both)));
  }

  private <T> List<T> list(String list, String expected, Function<String, T> parse) {
    return PlanList.distinct(section, "traffic." + key, list, expected, parse);
  }

  private static String name(String text) {
    if (!HaProxy.isName(text)) {
      throw new IllegalArgumentException("Expected a name that HAProxy takes");
    }
    return text;
  }

  private static String listener(String text) {
    if (!TargetGroups.isListener(text) && !TargetGroups.isRule(text)) {
      throw new IllegalArgumentException("Expected an ARN of a listener or rule");
    }
    return text;
  }

  private static String targetGroup(String text) {
    if (!TargetGroups.isTargetGroup(text)) {
      throw new IllegalArgumentException("Expected an ARN of a target group");
    }
    return text;
  }
}
