package dev.cutover.deploy.dns;

import dev.cutover.contract.ServerAddress;
import dev.cutover.dns.domain.proof.Server;
import java.util.List;

/** Resolvers that anybody may ask, and that many people's devices do. */
final class PublicResolvers {
  /** Their class. */
  static final String GROUP = "public";

  private PublicResolvers() {}

  /** Addresses as their operators publish them. */
  static List<Server> all() {
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

  private static Server of(String address, String operator) {
    return new Server(new ServerAddress(address, 53), operator, GROUP);
  }
}
