package dev.cutover.deploy.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** A real HAProxy, whose weights move by its runtime API. */
final class HaProxyLab extends BalancedLab {
  HaProxyLab(Path directory, int shopPort) throws IOException {
    super(
        new BalancedCustomers(
            directory,
            "balanced.example",
            shopPort,
            Map.of(Way.GREEN, "127.0.0.4", Way.CANARY, "127.0.0.5")));
  }

  @Override
  public String label() {
    return "haproxy";
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
}
