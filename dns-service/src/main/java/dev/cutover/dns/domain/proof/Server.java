package dev.cutover.dns.domain.proof;

import dev.cutover.contract.ServerAddress;

/**
 * A server that is asked.
 *
 * @param label for people: the name server's host name, or who runs the resolver; may be empty
 * @param group {@link #AUTHORITY}, or the class of a resolver, such as {@code public}
 */
public record Server(ServerAddress address, String label, String group) {
  public static final String AUTHORITY = "authority";

  /** Whether its address is an IPv6 address. */
  public boolean isVersion6() {
    return address.host().contains(":");
  }

  /** Address and label, without the port where it is DNS's own. */
  public String shown() {
    String shortened = shortened(address.host());
    String host =
        address.port() == 53
            ? shortened
            : (isVersion6() ? "[%s]:%d" : "%s:%d").formatted(shortened, address.port());
    return label.isEmpty() ? host : host + " " + label;
  }

  /** An IPv6 address as people write it: its first run of zeros left out. */
  public static String shortened(String address) {
    return address.contains(":")
        ? address.replaceFirst("(?<=^|:)0(:0)+(?=:|$)", ":").replaceFirst(":{3,}", "::")
        : address;
  }
}
