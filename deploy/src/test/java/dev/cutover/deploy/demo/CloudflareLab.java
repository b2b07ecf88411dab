package dev.cutover.deploy.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cutover.dns.Authorities;
import dev.cutover.dns.BindAuthorities;
import dev.cutover.dns.ZoneMirror;
import dev.cutover.dns.cloudflare.CloudflareServer;
import dev.cutover.dns.cloudflare.CloudflareServer.Right;
import dev.cutover.dns.cloudflare.CloudflareZone;
import dev.cutover.dns.cloudflare.ZoneRules;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** The double of Cloudflare with a zone of Enterprise; what it stores is served by BIND. */
final class CloudflareLab extends NamesLab {
  /** The lowest that a zone of Enterprise takes. */
  private static final int TTL_SECONDS = 30;

  private static final int OPERATIONS_MAX = 3500;
  private static final String ZONE_ID = "3".repeat(32);
  private static final String ZONE = "shop.example";

  private final CloudflareServer server;

  CloudflareLab(Path directory) throws IOException {
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
    server.token("secret", "ana", Right.DNS_WRITE);
    ObjectNode batch = JsonNodeFactory.instance.objectNode();
    batch.putArray("posts").add(CloudflareZone.record(name(Way.GREEN), "A", TTL_SECONDS, SOURCE));
    server.write(batch);
  }

  @Override
  String provider() {
    return "  cloudflare: {zone: \"%s\", token: lab}\n".formatted(ZONE_ID);
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
    server.close();
    super.close();
  }
}
