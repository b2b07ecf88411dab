package dev.cutover.deploy.demo;

import dev.cutover.contract.Side;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;

/** A provider whose weights a balancer shares customers out by, at once or share by share. */
abstract class BalancedLab implements SwitchLab {
  final BalancedCustomers customers;

  BalancedLab(BalancedCustomers customers) {
    this.customers = customers;
  }

  @Override
  public final Set<Way> ways() {
    return Set.of(Way.GREEN, Way.CANARY);
  }

  @Override
  public final InetSocketAddress names() {
    return customers.names();
  }

  @Override
  public final Set<String> frontends() {
    return customers.frontends();
  }

  @Override
  public final String name(Way way) {
    return customers.name(way);
  }

  @Override
  public final Optional<Side> serves(Way way) {
    return customers.serves(way);
  }

  @Override
  public void close() {
    customers.close();
  }
}
