package dev.cutover.contract;

import java.util.List;

/**
 * One DNS name, backend or listener that moves, with its record sets on each side. All its types
 * move as one unit.
 *
 * @param name as in {@link RecordSet}
 * @param source the sets while the source serves; their TTL is not compared
 * @param target the sets while the target serves
 */
public record SwitchedName(String name, List<RecordSet> source, List<RecordSet> target) {
  public SwitchedName {
    source = List.copyOf(source);
    target = List.copyOf(target);
  }

  /** The sets while that side serves. */
  public List<RecordSet> sets(Side side) {
    return side == Side.SOURCE ? source : target;
  }
}
