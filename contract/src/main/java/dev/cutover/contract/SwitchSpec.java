package dev.cutover.contract;

import java.util.List;

/**
 * How traffic is switched: a DNS zone, and who takes its changes.
 *
 * @param zone absolute, with the final dot
 * @param provider who takes the changes
 * @param authorities every server that answers for the zone and must converge; never empty
 * @param resolvers caches whose verdicts are reported; a cache that lags never fails a switch
 * @param loweredTtlSeconds TTL during the cutover
 */
public record SwitchSpec(
    String zone,
    SwitchProvider provider,
    List<SwitchedName> names,
    List<ServerAddress> authorities,
    List<ServerAddress> resolvers,
    int loweredTtlSeconds) {
  public SwitchSpec {
    names = List.copyOf(names);
    authorities = List.copyOf(authorities);
    resolvers = List.copyOf(resolvers);
    Arguments.require(!names.isEmpty(), "Expected at least one name to switch, but got none");
    Arguments.require(!authorities.isEmpty(), "Expected at least one authority, but got none");
  }

  /** The sets of one side as they are served during the cutover. */
  public List<RecordSet> served(Side side) {
    return names.stream()
        .flatMap(name -> name.sets(side).stream())
        .filter(set -> !set.values().isEmpty())
        .map(set -> set.withTtlSeconds(loweredTtlSeconds))
        .toList();
  }

  /** The captured sets as they are served once TTLs are lowered: no TTL is raised. */
  public List<RecordSet> lowered(List<RecordSet> captured) {
    return captured.stream()
        .map(set -> set.withTtlSeconds(Math.min(set.ttlSeconds(), loweredTtlSeconds)))
        .toList();
  }
}
