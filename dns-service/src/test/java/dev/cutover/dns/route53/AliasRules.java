package dev.cutover.dns.route53;

import dev.cutover.dns.route53.HostedZoneRules.InvalidInput;
import dev.cutover.dns.route53.StoredSet.StoredKey;
import dev.cutover.dns.route53.StoredSet.Target;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the API of Route 53 refuses of aliases. Sources are named as in {@link HostedZoneRules}.
 *
 * @param hostedZone id of the zone itself
 * @param zone its name
 * @param resources names of AWS's services, by the id of the hosted zone that AWS has them in
 */
record AliasRules(String hostedZone, String zone, Map<String, Set<String>> resources) {
  /** API AliasTarget.HostedZoneId: of all distributions. */
  private static final String CLOUDFRONT = "Z2FDTNDATAQYW2";

  /** Of a request that is not read any further. */
  static void readable(StoredSet set) throws InvalidInput {
    // API ResourceRecordSet.TTL: an alias has none.
    if (set.ttl().isPresent() || !set.values().isEmpty()) {
      throw new InvalidInput("Invalid request: an alias has neither TTL nor records");
    }
  }

  /** Why it is not taken; empty if it is. */
  Optional<String> refusal(StoredSet set, Map<StoredKey, StoredSet> stored) {
    Target target = set.aliasTarget().orElseThrow();
    String tried =
        "Tried to create an alias that targets %s, type %s in zone %s, but "
            .formatted(target.dnsName(), set.type(), target.hostedZone());
    // API AliasTarget.EvaluateTargetHealth: not for a distribution.
    if (target.hostedZone().equals(CLOUDFRONT) && target.evaluateTargetHealth()) {
      return Optional.of(
          "EvaluateTargetHealth cannot be set to true when the alias target is a CloudFront distribution");
    }
    if (!target.hostedZone().equals(hostedZone)) {
      // barnybug/cli53#213, harmony-one/harmony-ops#491: the words. The zone of a load balancer is
      // AWS's own, never the one that holds the alias.
      return resources.getOrDefault(target.hostedZone(), Set.of()).contains(target.dnsName())
          ? Optional.empty()
          : Optional.of(tried + "the alias target name does not lie within the target zone");
    }
    if (!target.dnsName().equals(zone) && !target.dnsName().endsWith("." + zone)) {
      return Optional.of(tried + "the alias target name does not lie within the target zone");
    }
    // DG "Values specific for simple alias records": a record of the same type in this zone.
    boolean found =
        stored.values().stream()
            .anyMatch(
                other -> other.name().equals(target.dnsName()) && other.type().equals(set.type()));
    return found ? Optional.empty() : Optional.of(tried + "that target was not found");
  }
}
