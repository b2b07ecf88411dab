package dev.cutover.dns.domain;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What no zone can hold, whoever serves it. Pure; expects normal sets ({@link RecordSets}). */
public final class SwitchRules {
  private SwitchRules() {}

  /** Says what no server can do with this plan; empty if it can be done. */
  public static Optional<String> unsuitable(SwitchSpec spec) {
    for (SwitchedName name : spec.names()) {
      boolean inside =
          name.name().equals(spec.zone())
              || name.name().endsWith("." + spec.zone())
              || RecordSets.typesOf(name).contains(RecordType.SERVER); // is in no zone
      if (!inside) {
        return Optional.of(
            "Expected names within zone %s, but got %s".formatted(spec.zone(), name.name()));
      }
      for (Side side : Side.values()) {
        Optional<String> fault = unsuitable(spec, name, side);
        if (fault.isPresent()) {
          return fault;
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> unsuitable(SwitchSpec spec, SwitchedName name, Side side) {
    List<RecordSet> sets = name.sets(side).stream().filter(s -> !s.values().isEmpty()).toList();
    String place = "%s on the %s".formatted(name.name(), side.name().toLowerCase(Locale.ROOT));
    if (sets.isEmpty()) {
      return Optional.of("Expected at least one record for %s, but got none".formatted(place));
    }
    if (sets.stream().anyMatch(set -> !set.name().equals(name.name()))) {
      return Optional.of(
          "Expected only records of that name for %s, but got %s"
              .formatted(place, RecordSets.describe(sets)));
    }
    Optional<RecordSet> alias = sets.stream().filter(s -> s.type() == RecordType.CNAME).findAny();
    if (alias.isEmpty()) {
      return Optional.empty();
    }
    if (sets.size() > 1 || alias.get().values().size() > 1) {
      return Optional.of(
          "Expected a CNAME to be the only record of %s, but got %s"
              .formatted(place, RecordSets.describe(sets)));
    }
    return name.name().equals(spec.zone())
        ? Optional.of(
            "Expected addresses at the zone's apex, but %s has a CNAME, which no server takes there"
                .formatted(place))
        : Optional.empty();
  }
}
