package dev.cutover.dns.adapter;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.domain.DnsQueries;
import dev.cutover.dns.domain.NameServers.NameServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Asks each kind of server in its own way: name servers for records, balancers for servers. */
public final class ProviderQueries implements DnsQueries {
  private final DnsQueries dns;
  private final DnsQueries haproxy;

  public ProviderQueries(DnsQueries dns, DnsQueries haproxy) {
    this.dns = dns;
    this.haproxy = haproxy;
  }

  private DnsQueries of(RecordType type) {
    return switch (type) {
      case A, AAAA, CNAME, HTTPS, TXT -> dns;
      case SERVER -> haproxy;
    };
  }

  @Override
  public Answer ask(
      ServerAddress server, boolean recursive, String name, RecordType type, Duration within) {
    return of(type).ask(server, recursive, name, type, within);
  }

  @Override
  public List<ServerAddress> addresses(ServerAddress server) {
    return dns.addresses(server);
  }

  @Override
  public List<NameServer> nameServers(ServerAddress authority, String zone, Duration within) {
    return dns.nameServers(authority, zone, within);
  }

  @Override
  public Map<String, Long> sessions(ServerAddress server, String name, Duration within) {
    return haproxy.sessions(server, name, within);
  }
}
