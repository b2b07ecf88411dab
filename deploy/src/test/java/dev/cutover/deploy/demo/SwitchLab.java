package dev.cutover.deploy.demo;

import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A provider of the traffic switch for whole cutovers, one in each way that it knows, and servers
 * that send customers where it says.
 */
interface SwitchLab extends AutoCloseable {
  /** The source's address on the stage. */
  String SOURCE = "127.0.0.2";

  /** The target's. */
  String TARGET = "127.0.0.3";

  /** How traffic moves. */
  enum Way {
    /** All at once. */
    GREEN,
    /** Share by share: where the provider has weights. */
    CANARY;

    /** Part of names and ids. */
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What the dns-service finds in its configuration.
   *
   * @param credentials entries of its file
   * @param zones and {@code servers} what it may change and reach
   * @param settings further keys
   */
  record Access(
      Map<String, String> credentials,
      Set<String> zones,
      Set<ServerAddress> servers,
      Map<String, String> settings) {}

  /** Which provider it is: part of names and ids. */
  String label();

  /** The ways that traffic can move there. */
  Set<Way> ways();

  /** The server that customers ask. */
  InetSocketAddress names();

  /** Addresses where a balancer decides which side answers. */
  default Set<String> frontends() {
    return Set.of();
  }

  /** What they ask for, without the final dot. */
  String name(Way way);

  /** The plan's section {@code traffic}. */
  String traffic(Way way);

  Access access();

  /** Where views are proven from. */
  default Set<String> vantages() {
    return Set.of();
  }

  /** The side to which all customers are sent; empty while both have some. */
  Optional<Side> serves(Way way);

  @Override
  void close();
}
