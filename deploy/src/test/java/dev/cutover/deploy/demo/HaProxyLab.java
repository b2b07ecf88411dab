package dev.cutover.deploy.demo;

import dev.cutover.contract.Side;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A real HAProxy, whose weights move by its runtime API. */
final class HaProxyLab implements SwitchLab {
  private final BalancedCustomers customers;

  HaProxyLab(Path directory, int shopPort) throws IOException {
    customers =
        new BalancedCustomers(
            directory,
            "balanced.example",
            shopPort,
            Map.of(Way.GREEN, "127.0.0.4", Way.CANARY, "127.0.0.5"));
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
    return customers.names();
  }

  @Override
  public Set<String> frontends() {
    return customers.frontends();
  }

  @Override
  public String name(Way way) {
    return customers.name(way);
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
        .formatted(customers.api(), BalancedCustomers.backend(way));
  }

  @Override
  public Access access() {
    return new Access(
        Map.of(),
        Set.of(),
        Set.of(customers.api()),
        Map.of(
            "CUTOVER_DNS_ALLOWED_BACKENDS",
            "%s,%s"
                .formatted(
                    BalancedCustomers.backend(Way.GREEN), BalancedCustomers.backend(Way.CANARY))));
  }

  @Override
  public Optional<Side> serves(Way way) {
    return customers.serves(way);
  }

  @Override
  public void close() {
    customers.close();
  }
}
