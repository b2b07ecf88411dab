package dev.cutover.deploy.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cutover.contract.Side;
import dev.cutover.dns.Authorities;
import dev.cutover.dns.BindAuthorities;
import dev.cutover.dns.ZoneMirror;
import dev.cutover.dns.cloudflare.CloudflareEdge;
import dev.cutover.dns.cloudflare.CloudflareServer;
import dev.cutover.dns.cloudflare.CloudflareServer.Right;
import dev.cutover.dns.cloudflare.CloudflareZone;
import dev.cutover.dns.cloudflare.ZoneRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The double of Cloudflare with a zone of Enterprise; what it stores is served by BIND. All at once
 * moves a record that is not proxied, share by share the pools of a load balancer behind its edge.
 */
final class CloudflareLab extends NamesLab {
  /** The lowest that a zone of Enterprise takes. */
  private static final int TTL_SECONDS = 30;

  private static final int OPERATIONS_MAX = 3500;
  private static final String ZONE_ID = "3".repeat(32);
  private static final String ZONE = "shop.example";

  private static final String BLUE = "b".repeat(32);
  private static final String GREEN = "c".repeat(32);

  /** Where the edge listens, on the shop's port. */
  static final String EDGE = "127.0.0.6";

  private final CloudflareServer server;
  private final CloudflareEdge edge;

  CloudflareLab(Path directory, int shopPort) throws IOException {
    super("cloudflare", new BindAuthorities(directory), TTL_SECONDS);
    server =
        new CloudflareServer(
            ZONE_ID,
            ZONE,
            new ZoneRules(ZONE, TTL_SECONDS, OPERATIONS_MAX),
            CloudflareZone.initial(),
            new ZoneMirror(
                Authorities.ZONE,
                authorities().primary(),
                Authorities.KEY_NAME,
                Authorities.KEY_SECRET));
    server.token("secret", "ana", Right.DNS_WRITE, Right.LOAD_BALANCERS_WRITE, Right.POOLS_READ);
    server.edge(List.of(EDGE));
    server.pool(BLUE, SOURCE);
    server.pool(GREEN, TARGET);
    server.health(GREEN, Map.of("Amsterdam, NL", true));
    server.balance(name(Way.CANARY), List.of(BLUE));
    edge = new CloudflareEdge(List.of(EDGE), shopPort, server::origin);
    ObjectNode batch = JsonNodeFactory.instance.objectNode();
    batch.putArray("posts").add(CloudflareZone.record(name(Way.GREEN), "A", TTL_SECONDS, SOURCE));
    server.write(batch);
  }

  @Override
  String provider() {
    return "  cloudflare: {zone: \"%s\", token: lab}\n".formatted(ZONE_ID);
  }

  @Override
  public Set<Way> ways() {
    return Set.of(Way.GREEN, Way.CANARY);
  }

  @Override
  public String traffic(Way way) {
    return switch (way) {
      case GREEN -> super.traffic(way);
      case CANARY ->
          """
            zone: %s
            cloudflare:
              zone: "%s"
              account: %s
              token: lab
              loadBalancers: [%s]
              source: [%s]
              target: [%s]
              edge: {scheme: http, port: %d, path: /health, header: X-Side, source: SOURCE, target: TARGET}
            authorities: ["%s", "%s"]
          """
              .formatted(
                  Authorities.ZONE,
                  ZONE_ID,
                  CloudflareServer.ACCOUNT,
                  name(way),
                  BLUE,
                  GREEN,
                  edge.port(),
                  authorities().primary(),
                  authorities().secondary());
    };
  }

  @Override
  public Optional<Side> serves(Way way) {
    return switch (way) {
      case GREEN -> super.serves(way);
      case CANARY -> {
        JsonNode pools = server.balancer(name(way)).path("default_pools");
        yield pools.size() != 1
            ? Optional.empty()
            : Optional.of(pools.get(0).asText().equals(BLUE) ? Side.SOURCE : Side.TARGET);
      }
    };
  }

  @Override
  public Access access() {
    return new Access(
        Map.of("lab.cloudflare.password", "secret"),
        Set.of(Authorities.ZONE),
        servers(),
        Map.of(
            "CUTOVER_DNS_ALLOWED_CLOUDFLARE_ZONES",
            ZONE_ID,
            "CUTOVER_DNS_CLOUDFLARE_ENDPOINT",
            server.endpoint().toString()));
  }

  @Override
  public void close() {
    edge.close();
    server.close();
    super.close();
  }
}
