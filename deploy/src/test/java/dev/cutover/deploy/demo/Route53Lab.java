package dev.cutover.deploy.demo;

import dev.cutover.deploy.LocalKeys;
import dev.cutover.dns.route53.Route53Server;
import dev.cutover.dns.route53.StoredSet;
import dev.cutover.dns.route53.WeightedAuthority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The double of Route 53, with one server of the zone that answers by weight. */
final class Route53Lab implements SwitchLab {
  private static final String HOSTED_ZONE = "Z1DEMO";

  private final WeightedAuthority authority;
  private final Route53Server server;

  Route53Lab() throws IOException {
    authority = new WeightedAuthority();
    server =
        new Route53Server(
            HOSTED_ZONE,
            Stage.ZONE,
            List.of(
                set(Stage.ZONE, "SOA", "ns.demo.test. root.demo.test. 1 60 60 60 5"),
                set(Stage.ZONE, "NS", "ns.demo.test."),
                set(Stage.NAME + ".", "A", "127.0.0.2")),
            authority);
    authority.accept(Map.of(), server.zone());
  }

  private static StoredSet set(String name, String type, String value) {
    return new StoredSet(
        name, type, "", Optional.empty(), Optional.empty(), Optional.of(5L), List.of(value));
  }

  @Override
  public InetSocketAddress names() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), authority.address().port());
  }

  @Override
  public String plan() {
    return "  route53: {hostedZone: %s, profile: demo}\n  authorities: [\"%s\"]\n"
        .formatted(HOSTED_ZONE, authority.address());
  }

  @Override
  public Map<String, String> environment(Path directory) {
    Path credentials = directory.resolve("route53.properties");
    try {
      LocalKeys.writeProperties(
          credentials, Map.of("demo.route53.user", "GOOD", "demo.route53.password", "c2VjcmV0"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.of(
        "CUTOVER_DNS_CREDENTIALS",
        credentials.toString(),
        "CUTOVER_DNS_ALLOWED_SERVERS",
        authority.address().toString(),
        "CUTOVER_DNS_ALLOWED_HOSTED_ZONES",
        HOSTED_ZONE,
        "CUTOVER_DNS_ROUTE53_ENDPOINT",
        server.endpoint().toString());
  }

  @Override
  public String stored() {
    return server.stored(Stage.NAME + ".").stream()
        .map(
            set ->
                set.values().getFirst()
                    + set.weight().map(weight -> " weight " + weight).orElse(""))
        .sorted()
        .collect(Collectors.joining(", "));
  }

  @Override
  public void close() {
    server.close();
    authority.close();
  }
}
