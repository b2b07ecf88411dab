package dev.cutover.dns.domain;

import dev.cutover.contract.Alias;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a switch has of aliases, and what its sets may be answered with in their place. Pure.
 *
 * @param zone id of the hosted zone that is switched; empty where it is none
 * @param sets both sides' sets of every name and type of which one side is an alias
 */
public record Aliases(String zone, Map<SetKey, List<RecordSet>> sets) {
  private static final Set<RecordType> TYPES = EnumSet.of(RecordType.A, RecordType.AAAA);

  public Aliases {
    sets = Map.copyOf(sets);
  }

  /** Those of both sides. */
  public static Aliases of(SwitchSpec spec) {
    Map<SetKey, List<RecordSet>> sets = new LinkedHashMap<>();
    for (SwitchedName name : spec.names()) {
      Stream.concat(name.source().stream(), name.target().stream())
          .filter(set -> !set.values().isEmpty())
          .forEach(
              set ->
                  sets.computeIfAbsent(new SetKey(set.name(), set.type()), _ -> new ArrayList<>())
                      .add(set));
    }
    sets.values().removeIf(both -> both.stream().noneMatch(RecordSet::aliased));
    String zone = spec.provider() instanceof Route53 route53 ? route53.hostedZone() : "";
    return new Aliases(zone, sets);
  }

  public boolean isEmpty() {
    return sets.isEmpty();
  }

  /** Whether the zone's own authorities can be asked for what it is an alias of. */
  public boolean isInside(Alias alias) {
    return alias.hostedZone().equals(zone);
  }

  /** The aliases of one name and type, on either side. */
  List<Alias> of(SetKey key) {
    return sets.getOrDefault(key, List.of()).stream()
        .flatMap(set -> Alias.in(set).stream())
        .distinct()
        .toList();
  }

  /**
   * What has to be looked up.
   *
   * @param alias whose name is asked for
   * @param type of the set that has the alias, and so of its records
   */
  public record Target(Alias alias, RecordType type) {}

  /** Everything that has to be looked up. */
  public Set<Target> targets() {
    Set<Target> targets = new LinkedHashSet<>();
    sets.forEach((key, _) -> of(key).forEach(alias -> targets.add(new Target(alias, key.type()))));
    return targets;
  }

  /** Says what Route 53 would not take of a plan's aliases; empty if there is nothing. */
  public static Optional<String> unsuitable(SwitchSpec spec) {
    Aliases aliases = of(spec);
    for (Side side : Side.values()) {
      for (RecordSet set : spec.plain(side)) {
        for (Alias alias : Alias.in(set)) {
          Optional<String> fault = unsuitable(spec, aliases, set, alias);
          if (fault.isPresent()) {
            return fault;
          }
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> unsuitable(
      SwitchSpec spec, Aliases aliases, RecordSet set, Alias alias) {
    String place = "%s %s".formatted(set.name(), set.type());
    if (set.values().size() > 1 || !TYPES.contains(set.type())) {
      return Optional.of(
          "Expected an alias to be all that an A or AAAA set holds, but %s holds %s"
              .formatted(place, set.values()));
    }
    boolean within = alias.name().equals(spec.zone()) || alias.name().endsWith("." + spec.zone());
    if (aliases.isInside(alias) != within) {
      return Optional.of(
          "Expected the alias of %s to name the hosted zone that %s is in, but it names %s: a record of %s has this zone's own id, %s, and nothing else has"
              .formatted(place, alias.name(), alias.hostedZone(), spec.zone(), aliases.zone()));
    }
    return alias.name().equals(set.name())
        ? Optional.of(
            "Expected %s to be an alias of another name, but it is its own".formatted(place))
        : Optional.empty();
  }
}
