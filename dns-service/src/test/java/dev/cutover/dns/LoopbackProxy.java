package dev.cutover.dns;

import dev.cutover.contract.ServerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Stands before a server and has each connection on a thread of its own. */
public final class LoopbackProxy implements AutoCloseable {
  /** What becomes of one connection. */
  public interface Exchange {
    /** Passes on what it likes; both connections end when it returns. */
    void forward(Socket client, Socket upstream) throws IOException, InterruptedException;
  }

  private final ServerSocket listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
  private final ServerAddress server;
  private final Exchange exchange;

  public LoopbackProxy(ServerAddress server, Exchange exchange) throws IOException {
    this.server = server;
    this.exchange = exchange;
    Thread.ofVirtual().start(this::accept);
  }

  /** Where clients find it. */
  public ServerAddress address() {
    return new ServerAddress("127.0.0.1", listener.getLocalPort());
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Thread.ofVirtual().start(() -> connect(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void connect(Socket client) {
    try (client;
        Socket upstream = new Socket(server.host(), server.port())) {
      exchange.forward(client, upstream);
    } catch (IOException | InterruptedException e) {
      // either end is gone: so is the exchange
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
