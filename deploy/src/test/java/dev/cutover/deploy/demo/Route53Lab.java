package dev.cutover.deploy.demo;

import dev.cutover.contract.Side;
import dev.cutover.dns.route53.Route53Server;
import dev.cutover.dns.route53.StoredSet;
import dev.cutover.dns.route53.WeightedAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The double of Route 53, with one server of the zone that answers by weight. */
final class Route53Lab implements SwitchLab {
  private static final String ZONE = "aws.example.";
  private static final String HOSTED_ZONE = "Z1LAB";

  private final WeightedAuthority authority;
  private final Route53Server server;

  Route53Lab() throws IOException {
    authority = new WeightedAuthority();
    server =
        new Route53Server(
            HOSTED_ZONE,
            ZONE,
            List.of(
                set(ZONE, "SOA", "ns.aws.example. root.aws.example. 1 60 60 60 5"),
                set(ZONE, "NS", "ns.aws.example."),
                set(name(Way.GREEN) + ".", "A", SOURCE),
                set(name(Way.CANARY) + ".", "A", SOURCE)),
            authority);
    authority.accept(Map.of(), server.zone());
  }

  private static StoredSet set(String name, String type, String value) {
    return new StoredSet(
        name, type, "", Optional.empty(), Optional.empty(), Optional.of(5L), List.of(value));
  }

  @Override
  public String label() {
    return "route53";
  }

  @Override
  public Set<Way> ways() {
    return Set.of(Way.GREEN, Way.CANARY);
  }

  @Override
  public InetSocketAddress names() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), authority.address().port());
  }

  @Override
  public String name(Way way) {
    return way.label() + ".aws.example";
  }

  @Override
  public String traffic(Way way) {
    return """
      zone: %s
      route53: {hostedZone: %s, profile: lab}
      authorities: ["%s"]
      loweredTtl: 2s
      names:
        - name: %s.
          source: [{type: A, values: [%s]}]
          target: [{type: A, values: [%s]}]
    """
        .formatted(ZONE, HOSTED_ZONE, authority.address(), name(way), SOURCE, TARGET);
  }

  @Override
  public Access access() {
    return new Access(
        Map.of("lab.route53.user", "GOOD", "lab.route53.password", "c2VjcmV0"),
        Set.of(ZONE),
        Set.of(authority.address()),
        Map.of(
            "CUTOVER_DNS_ALLOWED_HOSTED_ZONES",
            HOSTED_ZONE,
            "CUTOVER_DNS_ROUTE53_ENDPOINT",
            server.endpoint().toString()));
  }

  @Override
  public Optional<Side> serves(Way way) {
    return ServedAddresses.side(names(), name(way));
  }

  @Override
  public void close() {
    server.close();
    authority.close();
  }
}
