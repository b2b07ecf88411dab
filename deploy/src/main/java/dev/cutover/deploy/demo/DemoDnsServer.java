package dev.cutover.deploy.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TSIGRecord;
import org.xbill.DNS.Type;

/**
 * Serves zones authoritatively on 127.0.0.1 over UDP and TCP, and takes TSIG-signed UPDATE messages
 * with prerequisites (RFC 2136). The dns-service can't tell it from BIND: one contract test runs
 * against both.
 *
 * <p>Everything is in memory. Updates are atomic and one after another; each that changes something
 * raises the serial by one.
 */
public final class DemoDnsServer implements AutoCloseable {
  private static final int UDP_BYTES_MAX = 1232;
  private static final int PLAIN_UDP_BYTES_MAX = 512;

  private final DemoDnsSockets sockets;
  private final Map<Name, DemoDnsKey> keys = new ConcurrentHashMap<>();
  private final Map<Name, DemoDnsZone> zones = new ConcurrentHashMap<>();
  private final List<DemoDnsServer> secondaries = new CopyOnWriteArrayList<>();
  private final boolean secondary;
  private final AtomicLong queries = new AtomicLong();
  private final AtomicLong updates = new AtomicLong();
  private final AtomicInteger repliesToDrop = new AtomicInteger();
  private volatile boolean transfersPaused;

  private DemoDnsServer(int port, List<DemoDnsKey> keys, boolean secondary) {
    this.secondary = secondary;
    keys.forEach(key -> this.keys.put(key.absoluteName(), key));
    this.sockets = DemoDnsSockets.open(port, this::reply);
  }

  /**
   * Starts a primary.
   *
   * @param port of 127.0.0.1 for UDP and TCP; 0 takes a free one
   * @param keys whose signatures it accepts
   * @throws UncheckedIOException if the port is in use; the message names it
   */
  public static DemoDnsServer start(int port, List<DemoDnsKey> keys) {
    return new DemoDnsServer(port, keys, false);
  }

  /**
   * Starts a secondary that follows this server and refuses updates, as one does that doesn't
   * forward them. Zones that are added afterwards follow too.
   *
   * @param port as in {@link #start}
   */
  public DemoDnsServer startSecondary(int port) {
    DemoDnsServer follower = new DemoDnsServer(port, List.copyOf(keys.values()), true);
    follower.zones.putAll(zones);
    secondaries.add(follower);
    return follower;
  }

  /**
   * Adds a zone, or replaces it.
   *
   * @param origin name of the zone
   * @param masterFile its records in master file form, with SOA and NS; relative names are below
   *     the origin
   */
  public void addZone(String origin, String masterFile) {
    DemoDnsZone zone = DemoDnsZone.parse(origin, masterFile);
    publish(zone);
  }

