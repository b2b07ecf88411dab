package dev.cutover.orchestrator.domain;

import dev.cutover.contract.EdgeProbe;
import dev.cutover.contract.SwitchedName;

/** What the break-glass page says of Cloudflare's API and its edge. Pure. */
final class BreakGlassEdge {
  private BreakGlassEdge() {}

  /** Where the right to change it comes from. */
  static String token(String permission, String zoneId, String token) {
    return "`CLOUDFLARE_API_TOKEN` is a token with the permission %s Edit for zone %s: token '%s' of the dns-service, or an administrator's. Set it by `read -rs CLOUDFLARE_API_TOKEN; export CLOUDFLARE_API_TOKEN`, so that no history keeps it.\n"
        .formatted(permission, zoneId, token);
  }

  /** How a person reads what the edge answers. */
  static String whereTrafficIs(EdgeProbe probe) {
    return "Name servers give the edge's addresses whichever side serves; traffic is where the edge's answers come from. Ask several times: %s with `%s` is the source's, with `%s` the target's."
        .formatted(
            probe.header().map("header `%s`"::formatted).orElse("a body"),
            probe.source(),
            probe.target());
  }

  /** The command that asks it. */
  static String asked(EdgeProbe probe, SwitchedName name) {
    return "curl -sS -i '%s'".formatted(probe.url(name.name()).replace("'", "%27"));
  }
}
