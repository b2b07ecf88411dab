package dev.cutover.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A bad network before a server: it delays what it passes on, cuts connections, or lets nothing
 * through any more without a word, which is what a connection sees whose packets vanish.
 */
public final class ToxicProxy implements AutoCloseable {
  private static final int CHUNKS_MAX = 64;

  private final ServerSocket listener;
  private final int upstreamPort;
  private final List<Line> lines = new CopyOnWriteArrayList<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private volatile Duration latency = Duration.ZERO;
  private volatile boolean isSilent;

  /**
   * @param upstreamPort of the server, on this machine
   */
  public ToxicProxy(int upstreamPort) {
    this.upstreamPort = upstreamPort;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  /** Where clients find it, on this machine. */
  public int port() {
    return listener.getLocalPort();
  }

  /** How many connections were ever made: who gives one up makes another. */
  public int accepted() {
    return accepted.get();
  }

  /** From now on what is passed on comes so much later, in both directions. */
  public void delay(Duration each) {
    latency = each;
  }

  /** Ends all connections by a reset, as a firewall does. */
  public void cut() {
    lines.forEach(Line::cut);
  }

  /** Nothing comes through any more, on any connection; all of them stay as they are. */
  public void silence() {
    isSilent = true;
    lines.forEach(line -> line.pass(false));
  }

  /** The same, but only for PostgreSQL's replication connections that are open now. */
  public void silenceReplication() {
    lines.stream().filter(line -> line.isReplication).forEach(line -> line.pass(false));
  }

  /** All that was held back comes through, and all goes on. */
  public void heal() {
    isSilent = false;
    lines.forEach(line -> line.pass(true));
  }

  /** New connections are as they should be; those that are silent stay so for ever. */
  public void healForNewOnes() {
    isSilent = false;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        accepted.incrementAndGet();
        connect(client);
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void connect(Socket client) throws IOException {
    try {
      Line line = new Line(client, new Socket(listener.getInetAddress(), upstreamPort));
      line.pass(!isSilent);
      lines.add(line);
      line.start();
    } catch (IOException e) {
      client.close(); // the server is down
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
  }

  /** One connection. */
  private final class Line {
    private final Socket client;
    private final Socket upstream;
    private boolean passes = true;
    private volatile boolean isReplication;

    Line(Socket client, Socket upstream) throws IOException {
      this.client = client;
      this.upstream = upstream;
      client.setTcpNoDelay(true);
      upstream.setTcpNoDelay(true);
    }

    void start() {
      pipe(client, upstream);
      pipe(upstream, client);
    }

    synchronized void pass(boolean may) {
      passes = may;
      notifyAll();
    }

    private synchronized void awaitPassage() throws InterruptedException {
      while (!passes && !client.isClosed()) {
        wait();
      }
    }

    private synchronized void awaitTime(long dueNanos) throws InterruptedException {
      for (long left = dueNanos - System.nanoTime();
          left > 0;
          left = dueNanos - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    }

    private void pipe(Socket from, Socket to) {
      BlockingQueue<Chunk> under = new LinkedBlockingQueue<>(CHUNKS_MAX);
      Thread.ofVirtual().start(() -> read(from, under));
      Thread.ofVirtual().start(() -> write(under, to));
    }

    private void read(Socket from, BlockingQueue<Chunk> under) {
      byte[] buffer = new byte[64 * 1024];
      try {
        int length = 0;
        while (length >= 0) {
          length = from.getInputStream().read(buffer);
          if (from.equals(client) && length > 0) {
            // The message that begins a session has it, and no statement of these tests does.
            isReplication =
                isReplication
                    || new String(buffer, 0, length, ISO_8859_1).contains("replication\0");
          }
          awaitPassage();
          under.put(
              new Chunk(
                  ByteBuffer.wrap(Arrays.copyOf(buffer, Math.max(0, length))),
                  System.nanoTime(),
                  length < 0));
        }
      } catch (IOException | InterruptedException e) {
        end();
      }
    }

    private void write(BlockingQueue<Chunk> under, Socket to) {
      try {
        while (true) {
          Chunk chunk = under.take();
          awaitTime(chunk.readNanos() + latency.toNanos());
          awaitPassage();
          if (chunk.isEnd()) {
            end();
            return;
          }
          to.getOutputStream().write(chunk.bytes().array());
        }
      } catch (IOException | InterruptedException e) {
        end();
      }
    }

    private void cut() {
      try {
        client.setSoLinger(true, 0);
        upstream.setSoLinger(true, 0);
      } catch (IOException e) {
        assert e != null; // closed already
      }
      end();
    }

    private void end() {
      for (Socket socket : List.of(client, upstream)) {
        try {
          socket.close();
        } catch (IOException e) {
          assert e != null; // closed it is
        }
      }
      pass(true);
      lines.remove(this);
    }
  }

  private record Chunk(ByteBuffer bytes, long readNanos, boolean isEnd) {}
}
