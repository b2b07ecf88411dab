package dev.cutover.contract;

/** A server by IP address or host name and port. */
public record ServerAddress(String host, int port) {
  public ServerAddress {
    Arguments.require(!host.isBlank(), "Expected a host, but it is blank");
    Arguments.require(port > 0 && port < 65536, "Expected a port of 1 to 65535, but got " + port);
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
