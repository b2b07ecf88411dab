package dev.cutover.dns.domain.proof;

import dev.cutover.dns.domain.proof.DnsProbe.Entry;
import dev.cutover.dns.domain.proof.DnsProbe.Given;
import dev.cutover.dns.domain.proof.DnsProbe.QueryType;
import dev.cutover.dns.domain.proof.DnsProbe.Reply;
import dev.cutover.dns.domain.proof.DnsProbe.Silent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Reads where a zone begins and who answers for it, from replies on the way down. Pure. */
public final class DelegationJudge {
  private DelegationJudge() {}

  /** What a server of one zone says of where a name belongs. */
  public sealed interface Step {
    /**
     * The zone is another, further down.
     *
     * @param hosts its name servers as the parent has them
     * @param glue addresses that the parent gave, by host; some may be missing
     */
    record Referral(String zone, List<String> hosts, Map<String, List<String>> glue)
        implements Step {
      public Referral {
        hosts = List.copyOf(hosts);
        glue = Map.copyOf(glue);
      }
    }

    /** The server answers with authority, for this zone. */
    record Apex(String zone) implements Step {}

    /** The name is an alias: its zone has to be asked for at the names above it. */
    record Alias() implements Step {}

    /** A cache answered where an authority was asked: something on the way did. */
    record Cache() implements Step {}

    /** No usable answer. */
    record Nothing(String reason) implements Step {}
  }

  /**
   * @param zone the zone whose server was asked for the name's SOA
   */
  public static Step next(String zone, String name, Reply reply) {
    return switch (reply) {
      case Silent(var _, String reason) -> new Step.Nothing(reason);
      case Given given when given.authoritative() -> ofAuthority(name, given);
      case Given given -> {
        List<String> hosts = new ArrayList<>();
        String child = zone;
        for (Entry entry : given.authority()) {
          if (entry.type() == QueryType.NS
              && NameParts.isWithin(name, entry.name())
              && NameParts.labels(entry.name()) > NameParts.labels(zone)) {
            child = entry.name();
            hosts.add(entry.value());
          }
        }
        if (given.answer().isEmpty() && !hosts.isEmpty()) {
          yield new Step.Referral(child, hosts, glue(hosts, given.additional()));
        }
        yield given.recursionOffered()
            ? new Step.Cache()
            : new Step.Nothing("it does not answer with authority");
      }
    };
  }

  private static Step ofAuthority(String name, Given given) {
    if (given.alias(name).isPresent()) {
      return new Step.Alias();
    }
    return given
        .soa()
        .filter(soa -> NameParts.isWithin(name, soa.zone()))
        .<Step>map(soa -> new Step.Apex(soa.zone()))
        .orElse(new Step.Nothing("it answers without the zone's SOA"));
  }

  private static Map<String, List<String>> glue(List<String> hosts, List<Entry> additional) {
    Map<String, List<String>> glue = new LinkedHashMap<>();
    for (Entry entry : additional) {
      boolean address = entry.type() == QueryType.A || entry.type() == QueryType.AAAA;
      if (address && hosts.contains(entry.name())) {
        glue.computeIfAbsent(entry.name(), _ -> new ArrayList<>()).add(entry.value());
      }
    }
    return glue;
  }

  /**
   * What differs between the parent's delegation and the zone's own NS records, in words; all of
   * both are asked (trap 31).
   *
   * @param parent empty when it was not seen
   * @param apex empty when it was not seen
   */
  public static List<String> differences(
      String zone, Collection<String> parent, Collection<String> apex) {
    if (parent.isEmpty() || apex.isEmpty()) {
      return List.of();
    }
    List<String> notes = new ArrayList<>();
    Set<String> parentOnly = new TreeSet<>(parent);
    parentOnly.removeAll(apex);
    Set<String> apexOnly = new TreeSet<>(apex);
    apexOnly.removeAll(parent);
    if (!parentOnly.isEmpty()) {
      notes.add(
          "Expected %s to name the servers that its parent delegates to, but its NS records lack %s"
              .formatted(zone, String.join(", ", parentOnly)));
    }
    if (!apexOnly.isEmpty()) {
      notes.add(
          "Expected the parent of %s to delegate to all of its NS records, but the delegation lacks %s"
              .formatted(zone, String.join(", ", apexOnly)));
    }
    return notes;
  }
}
