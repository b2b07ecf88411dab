package dev.cutover.dns.haproxy;

import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.LoopbackProxy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/** Stands before a runtime API, and cuts a connection once it has passed a certain line on. */
public final class CuttingProxy implements AutoCloseable {
  private final LoopbackProxy proxy;
  private volatile Predicate<String> cut = _ -> false;

  public CuttingProxy(ServerAddress server) throws IOException {
    proxy = new LoopbackProxy(server, this::forward);
  }

  public ServerAddress address() {
    return proxy.address();
  }

  /** From now on the answer to such a line is lost, not its effect. */
  public void cutAfter(Predicate<String> line) {
    cut = line;
  }

  private void forward(Socket client, Socket upstream) throws IOException, InterruptedException {
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
        new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
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
  }

  @Override
  public void close() throws IOException {
    proxy.close();
  }
}
