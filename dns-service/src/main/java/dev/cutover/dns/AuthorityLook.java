package dev.cutover.dns;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.domain.proof.AuthorityJudge;
import dev.cutover.dns.domain.proof.AuthorityJudge.Judged;
import dev.cutover.dns.domain.proof.AuthorityJudge.Reference;
import dev.cutover.dns.domain.proof.DnsProbe.Entry;
import dev.cutover.dns.domain.proof.DnsProbe.Given;
import dev.cutover.dns.domain.proof.DnsProbe.Query;
import dev.cutover.dns.domain.proof.DnsProbe.QueryType;
import dev.cutover.dns.domain.proof.DnsProbe.Reply;
import dev.cutover.dns.domain.proof.DnsProbe.Transport;
import dev.cutover.dns.domain.proof.Finding;
import dev.cutover.dns.domain.proof.Inquiry;
import dev.cutover.dns.domain.proof.NameParts;
import dev.cutover.dns.domain.proof.NameReport.Link;
import dev.cutover.dns.domain.proof.Reading;
import dev.cutover.dns.domain.proof.ResolverJudge.Hop;
import dev.cutover.dns.domain.proof.Server;
import dev.cutover.dns.domain.proof.Undiscovered;
import dev.cutover.dns.domain.proof.WatchMemory;
import dev.cutover.dns.domain.proof.ZoneAuthorities;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Asks every authority of a name, and of what it is an alias of, to the end. */
final class AuthorityLook {
  /** Resolvers give up at about as many. */
  private static final int LINKS_MAX = 8;

  private final ProbePoll poll;
  private final ZoneDiscovery discovery;

  /** Who answers for a name changes seldom: found once. */
  private final Map<String, ZoneAuthorities> found = new HashMap<>();

  AuthorityLook(ProbePoll poll, ZoneDiscovery discovery) {
    this.poll = poll;
    this.discovery = discovery;
  }

  /**
   * What all authorities of the chain serve.
   *
   * @param first what those of the name itself replied
   * @param firstReferences by type, at the name itself
   * @param last by type, at the end of the chain; empty if that could not be asked
   */
  record Chain(
      List<Link> links,
      List<Finding> findings,
      List<Hop> hops,
      List<Reading> first,
      Map<RecordType, Reference> firstReferences,
      Optional<Map<RecordType, Reference>> last,
      boolean evidence,
      Set<String> notes,
      WatchMemory memory) {

    /** Whether every authority that answered serves what it should. */
    boolean everywhere() {
      return evidence
          && firstReferences.values().stream().allMatch(Reference::everywhere)
          && last.stream().flatMap(l -> l.values().stream()).allMatch(Reference::everywhere);
    }
  }

  Chain look(Inquiry inquiry, WatchMemory before) throws Undiscovered, InterruptedException {
    List<Link> links = new ArrayList<>();
    List<Finding> findings = new ArrayList<>();
    List<Hop> hops = new ArrayList<>();
    List<Reading> first = new ArrayList<>();
    Map<RecordType, Reference> firstReferences = new LinkedHashMap<>();
    Optional<Map<RecordType, Reference>> last = Optional.empty();
    Set<String> notes = new LinkedHashSet<>();
    Set<String> seen = new LinkedHashSet<>();
    boolean evidence = true;
    WatchMemory memory = before;
    Optional<String> next = Optional.of(inquiry.name());
    while (next.isPresent()) {
      String name = next.get();
      Optional<ZoneAuthorities> zone = zoneOf(name, inquiry, links, notes);
      if (zone.isEmpty()) {
        break;
      }
      List<Reading> readings = readings(name, inquiry.types(), zone.get().servers());
      memory = memory.learn(readings, inquiry.expected());
      Judged judged =
          AuthorityJudge.judge(readings, serials(zone.get()), memory.with(inquiry.expected()));
      if (seen.isEmpty()) {
        first.addAll(readings);
        firstReferences.putAll(judged.references());
      }
      seen.add(name);
      findings.addAll(judged.findings());
      notes.addAll(zone.get().notes());
      notes.addAll(judged.notes());
      evidence &= judged.evidence();
      links.add(
          new Link(
              name,
              zone.get().zone(),
              zone.get().parentHosts(),
              zone.get().apexHosts(),
              judged.alias()));
      next = judged.alias();
      if (next.isEmpty()) {
        last = Optional.of(judged.references());
      } else {
        int ttlSeconds =
            judged.references().values().stream().mapToInt(Reference::ttlSeconds).max().orElse(0);
        hops.add(new Hop(name, next.get(), ttlSeconds));
        if (seen.contains(next.get()) || links.size() == LINKS_MAX) {
          notes.add(
              "Expected the aliases of %s to end, but they %s"
                  .formatted(
                      inquiry.name(),
                      seen.contains(next.get())
                          ? "lead in a circle"
                          : "are more than " + LINKS_MAX));
          next = Optional.empty();
        }
      }
    }
    wildcard(inquiry, links.getFirst(), first).ifPresent(notes::add);
    return new Chain(links, findings, hops, first, firstReferences, last, evidence, notes, memory);
  }

