package dev.cutover.dns;

import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.DnsQueries;
import dev.cutover.dns.domain.NameServers;
import dev.cutover.dns.domain.NameServers.NameServer;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Sees to it that every server is asked that answers for a zone, at each of its addresses. */
final class AuthorityCensus {
  private final DnsQueries queries;
  private final Pace pace;

  AuthorityCensus(DnsQueries queries, Pace pace) {
    this.queries = queries;
    this.pace = pace;
  }

  /** The switch with every address of its authorities in the place of their names. */
  SwitchSpec withAddresses(SwitchSpec spec) {
    List<ServerAddress> addresses = addresses(spec);
    return addresses.equals(spec.authorities()) ? spec : spec.withAuthorities(addresses);
  }

  private List<ServerAddress> addresses(SwitchSpec spec) {
    if (isBalancer(spec)) {
      return spec.authorities();
    }
    return spec.authorities().stream()
        .flatMap(server -> queries.addresses(server).stream())
        .distinct()
        .toList();
  }

  /** Its places are no name servers: each has its own configuration. */
  private static boolean isBalancer(SwitchSpec spec) {
    if (spec.provider().probe().isPresent()) {
      return false; // name servers know where its edge is
    }
    return spec.names().stream()
        .flatMap(name -> Stream.concat(name.source().stream(), name.target().stream()))
        .anyMatch(set -> set.type() == RecordType.SERVER);
  }

  /**
   * Asks the plan's authorities who else answers for the zone. Those that say nothing are no
   * evidence: whether they serve what they should is looked at elsewhere.
   *
   * @param spec as the plan names its authorities
   * @throws SwitchFailure MISMATCH when the plan leaves one out
   */
  void requireAll(SwitchSpec spec, Duration within) throws SwitchFailure {
    if (isBalancer(spec)) {
      return;
    }
    long endNanos = pace.nanoTime() + within.toNanos();
    List<ServerAddress> addresses = addresses(spec);
    List<NameServer> named = new ArrayList<>();
    for (ServerAddress address : addresses) {
      Duration left = Duration.ofNanos(endNanos - pace.nanoTime());
      if (left.isPositive()) {
        named.addAll(queries.nameServers(address, spec.zone(), left));
      }
    }
    Optional<String> missing =
        NameServers.missing(spec.zone(), spec.authorities(), addresses, named);
    if (missing.isPresent()) {
      throw new SwitchFailure(FailureKind.MISMATCH, missing.get(), false);
    }
  }
}
