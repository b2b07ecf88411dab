package dev.cutover.dns.domain;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import java.util.List;

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

  /** Name and type of a set. */
  public record SetKey(String name, RecordType type) {}
}
