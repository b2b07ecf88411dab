package dev.cutover.dns;

import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.domain.proof.DelegationJudge;
import dev.cutover.dns.domain.proof.DelegationJudge.Step;
import dev.cutover.dns.domain.proof.DnsProbe.Entry;
import dev.cutover.dns.domain.proof.DnsProbe.Given;
import dev.cutover.dns.domain.proof.DnsProbe.Query;
import dev.cutover.dns.domain.proof.DnsProbe.QueryType;
import dev.cutover.dns.domain.proof.DnsProbe.Reply;
import dev.cutover.dns.domain.proof.DnsProbe.Silent;
import dev.cutover.dns.domain.proof.DnsProbe.Transport;
import dev.cutover.dns.domain.proof.NameParts;
import dev.cutover.dns.domain.proof.Server;
import dev.cutover.dns.domain.proof.Undiscovered;
import dev.cutover.dns.domain.proof.ZoneAuthorities;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Finds the zone of a name and everybody who answers for it, from the top label down.
 *
 * <p>Resolvers are asked for the top label and for addresses of name servers only, never for the
 * name or what is above it: they would remember an absence that is about to end (trap 13).
 */
final class ZoneDiscovery {
  private static final int HOST_PORT = 53;

  private static final String ROOT = ".";

  /** Labels of a name are fewer in practice; a referral that leads nowhere must end. */
  private static final int HOPS_MAX = 12;

  /** Of each zone on the way; any answer will do there. */
  private static final int SERVERS_ON_THE_WAY = 6;

  private final ProbePoll poll;
  private final List<ServerAddress> resolvers;

  /**
   * @param resolvers where to begin; the first that answers counts
   */
  ZoneDiscovery(ProbePoll poll, List<ServerAddress> resolvers) {
    this.poll = poll;
    this.resolvers = List.copyOf(resolvers);
  }

  /** Finds them by delegation. */
  ZoneAuthorities find(String name) throws Undiscovered, InterruptedException {
    String top = NameParts.top(name);
    return down(top, name, addresses(nameServers(top), Map.of()));
  }

  /** Finds them by delegation from servers above, which a person has named. */
  ZoneAuthorities below(List<Server> above, String name) throws Undiscovered, InterruptedException {
    return down(ROOT, name, above);
  }

  private ZoneAuthorities down(String top, String name, List<Server> first)
      throws Undiscovered, InterruptedException {
    String zone = top;
    List<Server> servers = first;
    List<String> parentHosts = List.of();
    for (int hop = 0; hop < HOPS_MAX; hop++) {
      switch (firstStep(zone, name, servers)) {
        case Step.Referral(String child, List<String> delegated, var glue) -> {
          zone = child;
          parentHosts = delegated;
          servers = addresses(delegated, glue);
        }
        case Step.Apex(String apex) -> {
          // One server may serve parent and child: then it never says what the parent has.
          return whole(apex, servers, apex.equals(zone) ? parentHosts : List.of());
        }
        case Step.Alias() -> {
          String apex = apexAbove(name, servers);
          return whole(apex, servers, apex.equals(zone) ? parentHosts : List.of());
        }
        case Step.Cache() ->
            throw new Undiscovered(
                "Expected the servers of %s to answer for themselves, but a cache did in their place: port 53 is intercepted on the way from here. Nothing can be proven from this network: ask from another one"
                    .formatted(zone));
        case Step.Nothing(String reason) ->
            throw new Undiscovered(
                "Expected a server of %s to say where %s belongs, but: %s. Is port 53 closed on the way?"
                    .formatted(zone, name, reason),
                "--authority HOST names the authorities");
      }
    }
    throw new Undiscovered(
        "Expected to find the zone of %s within %d referrals, but they lead on"
            .formatted(name, HOPS_MAX));
  }

  /** Takes those that a person has named, and asks them for their zone only. */
  ZoneAuthorities named(String name, List<Server> servers)
      throws Undiscovered, InterruptedException {
    String apex =
        switch (firstStep(ROOT, name, servers)) {
          case Step.Apex(String found) -> found;
          case Step.Alias() -> apexAbove(name, servers);
          case Step.Cache() -> ""; // the findings say so, server by server
          case Step.Referral(String child, var _, var _) ->
              throw new Undiscovered(
                  "Expected authorities of %s, but those named only say that %s is another's zone"
                      .formatted(name, child));
          case Step.Nothing(String reason) ->
              throw new Undiscovered(
                  "Expected an authority of %s to answer, but none of those named did: %s"
                      .formatted(name, reason));
        };
    return new ZoneAuthorities(
        apex, servers, List.of(), apex.isEmpty() ? List.of() : apexHosts(apex, servers), List.of());
  }

