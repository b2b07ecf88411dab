package dev.cutover.dns.adapter;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/**
 * How the API of Cloudflare is reached; the same for all plans.
 *
 * @param endpoint without a slash at its end; plain HTTP to this machine only, since each request
 *     carries a token
 * @param requestsPerFiveMinutes what a token's user leaves to this process, 50 or more; the limit
 *     of 1,200 counts all that the user does, in the dashboard too (trap 24)
 */
public record CloudflareSettings(URI endpoint, int requestsPerFiveMinutes) {
  /** Cloudflare's own endpoint, with some of the limit left to people. */
  public static final CloudflareSettings STANDARD =
      new CloudflareSettings(URI.create("https://api.cloudflare.com/client/v4"), 1000);

  private static final Set<String> THIS_MACHINE = Set.of("127.0.0.1", "[::1]", "localhost");

  public CloudflareSettings {
    String scheme = String.valueOf(endpoint.getScheme()).toLowerCase(Locale.ROOT);
    boolean local = scheme.equals("http") && THIS_MACHINE.contains(endpoint.getHost());
    if (!scheme.equals("https") && !local) {
      throw new IllegalArgumentException(
          "CUTOVER_DNS_CLOUDFLARE_ENDPOINT: expected an https address, since requests carry a token, but found '%s'"
              .formatted(endpoint));
    }
    String text = endpoint.toString();
    endpoint = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
  }
}
