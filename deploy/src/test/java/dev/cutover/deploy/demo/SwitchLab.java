package dev.cutover.deploy.demo;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Map;

/** A provider of the traffic switch for a whole cutover, and servers that answer what it stores. */
interface SwitchLab extends AutoCloseable {
  /** Where customers look names up. */
  InetSocketAddress names();

  /** Lines of the plan's {@code traffic} that name the provider and its servers. */
  String plan();

  /**
   * What the dns-service finds in its environment.
   *
   * @param directory for files with credentials
   */
  Map<String, String> environment(Path directory);

  /** The addresses that are stored, sorted. */
  String stored();

  @Override
  void close();
}