  /** Address to which queries and updates are sent. */
  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), sockets.port());
  }

  /** Port of 127.0.0.1, for UDP and TCP. */
  public int port() {
    return sockets.port();
  }

  /** Queries received since the start, over UDP and TCP. */
  public long queries() {
    return queries.get();
  }

  /** UPDATE messages received since the start, refused ones included. */
  public long updates() {
    return updates.get();
  }

  /** Makes the next UPDATE take effect without a reply: the connection is closed instead. */
  public void dropNextUpdateReply() {
    repliesToDrop.incrementAndGet();
  }

  /** Stops (true) or resumes (false) a secondary's following of its primary. */
  public void pauseTransfers(boolean paused) {
    transfersPaused = paused;
  }

  /** Gives a zone to the secondaries again, as a transfer after a pause would. */
  public void transferAll() {
    zones.values().forEach(this::publish);
  }

  /**
   * Values now stored for a name and type, in text form and sorted; empty if there are none.
   *
   * @param name absolute or not
   * @param type such as {@code A}
   */
  public List<String> values(String name, String type) {
    Name absolute = Name.fromConstantString(name.endsWith(".") ? name : name + ".");
    return zoneOf(absolute).stream()
        .flatMap(zone -> zone.at(absolute, Type.value(type)).stream())
        .map(Record::rdataToString)
        .sorted()
        .toList();
  }

  @Override
  public void close() {
    sockets.close();
  }

  private synchronized void publish(DemoDnsZone zone) {
    zones.put(zone.origin(), zone);
    for (DemoDnsServer follower : secondaries) {
      if (!follower.transfersPaused) {
        follower.zones.put(zone.origin(), zone);
      }
    }
  }

  /** Gives the bytes to send back, or null where silence is the answer. */
  private byte @Nullable [] reply(byte[] asked, boolean overUdp) {
    Message request;
    try {
      request = new Message(asked);
    } catch (IOException e) {
      return malformed(asked);
    }
    if (request.getHeader().getFlag(Flags.QR)) {
      return null;
    }
    Message response = responseTo(request);
    TSIGRecord signature = request.getTSIG();
    TSIG tsig = null;
    DemoDnsKey key = null;
    if (signature != null) {
      key = keys.get(signature.getName());
      if (key == null || !signature.getAlgorithm().equals(TSIG.HMAC_SHA256)) {
        return refusedSignature(response, signature, Rcode.BADKEY);
      }
      tsig = key.toTsig();
      int error = tsig.verify(request, asked, null);
      if (error == Rcode.BADTIME) {
        response.getHeader().setRcode(Rcode.NOTAUTH);
        response.setTSIG(tsig, Rcode.BADTIME, signature);
        return response.toWire(Message.MAXLENGTH);
      }
      if (error != Rcode.NOERROR) {
        return refusedSignature(response, signature, Rcode.BADSIG);
      }
    }
    boolean answered = respond(request, key, response);
    if (!answered) {
      return null;
    }
    if (tsig != null) {
      response.setTSIG(tsig, Rcode.NOERROR, signature);
    }
    return response.toWire(overUdp ? udpBytesMax(request) : Message.MAXLENGTH);
  }

  /** Returns false if the reply shall be lost. */
  private boolean respond(Message request, @Nullable DemoDnsKey key, Message response) {
    return switch (request.getHeader().getOpcode()) {
      case Opcode.QUERY -> {
        queries.incrementAndGet();
        answer(request.getQuestion(), response);
        yield true;
      }
      case Opcode.UPDATE -> {
        updates.incrementAndGet();
        response.getHeader().setRcode(update(request, key));
        yield repliesToDrop.getAndUpdate(n -> Math.max(0, n - 1)) == 0;
      }
      default -> {
        response.getHeader().setRcode(Rcode.NOTIMP);
        yield true;
      }
    };
  }

  private void answer(@Nullable Record question, Message response) {
    if (question == null) {
      response.getHeader().setRcode(Rcode.FORMERR);
      return;
    }
    Optional<DemoDnsZone> zone = zoneOf(question.getName());
    boolean transfer = question.getType() == Type.AXFR || question.getType() == Type.IXFR;
    if (zone.isEmpty() || transfer || question.getDClass() != DClass.IN) {
      response.getHeader().setRcode(Rcode.REFUSED);
      return;
    }
    zone.get().answer(question.getName(), question.getType(), response);
  }

  private synchronized int update(Message request, @Nullable DemoDnsKey key) {
    Record zoneRecord = request.getQuestion();
    if (zoneRecord == null || zoneRecord.getType() != Type.SOA) {
      return Rcode.FORMERR;
    }
    DemoDnsZone zone = zones.get(zoneRecord.getName());
    if (zone == null) {
      return Rcode.NOTAUTH;
    }
    if (secondary) {
      return Rcode.REFUSED;
    }
    DemoDnsUpdate.Outcome outcome =
        DemoDnsUpdate.apply(zone, request, key != null && key.mayUpdate());
    if (outcome.changed()) {
      publish(outcome.zone());
    }
    return outcome.rcode();
  }

  private Optional<DemoDnsZone> zoneOf(Name name) {
    return zones.values().stream()
        .filter(zone -> name.subdomain(zone.origin()))
        .max((left, right) -> Integer.compare(left.origin().labels(), right.origin().labels()));
  }

  private static Message responseTo(Message request) {
    Message response = new Message(request.getHeader().getID());
    Header header = response.getHeader();
    header.setFlag(Flags.QR);
    header.setOpcode(request.getHeader().getOpcode());
    if (request.getHeader().getFlag(Flags.RD)) {
      header.setFlag(Flags.RD);
    }
    Record question = request.getQuestion();
    if (question != null) {
      response.addRecord(question, Section.QUESTION);
    }
    if (request.getOPT() != null) {
      response.addRecord(new OPTRecord(UDP_BYTES_MAX, 0, 0), Section.ADDITIONAL);
    }
    return response;
  }

  /** BADKEY and BADSIG are told without a signature: there is no key to sign with (RFC 8945). */
  private static byte[] refusedSignature(Message response, TSIGRecord asked, int error) {
    response.getHeader().setRcode(Rcode.NOTAUTH);
    response.addRecord(
        new TSIGRecord(
            asked.getName(),
            DClass.ANY,
            0,
            asked.getAlgorithm(),
            asked.getTimeSigned(),
            asked.getFudge(),
            new byte[0],
            response.getHeader().getID(),
            error,
            new byte[0]),
        Section.ADDITIONAL);
    return response.toWire(Message.MAXLENGTH);
  }

  private static byte @Nullable [] malformed(byte[] asked) {
    try {
      Header header = new Header(asked);
      Message response = new Message(header.getID());
      response.getHeader().setFlag(Flags.QR);
      response.getHeader().setOpcode(header.getOpcode());
      response.getHeader().setRcode(Rcode.FORMERR);
      return response.toWire();
    } catch (IOException e) {
      return null;
    }
  }

  private static int udpBytesMax(Message request) {
    OPTRecord opt = request.getOPT();
    return opt == null
        ? PLAIN_UDP_BYTES_MAX
        : Math.clamp(opt.getPayloadSize(), PLAIN_UDP_BYTES_MAX, UDP_BYTES_MAX);
  }
}
