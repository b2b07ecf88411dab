package dev.cutover.dns.domain.proof;

import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.domain.proof.DnsProbe.Given;
import dev.cutover.dns.domain.proof.DnsProbe.Query;
import dev.cutover.dns.domain.proof.DnsProbe.QueryType;
import dev.cutover.dns.domain.proof.DnsProbe.Reply;
import dev.cutover.dns.domain.proof.DnsProbe.Signature;
import dev.cutover.dns.domain.proof.DnsProbe.Silence;
import dev.cutover.dns.domain.proof.DnsProbe.Silent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeSet;

/**
 * Until when all that authorities serve of a zone is signed: until the first signature ends. Pure.
 *
 * @param first the signature that ends first; empty where there is none
 * @param unsigned servers that gave records without a signature
 * @param silent servers that did not say, and why
 */
public record SignatureTerm(Optional<End> first, List<String> unsigned, List<String> silent) {
  public SignatureTerm {
    unsigned = List.copyOf(unsigned);
    silent = List.copyOf(silent);
  }

  /** One question to an authority, and what came back. */
  public record Asked(Query query, Reply reply) {}

  /**
   * When a set is signed no more, as one server serves it.
   *
   * @param name of the set
   * @param type of the set
   */
  public record End(Instant at, String name, QueryType type, ServerAddress server) {}

  /** Whether the server answered for itself. */
  public static boolean isOwn(Reply reply) {
    return reply instanceof Given given && given.authoritative();
  }

  /** Whether there is a signature of what was asked for. */
  public static boolean isSigned(Asked asked) {
    return asked.reply() instanceof Given given
        && given.signatures().stream()
            .anyMatch(signature -> signature.covers().equals(Optional.of(asked.query().type())));
  }

  /** By all that was asked. That this machine has no way to an address says nothing (trap 30). */
  public static SignatureTerm of(Collection<Asked> all) {
    List<End> ends = new ArrayList<>();
    SequencedSet<String> unsigned = new TreeSet<>();
    SequencedSet<String> silent = new TreeSet<>();
    for (Asked asked : all) {
      ServerAddress server = asked.query().server();
      switch (asked.reply()) {
        case Silent(Silence silence, String reason) -> {
          if (silence != Silence.NO_ROUTE) {
            silent.add("%s: %s".formatted(server, reason));
          }
        }
        case Given given when !given.authoritative() ->
            silent.add("%s: not authoritative".formatted(server));
        case Given given -> {
          ends.addAll(ends(server, given));
          if (given.signatures().isEmpty() && hasRecords(asked.query(), given)) {
            unsigned.add(server.toString());
          }
        }
      }
    }
    return new SignatureTerm(
        ends.stream().min(Comparator.comparing(End::at)),
        List.copyOf(unsigned),
        List.copyOf(silent));
  }

  private static boolean hasRecords(Query query, Given given) {
    return query.type() == QueryType.SOA || !given.answer().isEmpty();
  }

  /** Of two signatures of one set the later counts: keys are rolled over so. */
  private static Collection<End> ends(ServerAddress server, Given given) {
    Map<String, End> ends = new LinkedHashMap<>();
    for (Signature signature : given.signatures()) {
      signature
          .covers()
          .ifPresent(
              type ->
                  ends.merge(
                      signature.name() + " " + type,
                      new End(signature.expiresAt(), signature.name(), type, server),
                      (one, other) -> one.at().isBefore(other.at()) ? other : one));
    }
    return ends.values();
  }

  /** Why that is too short; empty where it suffices, or nothing is signed. */
  public Optional<String> fault(String zone, Instant until) {
    return first
        .filter(end -> !end.at().isAfter(until))
        .map(
            end ->
                "Expected signatures of %s that last until %s, but RRSIG of %s %s ends at %s (%s): have the zone signed for longer, plan less time, or say traffic.proof.signatures: observed where a signer renews them"
                    .formatted(zone, until, end.name(), end.type(), end.at(), end.server()));
  }

  /** For people. */
  public String sentence() {
    List<String> words = new ArrayList<>();
    words.add(
        first
            .map(
                end ->
                    "the first signature to end is RRSIG of %s %s at %s"
                        .formatted(end.name(), end.type(), end.at()))
            .orElse("no signature was seen"));
    if (!unsigned.isEmpty()) {
      words.add("there are none from " + String.join(", ", unsigned));
    }
    if (!silent.isEmpty()) {
      words.add("those of some were not seen: " + String.join(", ", silent));
    }
    return String.join("; ", words);
  }
}
