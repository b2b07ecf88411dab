package dev.cutover.dns;

import dev.cutover.contract.DnsReply.Delegation;
import dev.cutover.contract.DnsReply.Delegation.Standing;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProof;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.ParentDelegation;
import dev.cutover.dns.domain.ParentDelegation.Delegated;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.proof.DelegationJudge;
import dev.cutover.dns.domain.proof.DelegationJudge.Step;
import dev.cutover.dns.domain.proof.DnsProbe;
import dev.cutover.dns.domain.proof.DnsProbe.Query;
import dev.cutover.dns.domain.proof.DnsProbe.QueryType;
import dev.cutover.dns.domain.proof.DnsProbe.Reply;
import dev.cutover.dns.domain.proof.DnsProbe.Silence;
import dev.cutover.dns.domain.proof.DnsProbe.Silent;
import dev.cutover.dns.domain.proof.DnsProbe.Transport;
import dev.cutover.dns.domain.proof.Server;
import dev.cutover.dns.domain.proof.Undiscovered;
import dev.cutover.dns.domain.proof.ZoneAuthorities;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Looks at what the parent of a zone delegates to. Servers of the zones above are asked where the
 * zone belongs, and those that the parent names for the zone's SOA; nothing else. Changes nothing.
 */
public final class ParentLook {
  /** Where port 53 is closed on the way, each server keeps one waiting. */
  private static final Duration LOOK_MAX = Duration.ofSeconds(15);

  private final ProbePoll poll;
  private final ZoneDiscovery discovery;
  private final Pace pace;

  /**
   * @param start resolvers through which the zones above are found
   */
  ParentLook(DnsProbe probe, List<ServerAddress> start, Pace pace) {
    this.poll = new ProbePoll(probe, pace);
    this.discovery = new ZoneDiscovery(poll, start);
    this.pace = pace;
  }

  /**
   * Compares, where there is something to be seen.
   *
   * @param addresses of the plan's authorities, all of them
   * @param within at most half of it is used up
   * @throws SwitchFailure MISMATCH when the parent sends resolvers to somebody who answers and is
   *     not in the plan; where the plan asks for the parent's word, also when it differs at all,
   *     and INCONCLUSIVE when it can't be seen
   */
  Delegation look(SwitchSpec spec, List<ServerAddress> addresses, Duration within)
      throws SwitchFailure, InterruptedException {
    Duration half = within.dividedBy(2);
    Delegation seen = seen(spec, addresses, half.compareTo(LOOK_MAX) < 0 ? half : LOOK_MAX);
    if (!spec.proof().map(SwitchProof::parentRequired).orElse(false)) {
      return seen;
    }
    return switch (seen.standing()) {
      case AGREES -> seen;
      case DIFFERS -> throw new SwitchFailure(FailureKind.MISMATCH, seen.detail(), false);
      case UNSEEN ->
          throw new SwitchFailure(
              FailureKind.INCONCLUSIVE,
              "Expected to see what the parent of %s delegates to, as traffic.proof.parent asks, but: %s"
                  .formatted(spec.zone(), seen.detail()),
              true);
    };
  }

  private Delegation seen(SwitchSpec spec, List<ServerAddress> addresses, Duration within)
      throws SwitchFailure, InterruptedException {
    List<ServerAddress> parents = spec.proof().map(SwitchProof::parents).orElse(List.of());
    Optional<String> nobodys =
        parents.isEmpty() ? ParentDelegation.undelegated(spec.zone(), addresses) : Optional.empty();
    if (nobodys.isPresent()) {
      return unseen(nobodys.get());
    }
    Future<Found> looking = pace.fork("parent-look", () -> found(spec.zone(), parents));
    try {
      return judged(spec, addresses, looking.get(within.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return unseen("it was not found within %d ms".formatted(within.toMillis()));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Undiscovered undiscovered) {
        return unseen(undiscovered.reason());
      }
      throw new IllegalStateException("Expected a look at the parent, but it broke", e);
    } finally {
      looking.cancel(true); // no effect once it is over
    }
  }

  private record Found(ZoneAuthorities zone, List<Delegated> delegated) {}

  private Found found(String zone, List<ServerAddress> parents)
      throws Undiscovered, InterruptedException {
    ZoneAuthorities found =
        parents.isEmpty()
            ? discovery.find(zone)
            : discovery.below(
                parents.stream().map(at -> new Server(at, "", Server.AUTHORITY)).toList(), zone);
    List<Server> named =
        found.servers().stream()
            .filter(server -> found.parentHosts().contains(server.label()))
            .toList();
    List<Query> queries =
        named.stream()
            .map(s -> ProbePoll.ofAuthority(s.address(), Transport.UDP, zone, QueryType.SOA))
            .toList();
    List<Reply> replies = poll.ask(queries);
    List<Delegated> delegated = new ArrayList<>();
    for (int n = 0; n < named.size(); n++) {
      Server server = named.get(n);
      if (!(replies.get(n) instanceof Silent(Silence silence, String _))
          || silence != Silence.NO_ROUTE) {
        delegated.add(new Delegated(server.label(), server.address(), lame(zone, replies.get(n))));
      } // else this machine has no IPv6, which says nothing about the server (trap 30)
    }
    return new Found(found, delegated);
  }

  private static Optional<String> lame(String zone, Reply reply) {
    return switch (DelegationJudge.next(zone, zone, reply)) {
      case Step.Apex(String apex) when apex.equals(zone) -> Optional.empty();
      case Step.Apex(String apex) -> Optional.of("it answers for " + apex);
      case Step.Alias _, Step.Referral _ -> Optional.of("it sends one elsewhere");
      case Step.Cache _ -> Optional.of("a cache answers in its place");
      case Step.Nothing(String reason) -> Optional.of(reason);
    };
  }

  private static Delegation judged(SwitchSpec spec, List<ServerAddress> addresses, Found found)
      throws SwitchFailure {
    String zone = spec.zone();
    if (!found.zone().zone().equals(zone)) {
      return unseen(
          "the zones above lead to %s, and say nothing of %s".formatted(found.zone().zone(), zone));
    }
    if (found.zone().parentHosts().isEmpty()) {
      return unseen("the parent's servers answer for the zone themselves");
    }
    Optional<String> unasked =
        ParentDelegation.unasked(zone, spec.authorities(), addresses, found.delegated());
    if (unasked.isPresent()) {
      throw new SwitchFailure(FailureKind.MISMATCH, unasked.get(), false);
    }
    return ParentDelegation.told(
        zone,
        DelegationJudge.differences(zone, found.zone().parentHosts(), found.zone().apexHosts()),
        found.delegated());
  }

  private static Delegation unseen(String reason) {
    return new Delegation(Standing.UNSEEN, reason);
  }
}
