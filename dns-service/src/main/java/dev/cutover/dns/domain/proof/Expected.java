package dev.cutover.dns.domain.proof;

import dev.cutover.contract.RecordType;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the servers shall serve, and what they served before. Values are normal and sorted; a type
 * that is absent here is compared with what the authorities serve; an empty list says that there
 * shall be none.
 */
public record Expected(Map<RecordType, List<String>> wanted, Map<RecordType, List<String>> old) {
  /** Nothing is expected: servers are compared with each other. */
  public static final Expected NOTHING = new Expected(Map.of(), Map.of());

  public Expected {
    wanted = copy(wanted);
    old = copy(old);
  }

  private static Map<RecordType, List<String>> copy(Map<RecordType, List<String>> sets) {
    Map<RecordType, List<String>> sorted = new EnumMap<>(RecordType.class);
    sets.forEach((type, values) -> sorted.put(type, values.stream().sorted().toList()));
    return Map.copyOf(sorted);
  }

  /** What shall be served of that type; empty where nothing is expected. */
  public Optional<List<String>> wantedOf(RecordType type) {
    return Optional.ofNullable(wanted.get(type));
  }

  /** What was served before; empty where nothing is known. */
  public Optional<List<String>> oldOf(RecordType type) {
    return Optional.ofNullable(old.get(type));
  }

  /** Only what may be said of a name that is an alias. */
  Expected ofAlias() {
    return new Expected(only(wanted), only(old));
  }

  private static Map<RecordType, List<String>> only(Map<RecordType, List<String>> sets) {
    return sets.containsKey(RecordType.CNAME)
        ? Map.of(RecordType.CNAME, sets.get(RecordType.CNAME))
        : Map.of();
  }
}
