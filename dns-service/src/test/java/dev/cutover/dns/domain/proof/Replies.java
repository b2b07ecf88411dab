package dev.cutover.dns.domain.proof;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.domain.proof.DnsProbe.Entry;
import dev.cutover.dns.domain.proof.DnsProbe.Given;
import dev.cutover.dns.domain.proof.DnsProbe.QueryType;
import dev.cutover.dns.domain.proof.DnsProbe.Reply;
import dev.cutover.dns.domain.proof.DnsProbe.Signature;
import dev.cutover.dns.domain.proof.DnsProbe.Silence;
import dev.cutover.dns.domain.proof.DnsProbe.Silent;
import dev.cutover.dns.domain.proof.DnsProbe.Soa;
import dev.cutover.dns.domain.proof.DnsProbe.Transport;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What servers say, for tests of judgements. */
final class Replies {
  static final String WWW = "www.shop.example.";
  static final Soa SOA = new Soa("shop.example.", 7, 5);
  static final Reply TIMEOUT = new Silent(Silence.NO_ANSWER, "no answer in time");
  static final Reply NO_ROUTE = new Silent(Silence.NO_ROUTE, "no route");

  private Replies() {}

  static Server authority(int number) {
    return new Server(
        new ServerAddress("192.0.2." + number, 53),
        "ns%d.shop.example.".formatted(number),
        Server.AUTHORITY);
  }

  static Server version6(int number) {
    return new Server(
        new ServerAddress("2001:db8::" + number, 53),
        "ns%d.shop.example.".formatted(number),
        Server.AUTHORITY);
  }

  static Server resolver(String group, int number) {
    return new Server(new ServerAddress("198.51.100." + number, 53), "", group);
  }

  static Given authoritative(Entry... answer) {
    return given(true, true, false, List.of(answer), List.of());
  }

  static Given noName() {
    return given(false, true, false, List.of(), List.of());
  }

  static Given cached(Entry... answer) {
    return given(true, false, true, List.of(answer), List.of());
  }

  static Given notAuthoritative(Entry... answer) {
    return given(true, false, false, List.of(answer), List.of());
  }

  static Given signed(Entry entry, Signature... signatures) {
    return given(true, true, false, List.of(entry), List.of(signatures));
  }

  private static Given given(
      boolean exists,
      boolean authoritative,
      boolean recursion,
      List<Entry> answer,
      List<Signature> signatures) {
    return new Given(
        exists,
        authoritative,
        recursion,
        answer,
        List.of(),
        List.of(),
        Optional.of(SOA),
        signatures);
  }

  static Entry a(int ttlSeconds, String value) {
    return new Entry(WWW, QueryType.A, ttlSeconds, value);
  }

  static Entry alias(String name, String target) {
    return new Entry(name, QueryType.CNAME, 60, target);
  }

  /** The same reply over both transports. */
  static Stream<Reading> both(Server server, RecordType type, Reply reply) {
    return Stream.of(Transport.values())
        .map(transport -> new Reading(server, transport, WWW, type, reply));
  }

  static Reading udp(Server server, RecordType type, Reply reply) {
    return new Reading(server, Transport.UDP, WWW, type, reply);
  }
}
