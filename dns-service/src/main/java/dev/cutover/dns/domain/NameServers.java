package dev.cutover.dns.domain;

import dev.cutover.contract.ServerAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Compares the authorities of a plan with those that a zone names itself: whoever answers and is
 * not asked hands out the old records, and nobody waits for it (trap 31). Hidden primaries stand in
 * no NS record, so a plan may name more. Pure.
 */
public final class NameServers {
  private NameServers() {}

  /**
   * One of a zone's NS records.
   *
   * @param host absolute, lower case
   * @param addresses to which there is a way from here, as {@link
   *     java.net.InetAddress#getHostAddress} writes them; none when nobody knows one
   */
  public record NameServer(String host, List<String> addresses) {
    public NameServer {
      addresses = List.copyOf(addresses);
    }
  }

  /**
   * What to tell of name servers that the plan leaves out; empty when there are none.
   *
   * @param saying who names them, such as {@code its NS records name}
   * @param planned the plan's authorities as it names them
   * @param addresses all of theirs
   * @param named what they were found to say of who answers for the zone
   */
  public static Optional<String> missing(
      String zone,
      String saying,
      Collection<ServerAddress> planned,
      Collection<ServerAddress> addresses,
      Collection<NameServer> named) {
    Set<String> hosts =
        planned.stream()
            .map(server -> RecordSets.normaliseName(server.host()))
            .collect(Collectors.toSet());
    Set<String> asked = addresses.stream().map(ServerAddress::host).collect(Collectors.toSet());
    Map<String, Set<String>> missing = new TreeMap<>();
    for (NameServer server : named) {
      for (String address : server.addresses()) {
        if (!hosts.contains(server.host()) && !asked.contains(address)) {
          missing.computeIfAbsent(server.host(), _ -> new TreeSet<>()).add(address);
        }
      }
    }
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Expected the plan's authorities to be all that answer for %s, but %s %s, too: add it to traffic.authorities (and to CUTOVER_DNS_ALLOWED_SERVERS), or take it out of the zone. Who is not asked may hand out the old records, and nobody waits for it"
                .formatted(
                    zone,
                    saying,
                    missing.entrySet().stream()
                        .map(
                            entry ->
                                "%s (%s)"
                                    .formatted(entry.getKey(), String.join(", ", entry.getValue())))
                        .collect(Collectors.joining(" and "))));
  }
}
