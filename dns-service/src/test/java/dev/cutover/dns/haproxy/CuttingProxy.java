package dev.cutover.dns.haproxy;

import dev.cutover.contract.ServerAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/** Stands before a runtime API, and cuts a connection once it has passed a certain line on. */
public final class CuttingProxy implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
  private final ServerAddress server;
  private volatile Predicate<String> cut = _ -> false;

  public CuttingProxy(ServerAddress server) throws IOException {
    this.server = server;
    Thread.ofVirtual().start(this::accept);
  }

  public ServerAddress address() {
    return new ServerAddress("127.0.0.1", listener.getLocalPort());
  }

  /** From now on the answer to such a line is lost, not its effect. */
  public void cutAfter(Predicate<String> line) {
    cut = line;
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Thread.ofVirtual().start(() -> forward(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void forward(Socket client) {
    try (client;
        Socket upstream = new Socket(server.host(), server.port())) {
      Thread answers =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      upstream.getInputStream().transferTo(client.getOutputStream());
                      client.shutdownOutput();
                    } catch (IOException e) {
                      // either end is gone
                    }
                  });
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        boolean last = cut.test(line);
        if (last) {
          client.shutdownOutput();
        }
        upstream.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        if (last) {
          upstream.shutdownOutput();
          answers.join();
          return;
        }
      }
    } catch (IOException | InterruptedException e) {
      // either end is gone: so is the exchange
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
