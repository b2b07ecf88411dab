package dev.cutover.contract;

/** A server by IP address or host name and port. */
public record ServerAddress(String host, int port) {
  public ServerAddress {
    Arguments.require(!host.isBlank(), "Expected a host, but it is blank");
    Arguments.require(port > 0 && port < 65536, "Expected a port of 1 to 65535, but got " + port);
  }

  /**
   * Reads {@code host}, {@code host:53}, {@code ::1} and {@code [::1]:53}.
   *
   * @param otherwise the port where none is given
   * @throws IllegalArgumentException for anything else
   */
  public static ServerAddress parse(String text, int otherwise) {
    boolean bracketed = text.startsWith("[") && text.contains("]");
    int last = text.lastIndexOf(':');
    boolean bare = !bracketed && text.indexOf(':') != last; // an IPv6 address without a port
    boolean given = !bare && last > text.lastIndexOf(']') && last >= 0;
    String host = given ? text.substring(0, last) : text;
    return new ServerAddress(
        bracketed ? host.substring(1, host.length() - 1) : host,
        given ? Integer.parseInt(text.substring(last + 1)) : otherwise);
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
