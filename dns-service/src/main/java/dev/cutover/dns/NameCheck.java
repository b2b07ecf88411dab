package dev.cutover.dns;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.AuthorityLook.Chain;
import dev.cutover.dns.domain.proof.AuthorityJudge;
import dev.cutover.dns.domain.proof.AuthorityJudge.Reference;
import dev.cutover.dns.domain.proof.DnsProbe;
import dev.cutover.dns.domain.proof.DnsProbe.Query;
import dev.cutover.dns.domain.proof.DnsProbe.QueryType;
import dev.cutover.dns.domain.proof.DnsProbe.Reply;
import dev.cutover.dns.domain.proof.DnsProbe.Transport;
import dev.cutover.dns.domain.proof.Expected;
import dev.cutover.dns.domain.proof.Finding;
import dev.cutover.dns.domain.proof.Inquiry;
import dev.cutover.dns.domain.proof.NameReport;
import dev.cutover.dns.domain.proof.Reading;
import dev.cutover.dns.domain.proof.ResolverJudge;
import dev.cutover.dns.domain.proof.ResolverJudge.Last;
import dev.cutover.dns.domain.proof.Server;
import dev.cutover.dns.domain.proof.SignatureJudge;
import dev.cutover.dns.domain.proof.Undiscovered;
import dev.cutover.dns.domain.proof.Verdict;
import dev.cutover.dns.domain.proof.WatchMemory;
import dev.cutover.dns.domain.proof.WatchMemory.Change;
import dev.cutover.runtime.Pace;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Proves on the wire what is served of a name, without a cutover and without changing anything.
 *
 * <p>Authorities first; a resolver is asked only once every authority that answers serves what it
 * should, and only for what is there: it remembers what it gets, an absence too (trap 13).
 */
public final class NameCheck {
  private final ProbePoll poll;
  private final AuthorityLook authorities;
  private final InstantSource clock;

  /**
   * @param start resolvers through which the authorities are found
   */
  public NameCheck(DnsProbe probe, List<ServerAddress> start, InstantSource clock, Pace pace) {
    this.poll = new ProbePoll(probe, pace);
    this.authorities = new AuthorityLook(poll, new ZoneDiscovery(poll, start));
    this.clock = clock;
  }

  /**
   * One look.
   *
   * @param memory with what this look has shown
   * @param changes since the look before
   * @param ttlSeconds the highest TTL that the authorities give with what should be served
   */
  public record Look(NameReport report, WatchMemory memory, List<Change> changes, int ttlSeconds) {
    public Look {
      changes = List.copyOf(changes);
    }

    /** When no honest cache can hold the old records any more; empty if not known yet. */
    public Optional<Instant> overAt() {
      return memory.overAt(ttlSeconds);
    }
  }

  /**
   * @throws Undiscovered if nobody was found who answers for the name
   */
  public Look look(Inquiry inquiry, WatchMemory before) throws Undiscovered, InterruptedException {
    Chain chain = authorities.look(inquiry, before);
    Instant judgedAt = clock.instant();
    boolean converged =
        chain.everywhere()
            && chain.findings().stream()
                .allMatch(f -> f.holds() || f.verdict() == Verdict.UNTESTED);
    WatchMemory memory = chain.memory().judged(converged, judgedAt);
    Map<RecordType, ResolverJudge.Question> questions =
        chain.everywhere()
            ? questions(inquiry, chain, memory.with(inquiry.expected()), memory)
            : Map.of();
    List<Finding> resolvers = resolvers(inquiry, chain, questions, memory);
    Instant now = clock.instant();
    NameReport report =
        NameReport.of(
            now,
            chain.links(),
            chain.findings(),
            resolvers,
            !inquiry.resolvers().isEmpty(),
            inquiry.expected(),
            inquiry.quorums(),
            SignatureJudge.judge(chain.first(), now, inquiry.window()),
            chain.notes());
    return new Look(
        report,
        memory.after(report),
        memory.changes(report),
        chain.last().orElse(chain.firstReferences()).values().stream()
            .mapToInt(Reference::ttlSeconds)
            .max()
            .orElse(0));
  }

  /** What resolvers are asked: never for what is not there, unless its absence is expected. */
  private static Map<RecordType, ResolverJudge.Question> questions(
      Inquiry inquiry, Chain chain, Expected expected, WatchMemory memory) {
    Map<RecordType, ResolverJudge.Question> questions = new EnumMap<>(RecordType.class);
    String lastName = chain.links().getLast().name();
    for (RecordType type : inquiry.types()) {
      boolean alias = !chain.hops().isEmpty() && type == RecordType.CNAME;
      String name = alias ? inquiry.name() : lastName;
      Optional<Reference> reference =
          alias
              ? Optional.ofNullable(chain.firstReferences().get(type))
              : chain.last().map(last -> last.get(type));
      boolean absence = expected.wantedOf(type).filter(List::isEmpty).isPresent();
      if (reference.isPresent() && reference.get().values().isEmpty() && !absence) {
        continue;
      }
      if (reference.isEmpty() && !questions.isEmpty()) {
        continue; // the aliases on the way are the same for each type
      }
      questions.put(
          type,
          new ResolverJudge.Question(
              alias ? List.of() : chain.hops(),
              reference.map(r -> new Last(name, r.values(), r.ttlSeconds())),
              expected.wantedOf(type).isPresent(),
              expected.oldOf(type),
              memory.oldTtlSeconds(),
              memory.convergedAt()));
    }
    return questions;
  }

  private List<Finding> resolvers(
      Inquiry inquiry,
      Chain chain,
      Map<RecordType, ResolverJudge.Question> questions,
      WatchMemory memory)
      throws InterruptedException {
    List<Query> queries = new ArrayList<>();
    List<Reading> asked = new ArrayList<>();
    Set<RecordType> types = questions.keySet();
    for (Server server : inquiry.resolvers()) {
      for (RecordType type : types) {
        queries.add(ProbePoll.ofResolver(server.address(), inquiry.name(), QueryType.of(type)));
      }
    }
    List<Reply> replies = poll.ask(queries);
    Instant now = clock.instant();
    int n = 0;
    for (Server server : inquiry.resolvers()) {
      for (RecordType type : types) {
        asked.add(new Reading(server, Transport.UDP, inquiry.name(), type, replies.get(n++)));
      }
    }
    boolean version6 =
        AuthorityJudge.answers(asked, true) || AuthorityJudge.answers(chain.first(), true);
    List<Finding> findings = new ArrayList<>();
    for (Reading reading : asked) {
      ResolverJudge.Question question = questions.get(reading.type());
      if (question != null) {
        findings.add(
            ResolverJudge.judge(
                question,
                reading,
                version6 || !reading.server().isVersion6(),
                memory.copyOf(reading),
                now));
      }
    }
    return findings;
  }
}
