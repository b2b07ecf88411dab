package dev.cutover.validator.adapter.system;

import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SystemCheck.TcpReach;
import dev.cutover.validator.domain.Verdict;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Connects to servers and sends nothing. */
final class TcpLook {
  private final Reach reach;

  TcpLook(Reach reach) {
    this.reach = reach;
  }

  Verdict look(TcpReach check, Instant deadline) throws Unasked {
    List<String> faults = new ArrayList<>();
    List<String> evidence = new ArrayList<>();
    for (ServerAddress server : check.servers()) {
      reach.require(server);
      Duration timeout = reach.within(check.timeoutMs(), deadline);
      Instant from = reach.now();
      try (Socket socket = new Socket()) {
        InetSocketAddress address = new InetSocketAddress(server.host(), server.port());
        socket.connect(address, (int) timeout.toMillis());
        evidence.add(
            "%s took the connection in %d ms"
                .formatted(server, Duration.between(from, reach.now()).toMillis()));
      } catch (IOException e) {
        String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        faults.add(
            "Expected %s to take a connection within %d ms, but %s"
                .formatted(server, timeout.toMillis(), why));
      }
    }
    return faults.isEmpty()
        ? new Verdict.Match("all %d servers take connections".formatted(evidence.size()), evidence)
        : new Verdict.Mismatch(String.join("; ", faults), evidence);
  }
}
