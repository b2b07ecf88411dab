package dev.cutover.dns.domain;

import dev.cutover.contract.EdgeProbe;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.domain.NameServers.NameServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Asks one server one question. No cache, no second server, no retry: what comes back is what that
 * server said at that moment.
 */
public interface DnsQueries {
  /**
   * @param recursive true for a resolver; an authority is asked without the wish for recursion
   * @param within how long to wait for the answer
   */
  Answer ask(
      ServerAddress server, boolean recursive, String name, RecordType type, Duration within);

  /**
   * How many sessions each server of a balancer's backend has taken since the balancer began; empty
   * where nobody counts.
   */
  default Map<String, Long> sessions(ServerAddress server, String name, Duration within) {
    return Map.of();
  }

  /**
   * Sends one request of a name through the edge at that address, and says which side has served
   * it.
   */
  default EdgeAnswer through(ServerAddress edge, String name, EdgeProbe probe, Duration within) {
    return new EdgeAnswer.Untold("nobody here asks an edge");
  }

  /**
   * Whether there is a way to that server from here; nothing is sent. A name that nobody knows
   * counts as one.
   */
  default boolean reaches(ServerAddress server) {
    return true;
  }

  /**
   * Every address of a server that a plan calls by name, to which there is a way from here; the
   * server itself where it is an address, or where nobody knows one. That this machine has no IPv6
   * says nothing about a server.
   */
  default List<ServerAddress> addresses(ServerAddress server) {
    return List.of(server);
  }

  /** The resolvers that this machine uses. */
  default List<ServerAddress> resolvers() {
    return List.of();
  }

  /** Who answers for a zone, as this authority says; none when it says nothing. */
  default List<NameServer> nameServers(ServerAddress authority, String zone, Duration within) {
    return List.of();
  }

  /** What came back. */
  sealed interface Answer {
    /** Name that was asked for. */
    String name();

    /** Type that was asked for. */
    RecordType type();
  }

  /**
   * The server answered the question, with records or with their absence.
   *
   * @param set the records of exactly that name and type, TTL as given (the lowest, if they
   *     differ); no values for NODATA and NXDOMAIN
   * @param authoritative whether the AA flag was set
   * @param given the records themselves, where {@code set} is what they mean ({@link
   *     AliasAnswers}); empty where it is what was answered
   */
  record Answered(RecordSet set, boolean authoritative, Optional<RecordSet> given)
      implements Answer {
    /** An answer that means what it says. */
    public Answered(RecordSet set, boolean authoritative) {
      this(set, authoritative, Optional.empty());
    }

    @Override
    public String name() {
      return set.name();
    }

    @Override
    public RecordType type() {
      return set.type();
    }
  }

  /**
   * The server gave no usable answer.
   *
   * @param reason such as {@code SERVFAIL} or {@code no answer within 1000 ms}
   */
  record Unanswered(String name, RecordType type, String reason) implements Answer {}
}
