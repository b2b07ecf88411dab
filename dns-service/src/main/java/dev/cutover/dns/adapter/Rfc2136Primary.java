package dev.cutover.dns.adapter;

import static dev.cutover.contract.FailureKind.REFUSED;
import static dev.cutover.contract.FailureKind.UNREACHABLE;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.RecordSets;
import dev.cutover.dns.domain.SwitchFailure;
import dev.cutover.dns.domain.SwitchState;
import dev.cutover.dns.domain.ZoneChange;
import dev.cutover.dns.domain.ZoneChange.SetKey;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;

/** Talks to the one server that takes the zone's updates, over TCP. */
final class Rfc2136Primary implements ZonePrimary {
  private static final Duration EXCHANGE_MAX = Duration.ofSeconds(3);

  /**
   * What people keep at a name beside addresses. BIND 9.18 and Knot 3.2 ignore an alias that would
   * stand beside such a record, say NOERROR, and delete the addresses all the same: the name would
   * be empty (trap 15). RFC 2136 can't ask for "no other type", so these are named.
   */
  private static final List<Integer> BESIDE_ALIASES =
      List.of(
          Type.TXT,
          Type.MX,
          Type.NS,
          Type.SRV,
          Type.CAA,
          Type.SVCB,
          Type.NAPTR,
          Type.SSHFP,
          Type.TLSA,
          Type.URI,
          Type.LOC,
          Type.HINFO,
          Type.PTR,
          Type.DNAME);

  private final SwitchSpec spec;
  private final Rfc2136 server;
  private final TSIG key;
  private final Duration within;
  private final long endNanos;

  Rfc2136Primary(SwitchSpec spec, Rfc2136 server, TSIG key, Duration within) {
    this.spec = spec;
    this.server = server;
    this.key = key;
    this.within = within;
    this.endNanos = System.nanoTime() + within.toNanos();
  }

  @Override
  public Outcome update(ZoneChange change) {
    Message reply;
    try {
      reply = DnsWire.exchange(server.primary(), message(change), key, exchangeTime());
    } catch (IOException e) {
      return new Outcome.Unknown(
          "Expected %s to reply to an update, but: %s. It may have taken effect"
              .formatted(server.primary(), e.getMessage()));
    }
    return Rfc2136Answers.meaning(reply, server, spec.zone(), !aliases(change).isEmpty());
  }

  private Message message(ZoneChange change) {
    Update update = new Update(WireRecords.toName(spec.zone()));
    aliases(change).forEach(name -> besideAliases(name).forEach(type -> update.absent(name, type)));
    change
        .required()
        .forEach(set -> WireRecords.toRecords(set.withTtlSeconds(0)).forEach(update::present));
    change.absent().forEach(key -> update.absent(WireRecords.toName(key.name()), type(key)));
    change.deleted().forEach(key -> update.delete(WireRecords.toName(key.name()), type(key)));
    change.withdrawn().forEach(set -> WireRecords.toRecords(set).forEach(update::delete));
    change.added().forEach(set -> WireRecords.toRecords(set).forEach(update::add));
    return update;
  }

  /** The names that this change gives an alias, or shows that one could be given. */
  private static Set<Name> aliases(ZoneChange change) {
    return Stream.concat(change.added().stream(), change.withdrawn().stream())
        .filter(set -> set.type() == RecordType.CNAME)
        .map(set -> WireRecords.toName(set.name()))
        .collect(Collectors.toSet());
  }

  /** Those that the plan names are in the change itself. */
  private IntStream besideAliases(Name name) {
    Set<Integer> planned =
        spec.names().stream()
            .filter(switched -> WireRecords.toName(switched.name()).equals(name))
            .flatMap(switched -> RecordSets.typesOf(switched).stream())
            .map(WireRecords::toType)
            .collect(Collectors.toSet());
    return BESIDE_ALIASES.stream().mapToInt(type -> type).filter(type -> !planned.contains(type));
  }

  private static int type(SetKey key) {
    return WireRecords.toType(key.type());
  }

