package dev.cutover.contract;

import java.util.List;
import java.util.Optional;

/**
 * One DNS name, backend or listener that moves, with its record sets on each side. All its types
 * move as one unit.
 *
 * @param name as in {@link RecordSet}
 * @param source the sets while the source serves; their TTL is not compared
 * @param target the sets while the target serves
 * @param managedBy who else keeps them, as the plan says; empty when it says nothing
 */
public record SwitchedName(
    String name, List<RecordSet> source, List<RecordSet> target, Optional<ManagedBy> managedBy) {
  public SwitchedName {
    source = List.copyOf(source);
    target = List.copyOf(target);
  }

  /** A name of whose keeper the plan says nothing. */
  public SwitchedName(String name, List<RecordSet> source, List<RecordSet> target) {
    this(name, source, target, Optional.empty());
  }

  /** The same name with other sets. */
  public SwitchedName withSets(List<RecordSet> otherSource, List<RecordSet> otherTarget) {
    return new SwitchedName(name, otherSource, otherTarget, managedBy);
  }

  /** The sets while that side serves. */
  public List<RecordSet> sets(Side side) {
    return side == Side.SOURCE ? source : target;
  }
}
