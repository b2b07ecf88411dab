package dev.cutover.dns.adapter;

import dev.cutover.contract.EdgeProbe;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProvider.TargetGroups;
import dev.cutover.dns.domain.DnsQueries;
import dev.cutover.dns.domain.EdgeAnswer;
import dev.cutover.dns.domain.NameServers.NameServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Asks each kind of server in its own way: name servers for records, balancers for servers, the API
 * of AWS for target groups, and an edge for the side behind it.
 */
public final class ProviderQueries implements DnsQueries {
  private final DnsQueries dns;
  private final DnsQueries haproxy;
  private final DnsQueries elb;
  private final HttpEdge edge;

  public ProviderQueries(DnsQueries dns, DnsQueries haproxy, DnsQueries elb, HttpEdge edge) {
    this.dns = dns;
    this.haproxy = haproxy;
    this.elb = elb;
    this.edge = edge;
  }

  private DnsQueries of(ServerAddress server, RecordType type) {
    return switch (type) {
      case A, AAAA, CNAME, HTTPS, TXT -> dns;
      case SERVER -> TargetGroups.at(server).isPresent() ? elb : haproxy;
    };
  }

  @Override
  public Answer ask(
      ServerAddress server, boolean recursive, String name, RecordType type, Duration within) {
    return of(server, type).ask(server, recursive, name, type, within);
  }

  @Override
  public EdgeAnswer through(ServerAddress at, String name, EdgeProbe probe, Duration within) {
    return edge.ask(at, name, probe, within);
  }

  @Override
  public List<ServerAddress> addresses(ServerAddress server) {
    return dns.addresses(server);
  }

  @Override
  public List<ServerAddress> resolvers() {
    return dns.resolvers();
  }

  @Override
  public boolean reaches(ServerAddress server) {
    return dns.reaches(server);
  }

  @Override
  public List<NameServer> nameServers(ServerAddress authority, String zone, Duration within) {
    return dns.nameServers(authority, zone, within);
  }

  @Override
  public Map<String, Long> sessions(ServerAddress server, String name, Duration within) {
    return of(server, RecordType.SERVER).sessions(server, name, within);
  }
}
