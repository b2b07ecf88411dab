package dev.cutover.dns.domain.proof;

import java.util.List;

/**
 * Who answers for a name.
 *
 * @param zone the zone that it belongs to
 * @param servers each address of each name server of either list
 * @param parentHosts as the parent delegates; empty when it was not seen
 * @param apexHosts the zone's own NS records; empty when they were not seen
 * @param notes what is worth telling, in sentences
 */
public record ZoneAuthorities(
    String zone,
    List<Server> servers,
    List<String> parentHosts,
    List<String> apexHosts,
    List<String> notes) {
  public ZoneAuthorities {
    servers = List.copyOf(servers);
    parentHosts = List.copyOf(parentHosts);
    apexHosts = List.copyOf(apexHosts);
    notes = List.copyOf(notes);
  }
}
