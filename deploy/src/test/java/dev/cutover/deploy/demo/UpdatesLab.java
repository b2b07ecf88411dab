package dev.cutover.deploy.demo;

import dev.cutover.contract.RecordSet;
import dev.cutover.contract.RecordType;
import dev.cutover.dns.Authorities;
import dev.cutover.dns.ForeignWriter;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Real name servers that take RFC 2136's updates. */
class UpdatesLab extends NamesLab {
  private static final int TTL_SECONDS = 2;

  UpdatesLab(String label, Authorities authorities) {
    super(label, authorities, TTL_SECONDS);
    ForeignWriter.replace(
        Authorities.ZONE,
        authorities.primary(),
        new RecordSet(name(Way.GREEN) + ".", RecordType.A, 5, List.of(SOURCE)));
  }

  @Override
  final String provider() {
    return "  primary: \"%s\"\n  tsigKey: %s\n"
        .formatted(authorities().primary(), Authorities.KEY_NAME);
  }

  @Override
  public Access access() {
    return new Access(
        Map.of(
            Authorities.KEY_NAME + ".tsig.user",
            "hmac-sha256:" + Authorities.KEY_NAME,
            Authorities.KEY_NAME + ".tsig.password",
            Authorities.KEY_SECRET),
        Set.of(Authorities.ZONE),
        servers(),
        Map.of());
  }
}
