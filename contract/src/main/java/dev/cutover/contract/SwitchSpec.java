package dev.cutover.contract;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/**
 * How traffic is switched: a DNS zone, a balancer's backend or listeners, and who takes the
 * changes.
 *
 * @param zone absolute, with the final dot; of a backend its name and a dot; of listeners the API's
 * @param provider who takes the changes
 * @param authorities every server that answers for the zone and must converge; never empty
 * @param resolvers caches whose verdicts are reported; one of these that lags never fails a switch
 * @param loweredTtlSeconds TTL during the cutover
 * @param weighted whether parts of the traffic move: the records are then prepared as a {@link
 *     Split}, and stay one until the cutover ends
 * @param proof what beside the authorities has to be seen before the switch counts as proven; empty
 *     when they suffice
 * @param views what other people are given for the same names; they move with it, each by a change
 *     of its own
 */
public record SwitchSpec(
    String zone,
    SwitchProvider provider,
    List<SwitchedName> names,
    List<ServerAddress> authorities,
    List<ServerAddress> resolvers,
    int loweredTtlSeconds,
    boolean weighted,
    Optional<SwitchProof> proof,
    Optional<List<SwitchView>> views) {
  public SwitchSpec {
    views = views.map(List::copyOf);
    names = List.copyOf(names);
    authorities = List.copyOf(authorities);
    resolvers = List.copyOf(resolvers);
    Arguments.require(!names.isEmpty(), "Expected at least one name to switch, but got none");
    Arguments.require(!authorities.isEmpty(), "Expected at least one authority, but got none");
  }

  /** A switch that its authorities prove. */
  public SwitchSpec(
      String zone,
      SwitchProvider provider,
      List<SwitchedName> names,
      List<ServerAddress> authorities,
      List<ServerAddress> resolvers,
      int loweredTtlSeconds,
      boolean weighted) {
    this(
        zone,
        provider,
        names,
        authorities,
        resolvers,
        loweredTtlSeconds,
        weighted,
        Optional.empty(),
        Optional.empty());
  }

  /** A switch that moves all of the traffic or none. */
  public SwitchSpec(
      String zone,
      SwitchProvider provider,
      List<SwitchedName> names,
      List<ServerAddress> authorities,
      List<ServerAddress> resolvers,
      int loweredTtlSeconds) {
    this(zone, provider, names, authorities, resolvers, loweredTtlSeconds, false);
  }

  /**
   * A switch of a backend's servers, with weights. Nobody caches what a balancer does: TTLs are 0.
   *
   * @param instances every HAProxy that has the backend
   */
  public static SwitchSpec ofBackend(
      String backend, List<ServerAddress> instances, List<String> source, List<String> target) {
    String name = backend + ".";
    return new SwitchSpec(
        name,
        new SwitchProvider.HaProxy(backend, instances.getFirst()),
        List.of(balanced(name, source, target)),
        instances,
        List.of(),
        0,
        true);
  }

  /**
   * A switch of the target groups that listeners or rules forward to, with weights. Nobody caches
   * what a load balancer does: TTLs are 0.
   *
   * @param listeners ARNs of listeners and rules, in one region and account
   */
  public static SwitchSpec ofTargetGroups(
      String profile, List<String> listeners, List<String> source, List<String> target) {
    String region =
        SwitchProvider.TargetGroups.placeOf(listeners.getFirst()).replaceFirst("/.*", "");
    SwitchProvider.TargetGroups provider = new SwitchProvider.TargetGroups(region, profile);
    return new SwitchSpec(
        provider.writtenAt().host() + ".",
        provider,
        listeners.stream().map(arn -> balanced(arn + ".", source, target)).toList(),
        List.of(provider.writtenAt()),
        List.of(),
        0,
        true);
  }

  /**
   * A switch of the pools that load balancers of Cloudflare share requests out to, with weights.
   * Clients keep the edge's addresses, which stay: TTLs are 0.
   *
   * @param hosts absolute host names of the load balancers, in that zone
   * @param authorities the zone's name servers, which know the edge's addresses
   */
  public static SwitchSpec ofPools(
      String zone,
      SwitchProvider.CloudflarePools provider,
      List<String> hosts,
      List<ServerAddress> authorities,
      List<String> source,
      List<String> target) {
    return new SwitchSpec(
        zone,
        provider,
        hosts.stream().map(host -> balanced(host, source, target)).toList(),
        authorities,
        List.of(),
        0,
        true);
  }

  private static SwitchedName balanced(String name, List<String> source, List<String> target) {
    return new SwitchedName(
        name,
        List.of(new RecordSet(name, RecordType.SERVER, 0, source)),
        List.of(new RecordSet(name, RecordType.SERVER, 0, target)));
  }

  /** The same switch with weights. */
  public SwitchSpec withWeights() {
    return with(names, authorities, loweredTtlSeconds, true, proof);
  }

  /** The same switch with another TTL. */
  public SwitchSpec withLoweredTtlSeconds(int seconds) {
    return with(names, authorities, seconds, weighted, proof);
  }

  /** The same switch with other servers that must converge. */
  public SwitchSpec withAuthorities(List<ServerAddress> servers) {
    return with(names, servers, loweredTtlSeconds, weighted, proof);
  }

  /** The same switch of other sets. */
  public SwitchSpec withNames(List<SwitchedName> other) {
    return with(other, authorities, loweredTtlSeconds, weighted, proof);
  }

  /** The same switch of one of its names alone. */
  public SwitchSpec only(SwitchedName name) {
    return withNames(List.of(name));
  }

  /** The same switch with another proof. */
  public SwitchSpec withProof(SwitchProof other) {
    return with(names, authorities, loweredTtlSeconds, weighted, Optional.of(other));
  }

  /** The same switch with other views. */
  public SwitchSpec withViews(List<SwitchView> other) {
    return new SwitchSpec(
        zone,
        provider,
        names,
        authorities,
        resolvers,
        loweredTtlSeconds,
        weighted,
        proof,
        other.isEmpty() ? Optional.empty() : Optional.of(other));
  }

  /** What other people are given for the same names. */
  public List<SwitchView> everyView() {
    return views.orElse(List.of());
  }

  /** Each zone's switch by the name of its view; the first is the switch itself, without a name. */
  public SequencedMap<String, SwitchSpec> parts() {
    SequencedMap<String, SwitchSpec> parts = new LinkedHashMap<>();
    parts.put("", withViews(List.of()));
    everyView().forEach(view -> parts.put(view.name(), view.spec()));
    return parts;
  }

  private SwitchSpec with(
      List<SwitchedName> otherNames,
      List<ServerAddress> otherAuthorities,
      int ttlSeconds,
      boolean weights,
      Optional<SwitchProof> otherProof) {
    return new SwitchSpec(
        zone,
        provider,
        otherNames,
        otherAuthorities,
        resolvers,
        ttlSeconds,
        weights,
        otherProof,
        views);
  }

  /** The classes of resolvers that have to follow before the switch counts as proven. */
  public List<SwitchProof.ResolverClass> resolverClasses() {
    return proof.map(SwitchProof::classes).orElse(List.of());
  }

  /** Every resolver that is looked at, each once: those that are reported, and those of classes. */
  public List<ServerAddress> everyResolver() {
    return Stream.concat(
            resolvers.stream(), resolverClasses().stream().flatMap(of -> of.servers().stream()))
        .distinct()
        .toList();
  }

  /** The sets as they are stored during the cutover while all of the traffic is at that side. */
  public List<RecordSet> served(Side side) {
    return served(side == Side.SOURCE ? 0 : 100);
  }

  /**
   * The sets as they are stored during the cutover.
   *
   * @param weightPercent how much of the traffic the target has; between 0 and 100 only where the
   *     switch is weighted
   */
  public List<RecordSet> served(int weightPercent) {
    return at(weightPercent).stream().map(set -> set.withTtlSeconds(loweredTtlSeconds)).toList();
  }

  /** As {@link #served(int)}, for comparing values: the TTLs mean nothing. */
  public List<RecordSet> at(int weightPercent) {
    if (weighted) {
      return names.stream()
          .flatMap(name -> Split.sets(name.source(), name.target(), weightPercent).stream())
          .toList();
    }
    Arguments.require(
        weightPercent == 0 || weightPercent == 100,
        "Expected a switch with weights, but %d %% of the traffic of %s can't move"
            .formatted(weightPercent, zone));
    return plain(weightPercent == 0 ? Side.SOURCE : Side.TARGET);
  }

  /** One side's sets as the plan names them, without weights. */
  public List<RecordSet> plain(Side side) {
    return names.stream()
        .flatMap(name -> name.sets(side).stream())
        .filter(set -> !set.values().isEmpty())
        .toList();
  }

  /**
   * The captured sets as they are stored once TTLs are lowered: no TTL is raised, and a weighted
   * switch is at the source.
   */
  public List<RecordSet> lowered(List<RecordSet> captured) {
    return (weighted ? withTtls(at(0), captured) : captured)
        .stream()
            .map(set -> set.withTtlSeconds(Math.min(set.ttlSeconds(), loweredTtlSeconds)))
            .toList();
  }

  /** Sets that were not captured, or were aliases without a TTL, get the lowered TTL. */
  private List<RecordSet> withTtls(List<RecordSet> sets, List<RecordSet> captured) {
    return sets.stream()
        .map(
            set ->
                captured.stream()
                    .filter(c -> c.name().equals(set.name()) && c.type() == set.type())
                    .filter(c -> !c.aliased())
                    .findFirst()
                    .map(c -> set.withTtlSeconds(c.ttlSeconds()))
                    .orElseGet(() -> set.withTtlSeconds(loweredTtlSeconds)))
        .toList();
  }
}
