package dev.cutover.deploy.demo;

import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.dns.Authorities;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;

/** Name servers with a primary and a secondary; customers ask the secondary. */
abstract class NamesLab implements SwitchLab {
  private final String label;
  private final Authorities authorities;
  private final int ttlSeconds;

  /**
   * @param ttlSeconds the lowest that the provider takes
   */
  NamesLab(String label, Authorities authorities, int ttlSeconds) {
    this.label = label;
    this.authorities = authorities;
    this.ttlSeconds = ttlSeconds;
  }

  /** Lines that name the provider, below {@code traffic}. */
  abstract String provider();

  final Authorities authorities() {
    return authorities;
  }

  @Override
  public final String label() {
    return label;
  }

  @Override
  public Set<Way> ways() {
    return Set.of(Way.GREEN);
  }

  @Override
  public final InetSocketAddress names() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), authorities.secondary().port());
  }

  @Override
  public final String name(Way way) {
    return "%s-%s.%s"
        .formatted(
            label, way.label(), Authorities.ZONE.substring(0, Authorities.ZONE.length() - 1));
  }

  @Override
  public String traffic(Way way) {
    return """
      zone: %s
    %s  authorities: ["%s", "%s"]
      loweredTtl: %ds
      names:
        - name: %s.
          source: [{type: A, values: [%s]}]
          target: [{type: A, values: [%s]}]
    """
        .formatted(
            Authorities.ZONE,
            provider(),
            authorities.primary(),
            authorities.secondary(),
            ttlSeconds,
            name(way),
            SOURCE,
            TARGET);
  }

  final Set<ServerAddress> servers() {
    return Set.of(authorities.primary(), authorities.secondary());
  }

  @Override
  public Optional<Side> serves(Way way) {
    return ServedAddresses.side(names(), name(way));
  }

  @Override
  public void close() {
    authorities.close();
  }
}
