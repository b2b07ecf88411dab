package dev.cutover.dns;

import dev.cutover.contract.FailureKind;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchProof;
import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchProvider.CloudflarePools;
import dev.cutover.contract.SwitchProvider.Designate;
import dev.cutover.contract.SwitchProvider.HaProxy;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchProvider.TargetGroups;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.proof.DnsProbe;
import dev.cutover.dns.domain.proof.DnsProbe.Query;
import dev.cutover.dns.domain.proof.DnsProbe.QueryType;
import dev.cutover.dns.domain.proof.DnsProbe.Reply;
import dev.cutover.dns.domain.proof.DnsProbe.Silence;
import dev.cutover.dns.domain.proof.DnsProbe.Silent;
import dev.cutover.dns.domain.proof.DnsProbe.Transport;
import dev.cutover.dns.domain.proof.SignatureTerm;
import dev.cutover.dns.domain.proof.SignatureTerm.Asked;
import dev.cutover.runtime.Pace;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks whether the signatures of a signed zone last until a cutover is over: a validating resolver
 * refuses records whose signature has ended, on either side (trap 33). Changes nothing.
 */
public final class SignatureLook {
  /** For how long, where an order does not tell when its cutover is over. */
  private static final Duration USUAL = Duration.ofHours(24);

  /** Each server that says nothing keeps one waiting. */
  private static final Duration LOOK_MAX = Duration.ofSeconds(10);

  private final ProbePoll poll;
  private final InstantSource clock;
  private final Pace pace;

  public SignatureLook(DnsProbe probe, InstantSource clock, Pace pace) {
    this.poll = new ProbePoll(probe, pace);
    this.clock = clock;
    this.pace = pace;
  }

  /**
   * Compares, where there is something to be seen. One question tells of a zone that it is not
   * signed.
   *
   * @param servers every address of the zone's authorities
   * @param signedUntil when the cutover is over, but for TTLs
   * @param ttls what of TTLs is waited out
   * @param within at most half of it is used up
   * @return what was seen, or why nothing was; empty where nobody signs beforehand
   * @throws SwitchFailure UNSUITABLE when a signature ends before the cutover does, unless the plan
   *     says that they are renewed
   */
  Optional<String> look(
      SwitchSpec spec,
      List<ServerAddress> servers,
      Optional<Instant> signedUntil,
      Duration ttls,
      Duration within)
      throws SwitchFailure, InterruptedException {
    if (!isSignedBeforehand(spec.provider())) {
      return Optional.empty();
    }
    Duration half = within.dividedBy(2);
    long endNanos = pace.nanoTime() + (half.compareTo(LOOK_MAX) < 0 ? half : LOOK_MAX).toNanos();
    List<Asked> apex = apex(spec.zone(), servers, endNanos);
    if (apex.stream().noneMatch(asked -> SignatureTerm.isOwn(asked.reply()))) {
      return Optional.of(
          "whether the zone is signed was not seen: "
              + String.join(", ", SignatureTerm.of(apex).silent()));
    }
    if (!SignatureTerm.isSigned(apex.getLast())) {
      return Optional.of("the zone is not signed");
    }
    SignatureTerm term = SignatureTerm.of(everything(spec, servers, endNanos));
    Instant until =
        signedUntil
            .orElseGet(() -> clock.instant().plus(USUAL))
            .plus(ttls)
            .truncatedTo(ChronoUnit.SECONDS);
    Optional<String> fault = term.fault(spec.zone(), until);
    if (fault.isPresent() && spec.proof().map(SwitchProof::signaturesRequired).orElse(true)) {
      throw new SwitchFailure(FailureKind.UNSUITABLE, fault.get(), false);
    }
    return fault.or(() -> Optional.of(term.sentence()));
  }

  /** Others sign each answer when they give it, for hours or days: what is seen tells nothing. */
  private static boolean isSignedBeforehand(SwitchProvider provider) {
    return switch (provider) {
      case Rfc2136 _, Designate _ -> true;
      case Route53 _, Cloudflare _, CloudflarePools _, HaProxy _, TargetGroups _ -> false;
    };
  }

  /** One after the other, until one answers for itself. */
  private List<Asked> apex(String zone, List<ServerAddress> servers, long endNanos) {
    List<Asked> all = new ArrayList<>();
    for (ServerAddress server : servers) {
      Query query = ProbePoll.ofAuthority(server, Transport.UDP, zone, QueryType.SOA);
      Reply reply = poll.ask(query);
      all.add(new Asked(query, reply));
      if (SignatureTerm.isOwn(reply) || pace.nanoTime() >= endNanos) {
        break;
      }
    }
    return all;
  }

  /** Server by server: what is switched, and what every answer of the zone depends on. */
  private List<Asked> everything(SwitchSpec spec, List<ServerAddress> servers, long endNanos)
      throws InterruptedException {
    List<Asked> all = new ArrayList<>();
    for (ServerAddress server : servers) {
      List<Query> queries = new ArrayList<>();
      queries.add(ProbePoll.ofAuthority(server, Transport.UDP, spec.zone(), QueryType.SOA));
      queries.add(ProbePoll.ofAuthority(server, Transport.UDP, spec.zone(), QueryType.DNSKEY));
      for (RecordSet set : spec.plain(Side.SOURCE)) {
        queries.add(
            ProbePoll.ofAuthority(server, Transport.UDP, set.name(), QueryType.of(set.type())));
      }
      if (pace.nanoTime() >= endNanos) {
        all.add(new Asked(queries.getFirst(), new Silent(Silence.NO_ANSWER, "no time was left")));
        continue;
      }
      List<Reply> replies = poll.ask(queries);
      for (int n = 0; n < replies.size(); n++) {
        all.add(new Asked(queries.get(n), replies.get(n)));
      }
    }
    return all;
  }
}