  /** Empty, with a note, when an alias leads to where nobody can be asked. */
  private Optional<ZoneAuthorities> zoneOf(
      String name, Inquiry inquiry, List<Link> links, Set<String> notes)
      throws Undiscovered, InterruptedException {
    ZoneAuthorities known = found.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    boolean named = !inquiry.authorities().isEmpty();
    if (named && !links.isEmpty() && !NameParts.isWithin(name, links.getFirst().zone())) {
      notes.add(
          "%s is another zone's, whose authorities were not asked: those named are of %s"
              .formatted(name, links.getFirst().zone()));
      return Optional.empty();
    }
    try {
      ZoneAuthorities zone =
          named ? discovery.named(name, inquiry.authorities()) : discovery.find(name);
      found.put(name, zone);
      return Optional.of(zone);
    } catch (Undiscovered e) {
      if (links.isEmpty()) {
        throw e;
      }
      notes.add("The end of the chain was not compared. " + e.getMessage());
      return Optional.empty();
    }
  }

  private List<Reading> readings(String name, List<RecordType> types, List<Server> servers)
      throws InterruptedException {
    List<Reading> asked = new ArrayList<>();
    List<Query> queries = new ArrayList<>();
    for (Server server : servers) {
      for (RecordType type : types) {
        for (Transport transport : Transport.values()) {
          Query query =
              ProbePoll.ofAuthority(server.address(), transport, name, QueryType.of(type));
          queries.add(query);
        }
      }
    }
    List<Reply> replies = poll.ask(queries);
    int n = 0;
    for (Server server : servers) {
      for (RecordType type : types) {
        for (Transport transport : Transport.values()) {
          asked.add(new Reading(server, transport, name, type, replies.get(n++)));
        }
      }
    }
    return asked;
  }

  private Map<ServerAddress, Long> serials(ZoneAuthorities zone) throws InterruptedException {
    Map<ServerAddress, Long> serials = new LinkedHashMap<>();
    if (zone.zone().isEmpty()) {
      return serials;
    }
    List<Query> queries =
        zone.servers().stream()
            .map(s -> ProbePoll.ofAuthority(s.address(), Transport.UDP, zone.zone(), QueryType.SOA))
            .toList();
    List<Reply> replies = poll.ask(queries);
    for (int n = 0; n < queries.size(); n++) {
      if (replies.get(n) instanceof Given given && given.authoritative()) {
        ServerAddress server = queries.get(n).server();
        given.soa().ifPresent(soa -> serials.put(server, soa.serial()));
      }
    }
    return serials;
  }

  /** Says so when the name may be there by a wildcard only: its records look the same. */
  private Optional<String> wildcard(Inquiry inquiry, Link link, List<Reading> readings) {
    String pattern = "*." + NameParts.parent(link.name());
    if (link.name().equals(link.zone()) || link.name().equals(pattern)) {
      return Optional.empty();
    }
    for (Reading reading : readings) {
      if (reading.reply() instanceof Given given && given.authoritative()) {
        QueryType type = QueryType.of(reading.type());
        List<String> own = values(given, link.name(), type);
        if (!own.isEmpty()
            && poll.ask(
                    ProbePoll.ofAuthority(reading.server().address(), Transport.UDP, pattern, type))
                instanceof Given wild
            && values(wild, pattern, type).equals(own)) {
          return Optional.of(
              "The zone has %s with the same %s records: %s may be there by the wildcard only"
                  .formatted(pattern, reading.type(), inquiry.name()));
        }
      }
    }
    return Optional.empty();
  }

  private static List<String> values(Given given, String name, QueryType type) {
    return given.answer().stream()
        .filter(entry -> entry.type() == type && entry.name().equals(name))
        .map(Entry::value)
        .sorted()
        .toList();
  }
}
