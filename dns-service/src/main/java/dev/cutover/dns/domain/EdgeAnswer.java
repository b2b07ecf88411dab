package dev.cutover.dns.domain;

import dev.cutover.contract.EdgeProbe;
import dev.cutover.contract.Side;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What one request through an edge has shown of the side that served it. */
public sealed interface EdgeAnswer {
  /** That side served it. */
  record Told(Side side) implements EdgeAnswer {}

  /**
   * It shows nothing.
   *
   * @param reason for people
   */
  record Untold(String reason) implements EdgeAnswer {}

  /** Answered by the edge itself, for whichever side (Cloudflare docs, cache responses). */
  Set<String> CACHED = Set.of("HIT", "STALE", "UPDATING", "REVALIDATED");

  /**
   * Reads a response. One that the edge's cache gave, or the edge in the origin's place, tells
   * nothing, whatever it holds.
   *
   * @param header value of the probe's header, where it has one and the response too
   * @param cacheStatus what the edge says of its cache
   * @param body its beginning
   */
  static EdgeAnswer of(
      EdgeProbe probe,
      int status,
      Optional<String> header,
      Optional<String> cacheStatus,
      String body) {
    Optional<String> cached =
        cacheStatus.filter(word -> CACHED.contains(word.strip().toUpperCase(Locale.ROOT)));
    if (cached.isPresent()) {
      return new Untold(
          "the edge's cache answered (%s): take the probe's path out of it"
              .formatted(cached.get()));
    }
    if (status >= 500) {
      return new Untold("status " + status);
    }
    boolean source = tells(probe, Side.SOURCE, header, body);
    boolean target = tells(probe, Side.TARGET, header, body);
    if (source == target) {
      return new Untold(
          "status %d with %s of %s in %s"
              .formatted(
                  status,
                  source ? "the words of both sides" : "neither word",
                  "'%s' and '%s'".formatted(probe.source(), probe.target()),
                  probe.header().map(name -> "header " + name).orElse("the body")));
    }
    return new Told(source ? Side.SOURCE : Side.TARGET);
  }

  private static boolean tells(EdgeProbe probe, Side side, Optional<String> header, String body) {
    return probe.header().isPresent()
        ? header.filter(value -> value.strip().equals(probe.word(side))).isPresent()
        : body.contains(probe.word(side));
  }
}