  private ZoneAuthorities whole(String apex, List<Server> servers, List<String> parentHosts)
      throws InterruptedException {
    List<String> apexHosts = apexHosts(apex, servers);
    Set<String> hosts = new LinkedHashSet<>();
    servers.forEach(server -> hosts.add(server.label()));
    List<String> others = apexHosts.stream().filter(host -> !hosts.contains(host)).toList();
    Map<ServerAddress, Server> all = new LinkedHashMap<>();
    Stream.concat(servers.stream(), addresses(others, Map.of()).stream())
        .forEach(server -> all.putIfAbsent(server.address(), server));
    List<String> notes = new ArrayList<>(DelegationJudge.differences(apex, parentHosts, apexHosts));
    Set<String> without = new TreeSet<>(parentHosts);
    without.addAll(apexHosts);
    all.values().forEach(server -> without.remove(server.label()));
    if (!without.isEmpty()) {
      notes.add(
          "Expected an address of every name server of %s, but none was found of %s"
              .formatted(apex, String.join(", ", without)));
    }
    return new ZoneAuthorities(apex, List.copyOf(all.values()), parentHosts, apexHosts, notes);
  }

  private List<String> apexHosts(String apex, List<Server> servers) throws InterruptedException {
    Set<String> hosts = new TreeSet<>();
    List<Query> queries =
        servers.stream()
            .map(s -> ProbePoll.ofAuthority(s.address(), Transport.UDP, apex, QueryType.NS))
            .toList();
    for (Reply reply : poll.ask(queries)) {
      if (reply instanceof Given given && given.authoritative()) {
        values(given, apex, QueryType.NS).forEach(hosts::add);
      }
    }
    return List.copyOf(hosts);
  }

  /** The first usable answer of a zone's servers; else what the last of them said. */
  private Step firstStep(String zone, String name, List<Server> servers) {
    List<String> reasons = new ArrayList<>();
    boolean cache = false;
    for (Server server : servers.stream().limit(SERVERS_ON_THE_WAY).toList()) {
      Step step =
          DelegationJudge.next(
              zone,
              name,
              poll.ask(
                  ProbePoll.ofAuthority(server.address(), Transport.UDP, name, QueryType.SOA)));
      switch (step) {
        case Step.Referral _, Step.Apex _, Step.Alias _ -> {
          return step;
        }
        case Step.Cache _ -> cache = true;
        case Step.Nothing(String reason) -> reasons.add(server.shown() + ": " + reason);
      }
    }
    return cache
        ? new Step.Cache()
        : new Step.Nothing(
            reasons.isEmpty() ? "no address of them is known" : String.join(", ", reasons));
  }

  /** An alias hides its zone's SOA: the first name above it that has one is the apex. */
  private String apexAbove(String alias, List<Server> servers) throws Undiscovered {
    for (String name = NameParts.parent(alias); !name.equals(ROOT); name = NameParts.parent(name)) {
      if (firstStep(ROOT, name, servers) instanceof Step.Apex(String apex)) {
        return apex;
      }
    }
    throw new Undiscovered("Expected an SOA above %s, but its servers give none".formatted(alias));
  }

  private List<String> nameServers(String top) throws Undiscovered {
    List<String> reasons = new ArrayList<>();
    for (ServerAddress resolver : resolvers) {
      switch (poll.ask(ProbePoll.ofResolver(resolver, top, QueryType.NS))) {
        case Given given when !values(given, top, QueryType.NS).isEmpty() -> {
          return values(given, top, QueryType.NS);
        }
        case Given given ->
            reasons.add(
                "%s says that %s"
                    .formatted(
                        resolver, given.exists() ? "there are none" : "there is no such name"));
        case Silent(var _, String reason) -> reasons.add(resolver + ": " + reason);
      }
    }
    throw new Undiscovered(
        "Expected the name servers of %s from a resolver, but %s."
            .formatted(
                top,
                reasons.isEmpty()
                    ? "this machine is configured with none"
                    : String.join(", ", reasons)),
        "--via HOST names another resolver, --authority HOST the authorities themselves");
  }

  /** Each address of each host: the glue, and what a resolver knows. */
  private List<Server> addresses(List<String> hosts, Map<String, List<String>> glue)
      throws InterruptedException {
    Map<ServerAddress, Server> servers = new LinkedHashMap<>();
    List<Query> queries = new ArrayList<>();
    for (String host : hosts) {
      glue.getOrDefault(host, List.of()).forEach(address -> put(servers, host, address));
      resolvers.stream()
          .limit(1)
          .forEach(
              resolver -> {
                queries.add(ProbePoll.ofResolver(resolver, host, QueryType.A));
                queries.add(ProbePoll.ofResolver(resolver, host, QueryType.AAAA));
              });
    }
    List<Reply> replies = poll.ask(queries);
    for (int n = 0; n < replies.size(); n++) {
      if (replies.get(n) instanceof Given given) {
        QueryType type = queries.get(n).type();
        String host = queries.get(n).name();
        given.answer().stream()
            .filter(entry -> entry.type() == type)
            .forEach(entry -> put(servers, host, entry.value()));
      }
    }
    return List.copyOf(servers.values());
  }

  private static void put(Map<ServerAddress, Server> servers, String host, String address) {
    ServerAddress at = new ServerAddress(address, HOST_PORT);
    servers.putIfAbsent(at, new Server(at, host, Server.AUTHORITY));
  }

  private static List<String> values(Given given, String name, QueryType type) {
    return given.answer().stream()
        .filter(entry -> entry.type() == type && entry.name().equals(name))
        .map(Entry::value)
        .toList();
  }
}
