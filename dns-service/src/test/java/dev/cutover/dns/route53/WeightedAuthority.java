package dev.cutover.dns.route53;

import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.route53.StoredSet.StoredKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * One of the servers of a hosted zone, which answers weighted sets as the API reference says
 * (ResourceRecordSet.Weight): one set for each query, as often as its part of the sum; weight 0
 * never, unless all are 0; a set whose health check fails is left out while another is healthy,
 * even one of weight 0, and counts again where none is (DG "How Amazon Route 53 chooses records
 * when health checking is configured"); an alias with what its target has. No name server that can
 * be installed does this from a zone. It also answers for names of AWS, as a resolver does. The
 * draw has a seed, so that counts are the same in each run.
 */
public final class WeightedAuthority
    implements BiConsumer<Map<StoredKey, StoredSet>, Map<StoredKey, StoredSet>>, AutoCloseable {
  private final DatagramSocket socket;
  private final Random random = new Random(17);
  private volatile Map<StoredKey, StoredSet> zone = Map.of();
  private final Map<String, List<String>> outside = new ConcurrentHashMap<>();
  private volatile HealthChecks checks = new HealthChecks();
  private volatile UnaryOperator<Map<StoredKey, StoredSet>> lag = UnaryOperator.identity();

  public WeightedAuthority() throws SocketException {
    socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    Thread.ofPlatform().daemon().name("weighted-authority").start(this::serve);
  }

  public ServerAddress address() {
    return new ServerAddress("127.0.0.1", socket.getLocalPort());
  }

  @Override
  public void accept(Map<StoredKey, StoredSet> before, Map<StoredKey, StoredSet> after) {
    zone = Map.copyOf(after);
  }

  /** Lets Route 53 know of health checks. */
  public void judgeBy(HealthChecks known) {
    checks = known;
  }

  /** Gives a name of AWS that type's addresses, for 60 s as load balancers have them. */
  public void resolve(String name, String type, String... addresses) {
    outside.put(name + " " + type, List.of(addresses));
  }

  /** Serves another zone than it was given, as a server does that has not heard of a change. */
  public void serve(UnaryOperator<Map<StoredKey, StoredSet>> instead) {
    lag = instead;
  }

  private void serve() {
    byte[] buffer = new byte[Message.MAXLENGTH];
    while (!socket.isClosed()) {
      DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
      try {
        socket.receive(packet);
        byte[] reply = answer(new Message(Arrays.copyOf(buffer, packet.getLength()))).toWire();
        socket.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private Message answer(Message query) throws IOException {
    Message reply = new Message(query.getHeader().getID());
    reply.getHeader().setFlag(Flags.QR);
    reply.getHeader().setFlag(Flags.AA);
    Record question = query.getQuestion();
    reply.addRecord(question, Section.QUESTION);
    String name = question.getName().toString().toLowerCase(Locale.ROOT);
    Values found = values(lag.apply(zone), name, Type.string(question.getType()));
    for (String value : found.values()) {
      reply.addRecord(
          Record.fromString(
              question.getName(), question.getType(), DClass.IN, found.ttl(), value, Name.root),
          Section.ANSWER);
    }
    return reply;
  }

  private record Values(long ttl, List<String> values) {}

  private Values values(Map<StoredKey, StoredSet> sets, String name, String type) {
    List<StoredSet> group =
        sets.values().stream()
            .filter(set -> set.name().equals(name) && set.type().equals(type))
            .toList();
    if (group.isEmpty()) {
      return new Values(60, outside.getOrDefault(name + " " + type, List.of()));
    }
    StoredSet drawn = draw(healthy(group));
    return drawn.aliasTarget().isPresent()
        ? values(sets, drawn.aliasTarget().get().dnsName(), type)
        : new Values(drawn.ttl().orElseThrow(), drawn.values());
  }

  private List<StoredSet> healthy(List<StoredSet> group) {
    List<StoredSet> weighted = group.stream().filter(set -> set.weight().orElse(1L) > 0).toList();
    List<StoredSet> up = weighted.stream().filter(checks::isHealthy).toList();
    List<StoredSet> anyUp = group.stream().filter(checks::isHealthy).toList();
    if (!up.isEmpty() || weighted.isEmpty()) {
      return up.isEmpty() ? group : up;
    }
    return anyUp.isEmpty() ? weighted : anyUp;
  }

  private StoredSet draw(List<StoredSet> group) {
    long sum = group.stream().mapToLong(set -> set.weight().orElse(1L)).sum();
    if (sum == 0) {
      return group.get(random.nextInt(group.size()));
    }
    long drawn = random.nextLong(sum);
    for (StoredSet set : group) {
      drawn -= set.weight().orElse(1L);
      if (drawn < 0) {
        return set;
      }
    }
    throw new IllegalStateException("Expected a draw below the sum of weights");
  }

  @Override
  public void close() {
    socket.close();
  }
}
