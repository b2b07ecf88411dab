package dev.cutover.dns.route53;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A record set as Route 53 keeps it.
 *
 * @param name absolute, lower case, with the API's octal escapes
 * @param identifier of a weighted set; empty for a simple one
 * @param weight of a weighted set
 * @param aliasTarget instead of TTL and values
 * @param healthCheck id of a health check; empty where there is none
 * @param ttl in seconds; empty for an alias
 * @param values in the order in which they were given
 */
public record StoredSet(
    String name,
    String type,
    String identifier,
    Optional<Long> weight,
    Optional<Target> aliasTarget,
    Optional<String> healthCheck,
    Optional<Long> ttl,
    List<String> values) {

  public StoredSet {
    values = List.copyOf(values);
  }

  /** A set without a health check. */
  public StoredSet(
      String name,
      String type,
      String identifier,
      Optional<Long> weight,
      Optional<Target> aliasTarget,
      Optional<Long> ttl,
      List<String> values) {
    this(name, type, identifier, weight, aliasTarget, Optional.empty(), ttl, values);
  }

  /** API AliasTarget: all of it is needed. */
  public record Target(String hostedZone, String dnsName, boolean evaluateTargetHealth) {}

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
        && healthCheck.equals(other.healthCheck())
        && ttl.equals(other.ttl())
        && values.stream().sorted().toList().equals(other.values().stream().sorted().toList());
  }

  /** What name servers answer with; empty where it is no simple set of a type that is switched. */
  Optional<RecordSet> served() {
    if (!identifier.isEmpty() || ttl.isEmpty()) {
      return Optional.empty();
    }
    return Stream.of(RecordType.values())
        .filter(t -> t.name().equals(type))
        .findFirst()
        .map(
            t ->
                new RecordSet(
                    name.replace("\\052", "*"),
                    t,
                    Math.toIntExact(ttl.get()),
                    values.stream().map(this::absolute).toList()));
  }

  /**
   * DG "Supported DNS record types": names in values are absolute, with the final dot or without.
   */
  private String absolute(String value) {
    return type.equals("CNAME") && !value.endsWith(".") ? value + "." : value;
  }

  /** As the API names it in its messages. */
  String named() {
    return identifier.isEmpty()
        ? "[name='%s', type='%s']".formatted(name, type)
        : "[name='%s', type='%s', set-identifier='%s']".formatted(name, type, identifier);
  }
}
