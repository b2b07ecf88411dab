package dev.cutover.dns;

import dev.cutover.contract.DnsReply.Delegation;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProof;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchView;
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
  private final Optional<ParentLook> parents;
  private final Pace pace;

  AuthorityCensus(DnsQueries queries, Pace pace) {
    this(queries, Optional.empty(), pace);
  }

  /**
   * @param parents empty where nobody looks at the zones above
   */
  AuthorityCensus(DnsQueries queries, Optional<ParentLook> parents, Pace pace) {
    this.queries = queries;
    this.parents = parents;
    this.pace = pace;
  }

  /** The switch with every address of its authorities in the place of their names. */
  SwitchSpec withAddresses(SwitchSpec spec) {
    List<ServerAddress> addresses = addresses(spec);
    return addresses.equals(spec.authorities()) ? spec : spec.withAuthorities(addresses);
  }

  /** The same of the switch and of each of its views. */
  SwitchSpec withEveryAddress(SwitchSpec spec) {
    return withAddresses(spec)
        .withViews(
            spec.everyView().stream()
                .map(
                    view -> new SwitchView(view.name(), view.vantage(), withAddresses(view.spec())))
                .toList());
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
        NameServers.missing(
            spec.zone(), "its NS records name", spec.authorities(), addresses, named);
    if (missing.isPresent()) {
      throw new SwitchFailure(FailureKind.MISMATCH, missing.get(), false);
    }
  }

  /**
   * The same of a view. The zones above a view are the plan's word: those that are found from the
   * root down are the public's, and delegate to the public's servers.
   *
   * @return empty where the plan names no server of a parent, or nobody looks
   * @throws SwitchFailure as {@link #delegation}; UNSUITABLE where the plan asks for the word of a
   *     parent that it does not name
   */
  Optional<Delegation> delegationOfView(SwitchSpec view, Duration within)
      throws SwitchFailure, InterruptedException {
    if (view.proof().map(SwitchProof::parents).filter(named -> !named.isEmpty()).isPresent()) {
      return delegation(view, within);
    }
    if (view.proof().map(SwitchProof::parentRequired).orElse(false)) {
      throw new SwitchFailure(
          FailureKind.UNSUITABLE,
          "Expected servers of the parent of %s, since those that are found from the root down say nothing of a view, but the plan names none in proof.parentServers"
              .formatted(view.zone()),
          false);
    }
    return Optional.empty();
  }

  /**
   * Looks at what the zone's parent delegates to.
   *
   * @return empty where nobody looks
   * @throws SwitchFailure as {@link ParentLook#look}; INCONCLUSIVE where the plan asks for the
   *     parent's word and nobody looks
   */
  Optional<Delegation> delegation(SwitchSpec spec, Duration within)
      throws SwitchFailure, InterruptedException {
    if (isBalancer(spec)) {
      return Optional.empty();
    }
    if (parents.isPresent()) {
      return Optional.of(parents.get().look(spec, addresses(spec), within));
    }
    if (spec.proof().map(SwitchProof::parentRequired).orElse(false)) {
      throw new SwitchFailure(
          FailureKind.INCONCLUSIVE,
          "Expected to see what the parent of %s delegates to, as traffic.proof.parent asks, but CUTOVER_DNS_PARENT_VIA switches that off"
              .formatted(spec.zone()),
          false);
    }
    return Optional.empty();
  }
}