  @Override
  public SwitchState read() throws SwitchFailure {
    List<SetKey> keys = new ArrayList<>();
    for (SwitchedName name : spec.names()) {
      RecordSets.typesOf(name).forEach(type -> keys.add(new SetKey(name.name(), type)));
      keys.add(markKey(name));
    }
    Map<SetKey, RecordSet> read = read(keys);
    Map<String, EpochMark> marks = new LinkedHashMap<>();
    for (SwitchedName name : spec.names()) {
      RecordSet mark = Objects.requireNonNull(read.remove(markKey(name)));
      marks.put(name.name(), EpochMark.parse(mark.values()));
    }
    return new SwitchState(List.copyOf(read.values()), marks);
  }

  private static SetKey markKey(SwitchedName name) {
    return new SetKey(EpochMark.nameFor(name.name()), RecordType.TXT);
  }

  private Map<SetKey, RecordSet> read(List<SetKey> keys) throws SwitchFailure {
    List<Message> queries = new ArrayList<>();
    for (SetKey key : keys) {
      Message query = WireRecords.query(key.name(), key.type(), false);
      query.getHeader().setID(queries.size()); // over TCP nobody has to guess it; it must be unique
      queries.add(query);
    }
    List<Message> replies;
    try {
      replies = DnsWire.askAll(server.primary(), queries, exchangeTime());
    } catch (IOException e) {
      throw new SwitchFailure(
          UNREACHABLE,
          "Expected %s to say what it holds for the names of the switch, but: %s"
              .formatted(server.primary(), e.getMessage()),
          true,
          e);
    }
    Map<SetKey, RecordSet> read = new LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      read.put(keys.get(i), answered(keys.get(i), replies.get(i)));
    }
    return read;
  }

  private RecordSet answered(SetKey key, Message reply) throws SwitchFailure {
    int rcode = reply.getRcode();
    boolean answered = rcode == Rcode.NOERROR || rcode == Rcode.NXDOMAIN;
    if (!answered || !reply.getHeader().getFlag(Flags.AA)) {
      throw new SwitchFailure(
          REFUSED,
          "Expected %s to answer for %s %s with authority, but it answered %s%s: is it the primary of %s?"
              .formatted(
                  server.primary(),
                  key.name(),
                  key.type(),
                  Rcode.string(rcode),
                  answered ? " without authority" : "",
                  spec.zone()),
          rcode == Rcode.SERVFAIL);
    }
    return WireRecords.answered(key.name(), key.type(), WireRecords.answerOf(reply));
  }

  /** The serial that the zone has come to. */
  long serial() throws SwitchFailure {
    Message query =
        Message.newQuery(Record.newRecord(WireRecords.toName(spec.zone()), Type.SOA, DClass.IN));
    try {
      return DnsWire.askAll(server.primary(), List.of(query), exchangeTime())
          .getFirst()
          .getSection(Section.ANSWER)
          .stream()
          .filter(SOARecord.class::isInstance)
          .mapToLong(soa -> ((SOARecord) soa).getSerial())
          .findFirst()
          .orElseThrow(() -> new IOException("it answered without one"));
    } catch (IOException e) {
      throw new SwitchFailure(
          UNREACHABLE,
          "Expected %s to tell the serial of %s, but: %s"
              .formatted(server.primary(), spec.zone(), e.getMessage()),
          true,
          e);
    }
  }

  @Override
  public String rightMissing(String cause) {
    return "%s. An update without effect was accepted, so zone and key are right: grant key %s the right to change these names and types, and TXT at %s<name>"
        .formatted(cause, server.tsigKey(), EpochMark.LABEL);
  }

  @Override
  public String ignoredBecause() {
    return "it ignores parts of an update that it thinks impossible, such as a CNAME beside other records, or that a policy forbids (PowerDNS's in Lua)";
  }

  private Duration exchangeTime() throws SocketTimeoutException {
    Duration left = Duration.ofNanos(endNanos - System.nanoTime());
    if (!left.isPositive()) {
      throw new SocketTimeoutException(
          "the order's time of %d ms is over".formatted(within.toMillis()));
    }
    return left.compareTo(EXCHANGE_MAX) < 0 ? left : EXCHANGE_MAX;
  }
}
