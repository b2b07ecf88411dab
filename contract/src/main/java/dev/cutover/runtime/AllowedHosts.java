package dev.cutover.runtime;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/**
 * The hosts that a service may ever touch, whatever a plan says. Pure.
 *
 * @param patterns each {@code host}, {@code host:port}, {@code *.domain} or {@code *.domain:port};
 *     IPv6 addresses in brackets; may be empty: then none may
 */
public record AllowedHosts(List<String> patterns) {
  public AllowedHosts {
    patterns = patterns.stream().map(pattern -> pattern.toLowerCase(Locale.ROOT)).toList();
  }

  /** Whether a server may be touched. */
  public boolean permits(String host, int port) {
    String name = host.toLowerCase(Locale.ROOT);
    return patterns.stream().anyMatch(pattern -> matches(pattern, name, port));
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
