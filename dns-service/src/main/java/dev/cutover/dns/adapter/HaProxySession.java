package dev.cutover.dns.adapter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.cutover.contract.ServerAddress;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A connection to the runtime API of one HAProxy (management guide, 9.3), kept open between a look
 * and the change that rests on it.
 *
 * <p>HAProxy closes it when nothing was sent for {@link #IDLE}: so a change that comes later than
 * that after its look is never taken, however long this process or the network was held up. The API
 * has no conditions; this bounds how old a look can be.
 */
final class HaProxySession implements AutoCloseable {
  /** Asked for with {@code set timeout cli}. */
  static final Duration IDLE = Duration.ofSeconds(1);

  /** A line of commands is taken whole, and has to fit into HAProxy's buffer (16 kB by default). */
  private static final int LINE_MAX = 4000;

  /** An instance that is gone must not hold up a change of the others. */
  private static final int CONNECT_MAX_MS = 1000;

  private static final byte[] PROMPT = "\n> ".getBytes(UTF_8);

  /** More than any backend's servers fill. */
  private static final int ANSWER_MAX = 16 << 20;

  private final ServerAddress instance;
  private final Socket socket;
  private final long endNanos;

  private HaProxySession(ServerAddress instance, Socket socket, long endNanos) {
    this.instance = instance;
    this.socket = socket;
    this.endNanos = endNanos;
  }

  /**
   * Connects.
   *
   * @param within how long all of the session may take
   */
  static HaProxySession open(ServerAddress instance, HaProxySockets sockets, Duration within)
      throws IOException {
    long endNanos = System.nanoTime() + within.toNanos();
    Socket socket = new Socket();
    try {
      InetSocketAddress address = new InetSocketAddress(instance.host(), instance.port());
      if (address.isUnresolved()) {
        throw new UnknownHostException("host %s has no address".formatted(instance.host()));
      }
      socket.setTcpNoDelay(true);
      socket.connect(address, Math.min(millisUntil(endNanos), CONNECT_MAX_MS));
      socket.setSoTimeout(millisUntil(endNanos));
      Socket secured = sockets.secured(socket, instance);
      HaProxySession session = new HaProxySession(instance, secured, endNanos);
      session.ask(List.of("prompt", "set timeout cli " + IDLE.toSeconds(), "experimental-mode on"));
      return session;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Sends commands, in few lines, and gives the answer of each, without blanks around it. */
  List<String> ask(List<String> commands) throws IOException {
    List<String> answers = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    int pending = 0;
    for (String command : commands) {
      if (pending > 0 && line.length() + command.length() > LINE_MAX) {
        answers.addAll(exchange(line.toString(), pending));
        line.setLength(0);
        pending = 0;
      }
      line.append(pending > 0 ? "; " : "").append(command);
      pending++;
    }
    if (pending > 0) {
      answers.addAll(exchange(line.toString(), pending));
    }
    return answers;
  }

  private List<String> exchange(String line, int answers) throws IOException {
    try {
      socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
      List<String> read = new ArrayList<>();
      while (read.size() < answers) {
        socket.setSoTimeout(millisUntil(endNanos));
        read.add(answer());
      }
      return read;
    } catch (SocketTimeoutException e) {
      throw new SocketTimeoutException("no answer of %s in time".formatted(instance));
    }
  }

  /** What stands before the next prompt. */
  private String answer() throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    int matched = 0;
    while (matched < PROMPT.length) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        throw new EOFException("%s closed the connection".formatted(instance));
      }
      read.write(next);
      if (read.size() > ANSWER_MAX) {
        throw new IOException("%s answered more than %d bytes".formatted(instance, ANSWER_MAX));
      }
      matched = next == PROMPT[matched] ? matched + 1 : next == PROMPT[0] ? 1 : 0;
    }
    return read.toString(UTF_8).substring(0, read.size() - PROMPT.length).strip();
  }

  private static int millisUntil(long endNanos) throws SocketTimeoutException {
    long millis = (endNanos - System.nanoTime()) / 1_000_000;
    if (millis <= 0) {
      throw new SocketTimeoutException("no time left");
    }
    return (int) Math.min(millis, Integer.MAX_VALUE);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // nothing more is to be read from it
    }
  }
}
