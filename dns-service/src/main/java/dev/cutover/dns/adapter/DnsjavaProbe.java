package dev.cutover.dns.adapter;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.proof.DnsProbe;
import java.io.IOException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Asks through dnsjava's messages; never through its Lookup, which answers from a shared cache. */
public final class DnsjavaProbe implements DnsProbe {
  /** What passes through every network in one piece (DNS Flag Day 2020). */
  private static final int UDP_BYTES_MAX = 1232;

  /** What the operating system says of an address that it has no way to. */
  private static final List<String> NO_ROUTE =
      List.of(
          "network is unreachable",
          "no route to host",
          "cannot assign requested address",
          "address family",
          "protocol family",
          "unsupported address type");

  /** The resolvers that this machine is configured with. */
  public static List<ServerAddress> systemResolvers() {
    return ResolverConfig.getCurrentConfig().servers().stream()
        .map(server -> new ServerAddress(server.getHostString(), server.getPort()))
        .toList();
  }

  /**
   * The same set in the form in which answers are read.
   *
   * @throws IllegalArgumentException if a name or value can't be on a wire; the message names it
   */
  public static RecordSet normalise(RecordSet set) {
    return WireRecords.normalise(set);
  }

  @Override
  public Reply ask(Query query) {
    Message message =
        Message.newQuery(
            Record.newRecord(
                WireRecords.toName(query.name()), Type.value(query.type().name()), DClass.IN));
    if (!query.recursive()) {
      message.getHeader().unsetFlag(Flags.RD);
      message.addRecord(new OPTRecord(UDP_BYTES_MAX, 0, 0, ExtendedFlags.DO), Section.ADDITIONAL);
    }
    try {
      Message reply =
          switch (query.transport()) {
            case UDP -> DnsWire.ask(query.server(), message, query.within());
            case TCP -> DnsWire.askAll(query.server(), List.of(message), query.within()).getFirst();
          };
      int rcode = reply.getRcode();
      return rcode == Rcode.NOERROR || rcode == Rcode.NXDOMAIN
          ? given(reply)
          : new Silent(Silence.REFUSED, "answers " + Rcode.string(rcode));
    } catch (IOException e) {
      return silent(e);
    }
  }

  private static Silent silent(IOException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
      if (cause instanceof NoRouteToHostException
          || (!(cause instanceof PortUnreachableException)
              && NO_ROUTE.stream().anyMatch(text::contains))) {
        return new Silent(Silence.NO_ROUTE, "no route");
      }
      if (text.contains("refused") || cause instanceof PortUnreachableException) {
        return new Silent(Silence.NO_ANSWER, "nothing listens there");
      }
    }
    return new Silent(Silence.NO_ANSWER, "no answer in time");
  }

  private static Given given(Message reply) {
    Optional<Soa> soa =
        Stream.of(Section.ANSWER, Section.AUTHORITY)
            .flatMap(section -> reply.getSection(section).stream())
            .filter(SOARecord.class::isInstance)
            .map(record -> soa((SOARecord) record))
            .findFirst();
    List<Signature> signatures =
        reply.getSection(Section.ANSWER).stream()
            .filter(RRSIGRecord.class::isInstance)
            .map(record -> signature((RRSIGRecord) record))
            .toList();
    return new Given(
        reply.getRcode() == Rcode.NOERROR,
        reply.getHeader().getFlag(Flags.AA),
        reply.getHeader().getFlag(Flags.RA),
        entries(reply, Section.ANSWER),
        entries(reply, Section.AUTHORITY),
        entries(reply, Section.ADDITIONAL),
        soa,
        signatures);
  }

  private static Soa soa(SOARecord soa) {
    return new Soa(
        name(soa.getName()),
        soa.getSerial(),
        (int) Math.min(Math.min(soa.getMinimum(), soa.getTTL()), Integer.MAX_VALUE));
  }

  private static Signature signature(RRSIGRecord signature) {
    return new Signature(
        name(signature.getName()),
        type(signature.getTypeCovered()),
        signature.getExpire(),
        signature.getLabels());
  }

  private static List<Entry> entries(Message reply, int section) {
    return reply.getSection(section).stream()
        .flatMap(record -> Optional.ofNullable(entry(record)).stream())
        .toList();
  }

  private static @Nullable Entry entry(Record record) {
    Optional<QueryType> type = type(record.getType());
    if (type.isEmpty() || type.get() == QueryType.SOA || type.get() == QueryType.DNSKEY) {
      return null;
    }
    String name = name(record.getName());
    int ttlSeconds = (int) Math.min(record.getTTL(), Integer.MAX_VALUE);
    String value =
        type.get() == QueryType.NS
            ? RecordSets.normaliseName(record.rdataToString())
            : WireRecords.answered(name, RecordType.valueOf(type.get().name()), List.of(record))
                .values()
                .getFirst();
    return new Entry(name, type.get(), ttlSeconds, value);
  }

  private static String name(Name name) {
    return RecordSets.normaliseName(name.toString());
  }

  private static Optional<QueryType> type(int type) {
    return Arrays.stream(QueryType.values())
        .filter(known -> Type.value(known.name()) == type)
        .findFirst();
  }
}
