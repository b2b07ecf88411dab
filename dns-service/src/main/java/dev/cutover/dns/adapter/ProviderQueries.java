package dev.cutover.dns.adapter;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProvider.TargetGroups;
import dev.cutover.dns.domain.DnsQueries;
import dev.cutover.dns.domain.NameServers.NameServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Asks each kind of server in its own way: name servers for records, balancers for servers, and the
 * API of AWS for target groups.
 */
public final class ProviderQueries implements DnsQueries {
  private final DnsQueries dns;
  private final DnsQueries haproxy;
  private final DnsQueries elb;

  public ProviderQueries(DnsQueries dns, DnsQueries haproxy, DnsQueries elb) {
    this.dns = dns;
    this.haproxy = haproxy;
    this.elb = elb;
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
  public List<ServerAddress> addresses(ServerAddress server) {
    return dns.addresses(server);
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
