package dev.cutover.contract;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How the edge of a provider that stands in front of the origins is asked which side served: its
 * own addresses never change, so that no name server can tell.
 *
 * @param tls whether it is asked through TLS, with the switched name in SNI
 * @param port of the edge
 * @param path of the request, with its query; begins with a slash
 * @param header name of the response header that tells the side by its whole value; the body tells
 *     it by what it contains where this is empty
 * @param source what tells the source
 * @param target what tells the target
 */
public record EdgeProbe(
    boolean tls, int port, String path, Optional<String> header, String source, String target) {
  private static final Pattern PATH = Pattern.compile("/[!-~]{0,1023}");

  /** RFC 9110 5.1: a token. */
  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");

  public EdgeProbe {
    source = source.strip();
    target = target.strip();
    Arguments.require(port > 0 && port < 65536, "Expected a port of 1 to 65535, but got " + port);
    Arguments.require(
        PATH.matcher(path).matches() && !path.contains("#"),
        "Expected a path such as /version, but got '%s'".formatted(path));
    Arguments.require(
        header.filter(name -> !HEADER.matcher(name).matches()).isEmpty(),
        "Expected the name of a header, but got '%s'".formatted(header.orElse("")));
    Arguments.require(
        !source.isEmpty() && !target.isEmpty(),
        "Expected a word for each side by which the probe tells it, but one is blank");
    boolean alike =
        header.isPresent()
            ? source.equals(target)
            : source.contains(target) || target.contains(source);
    Arguments.require(
        !alike,
        "Expected words that tell the sides apart, but got '%s' and '%s'"
            .formatted(source, target));
  }

  /** What tells that side. */
  public String word(Side side) {
    return side == Side.SOURCE ? source : target;
  }

  /** The scheme of its URLs. */
  public String scheme() {
    return tls ? "https" : "http";
  }

  /** The URL of a switched name, for people. */
  public String url(String name) {
    String host = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    return port == (tls ? 443 : 80)
        ? "%s://%s%s".formatted(scheme(), host, path)
        : "%s://%s:%d%s".formatted(scheme(), host, port, path);
  }
}
