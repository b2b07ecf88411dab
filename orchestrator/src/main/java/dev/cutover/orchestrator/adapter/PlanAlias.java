package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.Alias;
import dev.cutover.contract.Checked;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchedName;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads what only Route 53 has: the alias of a record set, and its health check. */
final class PlanAlias {
  private static final Set<RecordType> TYPES = EnumSet.of(RecordType.A, RecordType.AAAA);

  private final String zone;
  private final SwitchProvider provider;
  private final Function<String, String> domain;

  /**
   * @param zone that is switched
   * @param domain reads an absolute name
   */
  PlanAlias(String zone, SwitchProvider provider, Function<String, String> domain) {
    this.zone = zone;
    this.provider = provider;
    this.domain = domain;
  }

  /** The alias of a record set of that name, as it stands among values; faults are noted. */
  Optional<String> read(YamlSection set, Optional<RecordType> type, String name) {
    if (!set.has("alias")) {
      return Optional.empty();
    }
    YamlSection section = set.section("alias");
    if (set.has("values")) {
      set.fault("values", "Expected either values or an alias, but found both");
    }
    for (YamlSection timed : List.of(set, section)) {
      if (timed.has("ttl")) {
        timed.fault(
            "ttl", "Expected no TTL of an alias, since it is answered with that of its target");
      }
    }
    String target =
        section.value("name", "a name such as lb.example.com.", "unread.invalid.", domain);
    boolean evaluated =
        section.valueOr("evaluateTargetHealth", "true or false", false, PlanValues::flag);
    if (!(provider instanceof Route53 own)) {
      set.fault("alias", "Expected values, since only a zone of Route 53 has aliases");
      return Optional.empty();
    }
    if (type.filter(t -> !TYPES.contains(t)).isPresent()) {
      set.fault("type", "Expected an alias of type A or AAAA, but found " + type.get());
    }
    if (target.equals(name)) {
      section.fault("name", "Expected another name than the alias's own, but found " + target);
    }
    String hostedZone = hostedZone(section, target, own.hostedZone());
    if (evaluated && hostedZone.equals(Alias.CLOUDFRONT)) {
      section.fault(
          "evaluateTargetHealth",
          "Expected false, since Route 53 knows no health of a CloudFront distribution, but found true");
    }
    section.end();
    return Optional.of(new Alias(target, hostedZone, evaluated).text());
  }

  private String hostedZone(YamlSection section, String target, String own) {
    boolean inside = target.equals(zone) || target.endsWith("." + zone);
    if (!section.has("hostedZone")) {
      if (!inside) {
        section.fault(
            "Expected the id of the hosted zone that AWS has %s in, such as a load balancer's CanonicalHostedZoneId, in hostedZone, but it is missing"
                .formatted(target));
      }
      return own;
    }
    String found =
        section.value(
            "hostedZone",
            "the id of a hosted zone such as Z2FDTNDATAQYW2",
            own,
            id -> new Route53(id, Route53.DEFAULT_PROFILE).hostedZone());
    if (inside && !found.equals(own)) {
      section.fault(
          "hostedZone",
          "Expected %s, the zone that is switched, since %s is in it, but found '%s': an alias reaches no record of another zone"
              .formatted(own, target, found));
    }
    if (!inside && found.equals(own)) {
      section.fault(
          "hostedZone",
          "Expected the id of the hosted zone that AWS has %s in, but found '%s', which is the zone that is switched"
              .formatted(target, found));
    }
    return found;
  }

  /** A value under the health check of its set, if it has one. */
  String checked(YamlSection set, Optional<RecordType> type, String value) {
    if (!set.has("healthCheckId")) {
      return value;
    }
    String id =
        set.value("healthCheckId", "the id of a health check", "unread", PlanAlias::healthCheckId);
    if (!(provider instanceof Route53)) {
      set.fault(
          "healthCheckId", "Expected no health check, since only a zone of Route 53 has them");
    }
    if (type.filter(RecordType.TXT::equals).isPresent()) {
      set.fault("healthCheckId", "Expected no health check of a TXT set");
    }
    return new Checked(value, Optional.of(id)).text();
  }

  private static String healthCheckId(String text) {
    if (!Checked.isId(text)) {
      throw new IllegalArgumentException("Expected an id");
    }
    return text;
  }

  /** Notes aliases of names that move with them, and have no such type then. */
  static void requireTargets(YamlSection traffic, List<SwitchedName> names) {
    for (SwitchedName name : names) {
      for (Side side : Side.values()) {
        for (RecordSet set : name.sets(side)) {
          Alias.in(set).forEach(alias -> requireTarget(traffic, names, side, set, alias));
        }
      }
    }
  }

  private static void requireTarget(
      YamlSection traffic, List<SwitchedName> names, Side side, RecordSet set, Alias alias) {
    names.stream()
        .filter(other -> other.name().equals(alias.name()))
        .filter(other -> other.sets(side).stream().noneMatch(there -> there.type() == set.type()))
        .forEach(
            other ->
                traffic.fault(
                    "names",
                    "Expected %s to have %s records on the %s, since %s is an alias of it, but it has none"
                        .formatted(
                            other.name(),
                            set.type(),
                            side.name().toLowerCase(Locale.ROOT),
                            set.name())));
  }
}
