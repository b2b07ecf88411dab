package dev.cutover.dns.adapter;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.domain.DnsQueries;
import dev.cutover.dns.domain.NameServers.NameServer;
import dev.cutover.dns.domain.RecordSets;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Asks through dnsjava's messages; never through its Lookup, which answers from a shared cache. */
public final class DnsjavaQueries implements DnsQueries {
  /** Whichever: only the way there is asked for. */
  private static final int PORT = 53;

  @Override
  public Answer ask(
      ServerAddress server, boolean recursive, String name, RecordType type, Duration within) {
    try {
      Message reply = DnsWire.ask(server, WireRecords.query(name, type, recursive), within);
      int rcode = reply.getRcode();
      if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
        return new Unanswered(name, type, Rcode.string(rcode));
      }
      return new Answered(
          WireRecords.answered(name, type, WireRecords.answerOf(reply)),
          reply.getHeader().getFlag(Flags.AA));
    } catch (IOException e) {
      return new Unanswered(name, type, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public List<ServerAddress> addresses(ServerAddress server) {
    List<ServerAddress> found =
        ways(server.host()).stream()
            .map(address -> new ServerAddress(address, server.port()))
            .toList();
    return found.isEmpty() ? List.of(server) : found;
  }

  @Override
  public List<ServerAddress> resolvers() {
    return ResolverConfig.getCurrentConfig().servers().stream()
        .map(server -> new ServerAddress(server.getAddress().getHostAddress(), server.getPort()))
        .toList();
  }

  @Override
  public boolean reaches(ServerAddress server) {
    try {
      return Stream.of(InetAddress.getAllByName(server.host())).anyMatch(DnsjavaQueries::hasWay);
    } catch (UnknownHostException e) {
      return true; // the answer says so
    }
  }

  @Override
  public List<NameServer> nameServers(ServerAddress authority, String zone, Duration within) {
    try {
      Message reply = DnsWire.ask(authority, WireRecords.query(zone, Type.NS, false), within);
      if (!reply.getHeader().getFlag(Flags.AA)) {
        return List.of();
      }
      List<NameServer> servers = new ArrayList<>();
      for (Record record : reply.getSection(Section.ANSWER)) {
        if (record instanceof NSRecord server) {
          String host = RecordSets.normaliseName(server.getTarget().toString());
          servers.add(new NameServer(host, addresses(authority, zone, host, within)));
        }
      }
      return servers;
    } catch (IOException e) {
      return List.of(); // it says nothing
    }
  }

  /** A zone has the addresses of its own hosts; those of others the resolver knows. */
  private List<String> addresses(
      ServerAddress authority, String zone, String host, Duration within) {
    if (!host.equals(zone) && !host.endsWith("." + zone)) {
      return ways(host);
    }
    List<String> found = new ArrayList<>();
    for (RecordType type : List.of(RecordType.A, RecordType.AAAA)) {
      if (ask(authority, false, host, type, within) instanceof Answered answered) {
        answered.set().values().forEach(address -> found.addAll(ways(address)));
      }
    }
    return found;
  }

  private static List<String> ways(String host) {
    try {
      return Stream.of(InetAddress.getAllByName(host))
          .filter(DnsjavaQueries::hasWay)
          .map(InetAddress::getHostAddress)
          .toList();
    } catch (UnknownHostException e) {
      return List.of();
    }
  }

  /** Connecting a datagram socket sends nothing: it asks the routing table. */
  private static boolean hasWay(InetAddress address) {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress(address, PORT));
      return true;
    } catch (SocketException e) {
      return false;
    }
  }
}
