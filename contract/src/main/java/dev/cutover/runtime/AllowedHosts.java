package dev.cutover.runtime;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The hosts that a service may ever touch, whatever a plan says. Pure.
 *
 * @param patterns each {@code host}, {@code host:port}, {@code *.domain} or {@code *.domain:port};
 *     IPv6 addresses in brackets; or a network such as {@code 10.0.0.0/8} or {@code fd00::/8}, for
 *     instances whose addresses nobody knows beforehand. May be empty: then none may
 */
public record AllowedHosts(List<String> patterns) {
  public AllowedHosts {
    patterns = patterns.stream().map(pattern -> pattern.toLowerCase(Locale.ROOT)).toList();
    for (String pattern : patterns) {
      if (pattern.contains("/") && network(pattern).isEmpty()) {
        throw new IllegalArgumentException(
            "Expected a network such as 10.0.0.0/8, but got '%s'".formatted(pattern));
      }
    }
  }

  /** Whether a server may be touched. */
  public boolean permits(String host, int port) {
    String name = host.toLowerCase(Locale.ROOT);
    Optional<InetAddress> address = literal(name);
    return patterns.stream()
        .anyMatch(
            pattern ->
                pattern.contains("/")
                    ? address.isPresent()
                        && network(pattern).filter(net -> net.has(address.get())).isPresent()
                    : matches(pattern, name, port));
  }

  /** Addresses that share their first bits. */
  private record Network(InetAddress first, int bits) {
    boolean has(InetAddress other) {
      byte[] mine = first.getAddress();
      byte[] its = other.getAddress();
      if (mine.length != its.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit % 8);
        if ((mine[bit / 8] & mask) != (its[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  private static Optional<Network> network(String pattern) {
    int slash = pattern.indexOf('/');
    String bits = pattern.substring(slash + 1);
    return literal(pattern.substring(0, slash))
        .filter(_ -> bits.matches("[0-9]{1,3}"))
        .map(address -> new Network(address, Integer.parseInt(bits)))
        .filter(net -> net.bits <= net.first.getAddress().length * 8);
  }

  /** An address that is written as one: a name is never looked up here. */
  private static Optional<InetAddress> literal(String host) {
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    if (!bare.contains(":") && !bare.matches("[0-9]+([.][0-9]+){3}")) {
      return Optional.empty(); // such as 10.1, which is taken for 10.0.0.1
    }
    try {
      return Optional.of(InetAddress.ofLiteral(bare));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Whether the address is absolute, HTTP or HTTPS, without user and password, and allowed. */
  public boolean permits(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      return false;
    }
    boolean secure = "https".equalsIgnoreCase(uri.getScheme());
    boolean plain = "http".equalsIgnoreCase(uri.getScheme());
    if (uri.getHost() == null || uri.getUserInfo() != null || !(secure || plain)) {
      return false;
    }
    int port = uri.getPort() == -1 ? (secure ? 443 : 80) : uri.getPort();
    return permits(uri.getHost(), port);
  }

  private static boolean matches(String pattern, String host, int port) {
    int colon = pattern.lastIndexOf(':');
    boolean withPort = colon > 0 && colon > pattern.lastIndexOf(']');
    if (withPort && !pattern.substring(colon + 1).equals(String.valueOf(port))) {
      return false;
    }
    String name = withPort ? pattern.substring(0, colon) : pattern;
    return name.startsWith("*.") ? host.endsWith(name.substring(1)) : host.equals(name);
  }
}
