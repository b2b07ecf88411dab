package dev.cutover.deploy.bench;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.domain.DnsQueries.Answered;
import dev.cutover.runtime.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Real Unbounds in front of two authorities: each process has one cache and several addresses. */
final class UnboundResolvers implements AutoCloseable {
  static final int PROCESSES = 10;
  static final int ADDRESSES_EACH = 5;

  private static final Duration START_MAX = Duration.ofSeconds(20);
  private static final Duration ANSWER_MAX = Duration.ofSeconds(1);

  private final List<ServerProcess> processes = new ArrayList<>();
  private final List<ServerAddress> addresses = new ArrayList<>();

  private UnboundResolvers() {}

  static UnboundResolvers start(MeasuredZone zone, Path directory)
      throws IOException, InterruptedException {
    UnboundResolvers resolvers = new UnboundResolvers();
    try {
      for (int n = 0; n < PROCESSES; n++) {
        resolvers.startOne(zone, Files.createDirectories(directory.resolve("unbound-" + n)));
      }
      for (ServerAddress address : resolvers.addresses) {
        Waiting.untilReady(
            "%s to answer".formatted(address), START_MAX, () -> answers(address, zone));
      }
      return resolvers;
    } catch (IOException | InterruptedException | RuntimeException e) {
      resolvers.close();
      throw e;
    }
  }

  private void startOne(MeasuredZone zone, Path place) throws IOException {
    StringBuilder interfaces = new StringBuilder();
    for (int n = 0; n < ADDRESSES_EACH; n++) {
      int port = FreePort.next();
      addresses.add(new ServerAddress("127.0.0.1", port));
      interfaces.append("  interface: 127.0.0.1@%d%n".formatted(port));
    }
    Path config =
        Files.writeString(
            place.resolve("unbound.conf"),
            """
            server:
              directory: "%1$s"
              chroot: ""
              username: ""
              pidfile: "%1$s/unbound.pid"
            %2$s  do-ip6: no
              do-not-query-localhost: no
              access-control: 127.0.0.0/8 allow
              module-config: "iterator"
              local-zone: "example." nodefault
              num-threads: 1
              use-syslog: no
            remote-control:
              control-enable: no
            stub-zone:
              name: "%3$s"
              stub-addr: 127.0.0.1@%4$d
              stub-addr: 127.0.0.1@%5$d
              stub-prime: no
            """
                .formatted(
                    place,
                    interfaces,
                    zone.zone(),
                    zone.authorities().getFirst().port(),
                    zone.authorities().getLast().port()));
    processes.add(
        ServerProcess.start(
            place, ServerProcess.require("unbound"), "-d", "-c", config.toString()));
  }

  /** Asks for a name that no round uses. */
  private static boolean answers(ServerAddress resolver, MeasuredZone zone) {
    return new DnsjavaQueries()
            .ask(resolver, true, zone.name(MeasuredZone.NAMES - 1), RecordType.A, ANSWER_MAX)
        instanceof Answered;
  }

  List<ServerAddress> addresses() {
    return List.copyOf(addresses);
  }

  @Override
  public void close() {
    processes.forEach(ServerProcess::close);
  }
}
