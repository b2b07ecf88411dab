package dev.cutover.dns.adapter;

import dev.cutover.contract.ServerAddress;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TSIGRecord;

/**
 * Sends one DNS message to one server and reads its reply. No retry, no other server, no cache.
 *
 * <p>dnsjava's own resolver keeps TCP connections between messages. Here each exchange has its own:
 * a change of traffic must not be the one that finds out that a connection has died since last
 * week.
 */
final class DnsWire {
  private DnsWire() {}

  /**
   * Asks over UDP, and again over TCP if the answer didn't fit.
   *
   * @throws IOException if there was no answer in time
   */
  static Message ask(ServerAddress server, Message query, Duration within) throws IOException {
    long endNanos = System.nanoTime() + within.toNanos();
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(resolve(server));
      byte[] asked = query.toWire();
      socket.send(new DatagramPacket(asked, asked.length));
      byte[] buffer = new byte[Message.MAXLENGTH];
      while (true) {
        socket.setSoTimeout(millisUntil(endNanos));
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        Message reply = new Message(Arrays.copyOf(buffer, packet.getLength()));
        if (reply.getHeader().getID() != query.getHeader().getID()
            || (reply.getQuestion() != null && !query.getQuestion().equals(reply.getQuestion()))) {
          continue; // not for us: somebody guesses, or an earlier query's late answer
        }
        return reply.getHeader().getFlag(Flags.TC)
            ? askAll(server, List.of(query), Duration.ofMillis(millisUntil(endNanos))).getFirst()
            : reply;
      }
    } catch (SocketTimeoutException e) {
      throw noReply(server, within, e);
    }
  }

  /**
   * Sends a signed message over TCP and reads the reply, verified: ask {@link Message#isVerified}
   * before believing it.
   *
   * @throws IOException if there was no reply in time: the server may have acted all the same
   */
  static Message exchange(ServerAddress server, Message request, TSIG key, Duration within)
      throws IOException {
    key.apply(request, null);
    TSIGRecord signature = request.getTSIG();
    byte[] answered = exchange(server, List.of(request), within).getFirst();
    Message reply = new Message(answered);
    key.verify(reply, answered, signature);
    return reply;
  }

  /**
   * Asks over one TCP connection, all questions before the first answer (RFC 7766, 6.2.1.1), so
   * that a far server costs two round trips and not two for each.
   *
   * @return the replies, in the order of the queries
   * @throws IOException if one was not there in time
   */
  static List<Message> askAll(ServerAddress server, List<Message> queries, Duration within)
      throws IOException {
    List<Message> replies = new ArrayList<>();
    for (byte[] answered : exchange(server, queries, within)) {
      replies.add(new Message(answered));
    }
    return replies;
  }

  private static List<byte[]> exchange(
      ServerAddress server, List<Message> requests, Duration within) throws IOException {
    long endNanos = System.nanoTime() + within.toNanos();
    try (Socket socket = connect(server, endNanos)) {
      ByteArrayOutputStream framed = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(framed);
      Map<Integer, Integer> placeById = new HashMap<>();
      for (Message request : requests) {
        placeById.put(request.getHeader().getID(), placeById.size());
        byte[] asked = request.toWire(Message.MAXLENGTH);
        out.writeShort(asked.length);
        out.write(asked);
      }
      framed.writeTo(socket.getOutputStream());
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[][] replies = new byte[requests.size()][];
      while (!placeById.isEmpty()) {
        socket.setSoTimeout(millisUntil(endNanos));
        byte[] answered = new byte[in.readUnsignedShort()];
        in.readFully(answered);
        Integer place = placeById.remove(new Header(answered).getID());
        if (place == null) {
          throw new IOException(
              "Expected replies to our messages, but %s sent another".formatted(server));
        }
        replies[place] = answered;
      }
      return List.of(replies);
    } catch (SocketTimeoutException e) {
      throw noReply(server, within, e);
    } catch (EOFException e) {
      throw new IOException(
          "Expected a reply of %s, but it closed the connection".formatted(server), e);
    }
  }

  private static Socket connect(ServerAddress server, long endNanos) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.connect(resolve(server), millisUntil(endNanos));
      return socket;
    } catch (IOException e) {
      socket.close();
      throw new IOException(
          "Expected a connection to %s, but: %s".formatted(server, e.getMessage()), e);
    }
  }

  private static InetSocketAddress resolve(ServerAddress server) throws UnknownHostException {
    InetSocketAddress address = new InetSocketAddress(server.host(), server.port());
    if (address.isUnresolved()) {
      throw new UnknownHostException(
          "Expected an address of host %s, but it has none".formatted(server.host()));
    }
    return address;
  }

  private static int millisUntil(long endNanos) throws SocketTimeoutException {
    long millis = (endNanos - System.nanoTime()) / 1_000_000;
    if (millis <= 0) {
      throw new SocketTimeoutException("no time left");
    }
    return (int) Math.min(millis, Integer.MAX_VALUE);
  }

  private static IOException noReply(ServerAddress server, Duration within, IOException cause) {
    return new IOException(
        "Expected a reply of %s within %d ms, but there was none"
            .formatted(server, within.toMillis()),
        cause);
  }
}
