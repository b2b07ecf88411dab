package dev.cutover.deploy.demo;

import dev.cutover.contract.ServerAddress;
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

/**
 * A real HAProxy before both sides, with a frontend and a backend for each way, and names of them
 * that never move.
 */
final class BalancedCustomers implements AutoCloseable {
  /** The process has a frontend of its own for this one. */
  private static final String CANARY_BACKEND = "web";

  private static final String SOURCE_SERVER = "blue";
  private static final String TARGET_SERVER = "green";

  private final String zone;
  private final Map<SwitchLab.Way, String> frontends;
  private final HaProxyProcess haproxy;
  private final DemoDnsServer dns;

  /**
   * Starts it.
   *
   * @param zone of the names, such as {@code balanced.example}
   * @param frontends where it listens on the shop's port, an address for each way
   */
  BalancedCustomers(Path directory, String zone, int shopPort, Map<SwitchLab.Way, String> frontends)
      throws IOException {
    this.zone = zone;
    this.frontends = frontends;
    haproxy =
        new HaProxyProcess(
            directory,
            section(SwitchLab.Way.GREEN, shopPort) + section(SwitchLab.Way.CANARY, shopPort));
    dns = DemoDnsServer.start(0, List.of());
    dns.addZone(
        zone + ".",
        """
        @ 60 IN SOA ns.%1$s. root.%1$s. 1 60 60 60 5
        @ 60 IN NS ns.%1$s.
        ns 60 IN A 127.0.0.1
        green 5 IN A %2$s
        canary 5 IN A %3$s
        """
            .formatted(
                zone, frontends.get(SwitchLab.Way.GREEN), frontends.get(SwitchLab.Way.CANARY)));
  }

  private String section(SwitchLab.Way way, int shopPort) {
    return """
    frontend %1$s
      bind %2$s:%3$d
      default_backend %4$s
    backend %4$s
      server %7$s %5$s:%3$d weight 1
      server %8$s %6$s:%3$d weight 0
    """
        .formatted(
            way.label(),
            frontends.get(way),
            shopPort,
            backend(way),
            SwitchLab.SOURCE,
            SwitchLab.TARGET,
            SOURCE_SERVER,
            TARGET_SERVER);
  }

  static String backend(SwitchLab.Way way) {
    return way == SwitchLab.Way.CANARY ? CANARY_BACKEND : "all";
  }

  /** Where administrators reach the balancer. */
  ServerAddress api() {
    return haproxy.api();
  }

  InetSocketAddress names() {
    return dns.address();
  }

  String name(SwitchLab.Way way) {
    return way.label() + "." + zone;
  }

  Set<String> frontends() {
    return Set.copyOf(frontends.values());
  }

  /** Shares customers out so from now on. */
  void weigh(SwitchLab.Way way, int source, int target) {
    try {
      haproxy.command(
          "set weight %1$s/%2$s %3$d; set weight %1$s/%4$s %5$d"
              .formatted(backend(way), SOURCE_SERVER, source, TARGET_SERVER, target));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The side to which all are sent; empty while both have some. */
  Optional<Side> serves(SwitchLab.Way way) {
    try {
      String weights = haproxy.weights(backend(way));
      if (weights.endsWith(TARGET_SERVER + "=0")) {
        return Optional.of(Side.SOURCE);
      }
      return weights.startsWith(SOURCE_SERVER + "=0 ")
          ? Optional.of(Side.TARGET)
          : Optional.empty();
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
