package dev.cutover.dns.route53;

import java.util.List;
import java.util.Optional;

/**
 * A record set as Route 53 keeps it.
 *
 * @param name absolute, lower case, with the API's octal escapes
 * @param identifier of a weighted set; empty for a simple one
 * @param weight of a weighted set
 * @param aliasTarget instead of TTL and values
 * @param ttl in seconds; empty for an alias
 * @param values in the order in which they were given
 */
public record StoredSet(
    String name,
    String type,
    String identifier,
    Optional<Long> weight,
    Optional<String> aliasTarget,
    Optional<Long> ttl,
    List<String> values) {

  public StoredSet {
    values = List.copyOf(values);
  }

  /** What there can be one of. */
  public record StoredKey(String name, String type, String identifier) {}

  StoredKey key() {
    return new StoredKey(name, type, identifier);
  }

  /** Whether both hold the same; values in any order, case of names aside. */
  boolean isExactly(StoredSet other) {
    return key().equals(other.key())
        && weight.equals(other.weight())
        && aliasTarget.equals(other.aliasTarget())
        && ttl.equals(other.ttl())
        && values.stream().sorted().toList().equals(other.values().stream().sorted().toList());
  }

  /** As the API names it in its messages. */
  String named() {
    return identifier.isEmpty()
        ? "[name='%s', type='%s']".formatted(name, type)
        : "[name='%s', type='%s', set-identifier='%s']".formatted(name, type, identifier);
  }
}
