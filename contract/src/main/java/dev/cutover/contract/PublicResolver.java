package dev.cutover.contract;

import java.util.List;

/**
 * A resolver that anybody may ask, and that many people's devices do.
 *
 * @param address as its operator publishes it
 * @param operator for people
 */
public record PublicResolver(ServerAddress address, String operator) {
  private static final int PORT = 53;

  /** Those of Cloudflare, Google, Quad9 and OpenDNS, by IPv4 and by IPv6. */
  public static List<PublicResolver> all() {
    return List.of(
        of("1.1.1.1", "Cloudflare"),
        of("8.8.8.8", "Google"),
        of("9.9.9.9", "Quad9"),
        of("208.67.222.222", "OpenDNS"),
        of("2606:4700:4700::1111", "Cloudflare"),
        of("2001:4860:4860::8888", "Google"),
        of("2620:fe::fe", "Quad9"),
        of("2620:119:35::35", "OpenDNS"));
  }

  private static PublicResolver of(String address, String operator) {
    return new PublicResolver(new ServerAddress(address, PORT), operator);
  }
}
