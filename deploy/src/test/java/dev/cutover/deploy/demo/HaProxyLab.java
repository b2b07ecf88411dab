package dev.cutover.deploy.demo;

import dev.cutover.contract.Side;
import dev.cutover.dns.haproxy.HaProxyProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A real HAProxy before both sides; the names that customers ask for never move. */
final class HaProxyLab implements SwitchLab {
  private static final String ZONE = "balanced.example.";

  /** Where its frontends listen, on the shop's port. */
  static final Map<Way, String> FRONTENDS = Map.of(Way.GREEN, "127.0.0.4", Way.CANARY, "127.0.0.5");

  /** The process has a frontend of its own for this one. */
  private static final String CANARY_BACKEND = "web";

  private final HaProxyProcess haproxy;
  private final DemoDnsServer dns;

  HaProxyLab(Path directory, int shopPort) throws IOException {
    haproxy =
        new HaProxyProcess(directory, section(Way.GREEN, shopPort) + section(Way.CANARY, shopPort));
    dns = DemoDnsServer.start(0, List.of());
    dns.addZone(
        ZONE,
        """
        @ 60 IN SOA ns.balanced.example. root.balanced.example. 1 60 60 60 5
        @ 60 IN NS ns.balanced.example.
        ns 60 IN A 127.0.0.1
        green 5 IN A %s
        canary 5 IN A %s
        """
            .formatted(FRONTENDS.get(Way.GREEN), FRONTENDS.get(Way.CANARY)));
  }

  private static String section(Way way, int shopPort) {
    return """
    frontend %1$s
      bind %2$s:%3$d
      default_backend %4$s
    backend %4$s
      server blue %5$s:%3$d weight 1
      server green %6$s:%3$d weight 0
    """
        .formatted(way.label(), FRONTENDS.get(way), shopPort, backend(way), SOURCE, TARGET);
  }

  private static String backend(Way way) {
    return way == Way.CANARY ? CANARY_BACKEND : "all";
  }

  @Override
  public String label() {
    return "haproxy";
  }

  @Override
  public Set<Way> ways() {
    return Set.of(Way.GREEN, Way.CANARY);
  }

  @Override
  public InetSocketAddress names() {
    return dns.address();
  }

  @Override
  public String name(Way way) {
    return way.label() + ".balanced.example";
  }

  @Override
  public String traffic(Way way) {
    return """
      haproxy:
        instances: ["%s"]
        backend: %s
        source: [blue]
        target: [green]
    """
        .formatted(haproxy.api(), backend(way));
  }

  @Override
  public Access access() {
    return new Access(
        Map.of(),
        Set.of(),
        Set.of(haproxy.api()),
        Map.of(
            "CUTOVER_DNS_ALLOWED_BACKENDS", "%s,%s".formatted(backend(Way.GREEN), CANARY_BACKEND)));
  }

  @Override
  public Optional<Side> serves(Way way) {
    try {
      String weights = haproxy.weights(backend(way));
      if (weights.endsWith("green=0")) {
        return Optional.of(Side.SOURCE);
      }
      return weights.startsWith("blue=0 ") ? Optional.of(Side.TARGET) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    dns.close();
    haproxy.close();
  }
}
