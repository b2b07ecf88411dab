package dev.cutover.dns.domain;

import dev.cutover.contract.DnsReply.Delegation;
import dev.cutover.contract.DnsReply.Delegation.Standing;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.domain.NameServers.NameServer;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Compares what the parent of a zone delegates to with the zone's own name servers and with the
 * plan's authorities: resolvers begin at the parent, whatever the zone itself says (trap 31). Pure.
 */
public final class ParentDelegation {
  /** Names that nobody's servers on the Internet delegate: RFC 6761, 6762, 7686, 8375, 9476. */
  private static final Set<String> NOBODYS =
      Set.of(
          "test.",
          "example.",
          "invalid.",
          "localhost.",
          "local.",
          "internal.",
          "onion.",
          "alt.",
          "home.arpa.");

  private static final int IPV6_BYTES = 16;

  private ParentDelegation() {}

  /**
   * An address of a name server that the parent names.
   *
   * @param lame why it does not answer for the zone; empty when it does
   */
  public record Delegated(String host, ServerAddress address, Optional<String> lame) {}

  /**
   * Why nobody on the Internet can delegate to a zone, and none is asked; empty where one may.
   *
   * @param addresses of the plan's authorities
   */
  public static Optional<String> undelegated(String zone, Collection<ServerAddress> addresses) {
    Optional<String> name =
        NOBODYS.stream().filter(top -> zone.equals(top) || zone.endsWith("." + top)).findFirst();
    if (name.isPresent()) {
      return Optional.of("nobody's servers delegate names below " + name.get());
    }
    return !addresses.isEmpty() && addresses.stream().allMatch(ParentDelegation::isPrivate)
        ? Optional.of("the plan's authorities have private addresses only")
        : Optional.empty();
  }

  private static boolean isPrivate(ServerAddress server) {
    try {
      InetAddress address = InetAddress.ofLiteral(server.host());
      byte[] bytes = address.getAddress();
      boolean uniqueLocal = bytes.length == IPV6_BYTES && (bytes[0] & 0xfe) == 0xfc; // RFC 4193
      return uniqueLocal
          || address.isLoopbackAddress()
          || address.isSiteLocalAddress()
          || address.isLinkLocalAddress();
    } catch (IllegalArgumentException e) {
      return false; // a name that nobody knows from here
    }
  }

  /**
   * What to tell of servers that the parent sends resolvers to, that answer for the zone, and that
   * the plan does not ask; empty when there are none.
   *
   * @param planned the plan's authorities as it names them
   * @param addresses all of theirs
   */
  public static Optional<String> unasked(
      String zone,
      Collection<ServerAddress> planned,
      Collection<ServerAddress> addresses,
      Collection<Delegated> delegated) {
    return NameServers.missing(
        zone,
        "its parent delegates to",
        planned,
        addresses,
        delegated.stream()
            .filter(server -> server.lame().isEmpty())
            .map(server -> new NameServer(server.host(), List.of(server.address().host())))
            .toList());
  }

  /**
   * What else there is to say.
   *
   * @param differences between the parent's list and the zone's own, in sentences
   */
  public static Delegation told(
      String zone, Collection<String> differences, Collection<Delegated> delegated) {
    List<String> sentences = new ArrayList<>(differences);
    for (Delegated server : delegated) {
      server
          .lame()
          .ifPresent(
              reason ->
                  sentences.add(
                      "Expected %s (%s) to answer for %s, which the parent delegates to it, but it is lame: %s"
                          .formatted(server.host(), server.address(), zone, reason)));
    }
    return new Delegation(
        sentences.isEmpty() ? Standing.AGREES : Standing.DIFFERS, String.join("; ", sentences));
  }
}
