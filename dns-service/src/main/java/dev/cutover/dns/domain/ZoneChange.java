package dev.cutover.dns.domain;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * One conditional change: all of it happens, or nothing.
 *
 * @param required sets that must exist with exactly these values; TTL is not compared, as RFC 2136
 *     can't (trap 17)
 * @param absent sets that must not exist
 * @param deleted sets that go; always before the additions, or a CNAME empties the name (trap 16)
 * @param withdrawn single records that are known to be absent: they change nothing and prove the
 *     right to change sets of that name and type
 * @param added sets that come, with TTL
 */
public record ZoneChange(
    List<RecordSet> required,
    List<SetKey> absent,
    List<SetKey> deleted,
    List<RecordSet> withdrawn,
    List<RecordSet> added) {
  public ZoneChange {
    required = List.copyOf(required);
    absent = List.copyOf(absent);
    deleted = List.copyOf(deleted);
    withdrawn = List.copyOf(withdrawn);
    added = List.copyOf(added);
  }

  /** Whether there is nothing to change. */
  public boolean isEmpty() {
    return deleted.isEmpty() && added.isEmpty();
  }

  /** The same prerequisites, changing nothing. */
  public ZoneChange withoutEffect() {
    return new ZoneChange(required, absent, List.of(), List.of(), List.of());
  }

  /**
   * Why what was read does not meet the conditions; empty if it does.
   *
   * @param found all sets that were read, those of marks included
   */
  public Optional<String> unmet(Collection<RecordSet> found) {
    for (RecordSet set : required) {
      List<String> values = RecordSets.valuesOf(found, set.name(), set.type());
      if (!values.equals(set.values())) {
        return Optional.of(
            "%s %s holds %s, not %s".formatted(set.name(), set.type(), values, set.values()));
      }
    }
    for (SetKey key : absent) {
      List<String> values = RecordSets.valuesOf(found, key.name(), key.type());
      if (!values.isEmpty()) {
        return Optional.of("%s %s holds %s, not nothing".formatted(key.name(), key.type(), values));
      }
    }
    return Optional.empty();
  }

  /** Name and type of a set. */
  public record SetKey(String name, RecordType type) {}
}
