package dev.cutover.deploy.demo;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries DNS messages over UDP and TCP on one port of 127.0.0.1 (RFC 1035 4.2, RFC 7766). */
final class DemoDnsSockets implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(DemoDnsSockets.class);
  private static final int MESSAGE_BYTES_MAX = 65_535;
  private static final int TCP_IDLE_MS = 30_000;
  private static final int PORT_ATTEMPTS_MAX = 20;

  /** Answers messages. */
  @FunctionalInterface
  interface Answerer {
    /** Gives the bytes to send back, or null where silence is the answer. */
    byte @Nullable [] reply(byte[] asked, boolean overUdp);
  }

  private final ServerSocket tcp;
  private final DatagramSocket udp;
  private final Answerer answerer;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private DemoDnsSockets(ServerSocket tcp, DatagramSocket udp, Answerer answerer) {
    this.tcp = tcp;
    this.udp = udp;
    this.answerer = answerer;
    Thread.ofVirtual().name("demo-dns-udp").start(this::serveUdp);
    Thread.ofVirtual().name("demo-dns-tcp").start(this::serveTcp);
  }

  /**
   * Begins to listen.
   *
   * @param port 0 takes one that is free for both
   * @throws UncheckedIOException if the port is in use; the message names it
   */
  static DemoDnsSockets open(int port, Answerer answerer) {
    InetAddress local = InetAddress.getLoopbackAddress();
    for (int attempt = 1; ; attempt++) {
      try {
        ServerSocket tcp = new ServerSocket(port, 64, local);
        try {
          return new DemoDnsSockets(tcp, new DatagramSocket(tcp.getLocalPort(), local), answerer);
        } catch (SocketException e) {
          tcp.close();
          if (port != 0 || attempt == PORT_ATTEMPTS_MAX) {
            throw e;
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(
            "Expected port %d of 127.0.0.1 to be free for the demo's DNS server, but: %s. End what uses it or choose another"
                .formatted(port, e.getMessage()),
            e);
      }
    }
  }

  int port() {
    return tcp.getLocalPort();
  }

  @Override
  public void close() {
    closed = true;
    udp.close();
    closeQuietly(tcp);
    connections.forEach(DemoDnsSockets::closeQuietly);
  }

  private void serveUdp() {
    byte[] buffer = new byte[MESSAGE_BYTES_MAX];
    while (!closed) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        udp.receive(packet);
        byte[] asked = Arrays.copyOf(packet.getData(), packet.getLength());
        byte[] reply = answerer.reply(asked, true);
        if (reply != null) {
          udp.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
        }
      } catch (IOException e) {
        logUnlessClosed(e);
      }
    }
  }

  private void serveTcp() {
    while (!closed) {
      try {
        Socket connection = tcp.accept();
        connections.add(connection);
        Thread.ofVirtual().name("demo-dns-connection").start(() -> serve(connection));
      } catch (IOException e) {
        logUnlessClosed(e);
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      connection.setSoTimeout(TCP_IDLE_MS);
      DataInputStream in = new DataInputStream(connection.getInputStream());
      DataOutputStream out = new DataOutputStream(connection.getOutputStream());
      while (!closed) {
        byte[] asked = in.readNBytes(in.readUnsignedShort());
        byte[] reply = answerer.reply(asked, false);
        if (reply == null) {
          return;
        }
        byte[] framed = new byte[reply.length + 2];
        framed[0] = (byte) (reply.length >> 8);
        framed[1] = (byte) reply.length;
        System.arraycopy(reply, 0, framed, 2, reply.length);
        out.write(framed);
      }
    } catch (EOFException e) {
      LOGGER.atTrace().log("client closed its connection");
    } catch (IOException e) {
      logUnlessClosed(e);
    } finally {
      connections.remove(connection);
    }
  }

  private void logUnlessClosed(IOException e) {
    if (!closed) {
      LOGGER.atDebug().addKeyValue("error", e.getMessage()).log("dns exchange failed");
    }
  }

  private static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      LOGGER.atDebug().addKeyValue("error", e.getMessage()).log("closing failed");
    }
  }
}
