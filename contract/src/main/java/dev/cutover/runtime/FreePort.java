package dev.cutover.runtime;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of 127.0.0.1 for servers that are started later, by a process of their own or again after a
 * kill. A port that the system chooses (bind to 0) would not do: until the server binds it, the
 * system may give it to whoever connects somewhere. These lie below the range that it chooses from
 * (Linux: {@code ip_local_port_range}, 32768 at least by default).
 */
public final class FreePort {
  private static final int MIN = 15_000;
  private static final int MAX = 32_768;
  private static final int ATTEMPTS_MAX = 200;

  /** Nobody here gets one twice, though its server may not have bound it yet. */
  private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

  private FreePort() {}

  /**
   * A port that nobody has for TCP or for UDP.
   *
   * @throws IllegalStateException when none is found
   */
  public static int next() {
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      int port = ThreadLocalRandom.current().nextInt(MIN, MAX);
      if (isFree(port) && GIVEN.add(port)) {
        return port;
      }
    }
    throw new IllegalStateException(
        "Expected a port from %d to %d of 127.0.0.1 that is free for TCP and UDP, but found none in %d tries"
            .formatted(MIN, MAX - 1, ATTEMPTS_MAX));
  }

  private static boolean isFree(int port) {
    InetAddress local = InetAddress.getLoopbackAddress();
    try (ServerSocket tcp = new ServerSocket(port, 1, local);
        DatagramSocket udp = new DatagramSocket(port, local)) {
      return tcp.isBound() && udp.isBound();
    } catch (IOException e) {
      return false; // somebody has it
    }
  }
}
