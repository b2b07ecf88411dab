package dev.cutover.deploy.demo;

import dev.cutover.dns.Authorities;
import dev.cutover.dns.BindAuthorities;
import dev.cutover.dns.ForeignWriter;
import dev.cutover.dns.designate.DesignateFront;
import dev.cutover.dns.designate.DesignateServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** The double of Designate with Keystone before it; what it calls ACTIVE is served by BIND. */
final class DesignateLab extends NamesLab {
  private static final int TTL_SECONDS = 2;
  private static final String ZONE_ID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

  private final DesignateServer server;
  private final DesignateFront front;

  DesignateLab(Path directory) throws IOException {
    super("designate", new BindAuthorities(directory), TTL_SECONDS);
    server =
        new DesignateServer(
            ZONE_ID,
            DesignateFront.PROJECT,
            Authorities.ZONE,
            set -> ForeignWriter.replace(Authorities.ZONE, authorities().primary(), set));
    front = new DesignateFront(server.address());
    front.ask(
        "POST",
        "/zones/%s/recordsets".formatted(ZONE_ID),
        "{\"name\": \"%s.\", \"type\": \"A\", \"ttl\": 5, \"records\": [\"%s\"]}"
            .formatted(name(Way.GREEN), SOURCE));
  }

  @Override
  String provider() {
    return "  designate: {cloud: lab, zone: %s}\n".formatted(ZONE_ID);
  }

  @Override
  public Access access() {
    return new Access(
        Map.of("lab.designate.user", "good", "lab.designate.password", DesignateFront.SECRET),
        Set.of(Authorities.ZONE),
        servers(),
        Map.of(
            "CUTOVER_DNS_DESIGNATE_CLOUDS",
            "lab",
            "CUTOVER_DNS_DESIGNATE_LAB_KEYSTONE",
            front.keystone().toString(),
            "CUTOVER_DNS_DESIGNATE_LAB_REGION",
            "RegionOne"));
  }

  @Override
  public void close() {
    front.close();
    server.close();
    super.close();
  }
}
