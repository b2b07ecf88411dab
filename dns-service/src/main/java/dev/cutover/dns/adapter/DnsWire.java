package dev.cutover.dns.adapter;

import dev.cutover.contract.ServerAddress;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Flags;
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
            ? exchange(server, query, null, Duration.ofMillis(millisUntil(endNanos)))
            : reply;
      }
    } catch (SocketTimeoutException e) {
      throw noReply(server, within, e);
    }
  }

  /**
   * Sends over TCP and reads the reply. With a key the message is signed, and the reply is
   * verified: ask {@link Message#isVerified} before believing it.
   *
   * @throws IOException if there was no reply in time: the server may have acted all the same
   */
  static Message exchange(
      ServerAddress server, Message request, @Nullable TSIG key, Duration within)
      throws IOException {
    long endNanos = System.nanoTime() + within.toNanos();
    try (Socket socket = new Socket()) {
      try {
        socket.setTcpNoDelay(true);
        socket.connect(resolve(server), millisUntil(endNanos));
      } catch (IOException e) {
        throw new IOException(
            "Expected a connection to %s, but: %s".formatted(server, e.getMessage()), e);
      }
      TSIGRecord signature = null;
      if (key != null) {
        key.apply(request, null);
        signature = request.getTSIG();
      }
      byte[] asked = request.toWire(Message.MAXLENGTH);
      byte[] framed = new byte[asked.length + 2];
      framed[0] = (byte) (asked.length >> 8);
      framed[1] = (byte) asked.length;
      System.arraycopy(asked, 0, framed, 2, asked.length);
      socket.getOutputStream().write(framed);
      socket.setSoTimeout(millisUntil(endNanos));
      DataInputStream in = new DataInputStream(socket.getInputStream());
      byte[] answered = new byte[in.readUnsignedShort()];
      in.readFully(answered);
      Message reply = new Message(answered);
      if (reply.getHeader().getID() != request.getHeader().getID()) {
        throw new IOException(
            "Expected a reply to our message, but %s sent another".formatted(server));
      }
      if (key != null) {
        key.verify(reply, answered, signature);
      }
      return reply;
    } catch (SocketTimeoutException e) {
      throw noReply(server, within, e);
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
