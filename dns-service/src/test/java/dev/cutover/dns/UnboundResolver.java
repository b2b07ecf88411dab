package dev.cutover.dns;

import static org.awaitility.Awaitility.await;

import dev.cutover.contract.RecordType;
import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.adapter.DnsjavaQueries;
import dev.cutover.dns.domain.DnsQueries.Answered;
import dev.cutover.runtime.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A real Unbound in front of the authorities. */
public final class UnboundResolver implements AutoCloseable {
  private final int port = FreePort.next();
  private final Daemon daemon;

  /**
   * @param ttlSecondsMin 0 for an honest cache; above, it clamps like many do
   * @param more lines of its configuration
   */
  public UnboundResolver(Path directory, Authorities authorities, int ttlSecondsMin, String... more)
      throws IOException {
    String unbound = Installed.require("unbound", "unbound");
    Path config = directory.resolve("unbound-%d.conf".formatted(port));
    Files.writeString(
        config,
        """
        server:
          directory: "%s"
          chroot: ""
          username: ""
          pidfile: "%s/unbound-%d.pid"
          interface: 127.0.0.1@%d
          do-ip6: no
          do-not-query-localhost: no
          access-control: 127.0.0.0/8 allow
          module-config: "iterator"
          local-zone: "example." nodefault
          num-threads: 1
          use-syslog: no
          cache-min-ttl: %d
        remote-control:
          control-enable: no
        stub-zone:
          name: "%s"
          stub-addr: 127.0.0.1@%d
          stub-addr: 127.0.0.1@%d
          stub-prime: no
        %s
        """
            .formatted(
                directory,
                directory,
                port,
                port,
                ttlSecondsMin,
                Authorities.ZONE,
                authorities.primary().port(),
                authorities.secondary().port(),
                String.join("\n", more)));
    daemon = Daemon.start(directory, List.of(unbound, "-d", "-c", config.toString()));
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              if (values("ns1." + Authorities.ZONE).isEmpty()) {
                throw new AssertionError(daemon.output());
              }
            });
  }

  /** Where it listens. */
  public ServerAddress address() {
    return new ServerAddress("127.0.0.1", port);
  }

  /** Asks for the addresses, and so fills the cache. */
  public List<String> values(String name) {
    var answer =
        new DnsjavaQueries().ask(address(), true, name, RecordType.A, Duration.ofSeconds(1));
    return answer instanceof Answered(var set, boolean _, var _) ? set.values() : List.of();
  }

  @Override
  public void close() {
    daemon.close();
  }
}
