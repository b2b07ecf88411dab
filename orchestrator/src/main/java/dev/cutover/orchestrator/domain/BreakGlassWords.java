package dev.cutover.orchestrator.domain;

import dev.cutover.contract.SwitchProvider;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchProvider.CloudflarePools;
import dev.cutover.contract.SwitchProvider.Designate;
import dev.cutover.contract.SwitchProvider.HaProxy;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchProvider.TargetGroups;

/**
 * What the break-glass page says of one kind of switch: one that is new is told here, and nowhere
 * else. Pure.
 *
 * @param tools the tools that its commands need
 * @param right where the right to change it comes from
 * @param ending of the bundle's files for it, such as {@code .sh}
 * @param expected what the way back prints, and shows afterwards
 * @param astray how a person sees that traffic is at the target
 * @param withoutMark what taking a mark away says where there is none
 * @param where how a person reads where traffic is
 */
record BreakGlassWords(
    String tools,
    String right,
    String ending,
    String expected,
    String astray,
    String withoutMark,
    String where) {
  private static final String ANSWERS = "Traffic is where these answer.";
  private static final String TARGETS_RECORDS = "`dig` shows the target's records";
  private static final String ANOTHER_USER =
      " `refused` with code 10000 is the token's right; 429 lasts five minutes, and only another user's token gets past it.";

  static BreakGlassWords of(SwitchProvider provider) {
    return switch (provider) {
      case Rfc2136 server -> of(server);
      case Route53 zone -> of(zone);
      case Designate zone -> of(zone);
      case HaProxy _ -> ofHaProxy();
      case Cloudflare zone -> of(zone);
      case CloudflarePools pools -> of(pools);
      case TargetGroups groups -> of(groups);
    };
  }

  private static BreakGlassWords of(Rfc2136 server) {
    return new BreakGlassWords(
        "`nsupdate` and `dig`",
        "`TSIG` is key '%s' of the dns-service, as `algorithm:name:secret`.\n"
            .formatted(server.tsigKey()),
        ".nsupdate",
        "no output, and `dig` shows the source's records.",
        TARGETS_RECORDS,
        "`dns-lift-mark.nsupdate` says NXRRSET where no mark was written: that is well.",
        ANSWERS);
  }

  private static BreakGlassWords of(Route53 zone) {
    return new BreakGlassWords(
        "`aws` (its command line) and `dig`",
        "`aws` must be able to change hosted zone %s: as credentials '%s' of the dns-service do, or an administrator's.\n"
            .formatted(zone.hostedZone(), zone.profile()),
        ".json",
        "a `ChangeInfo`, and within about a minute `dig` shows the source's records. If it says that a set was not found, the target's records are not there: compare with `dig`.",
        TARGETS_RECORDS,
        "`dns-lift-mark.json` is refused (InvalidChangeBatch, not found) where no mark was written: that is well.",
        ANSWERS);
  }

  private static BreakGlassWords of(Designate zone) {
    return new BreakGlassWords(
        "`openstack` (its command line), `curl`, `jq` and `dig`",
        "`OS_TOKEN` is a token that may change zone %s of cloud %s, `DNS_ENDPOINT` the public URL of its DNS API with `/v2`: the scripts say where both come from.\n"
            .formatted(zone.zoneId(), zone.cloud()),
        ".sh",
        "each record set as it will be, with status PENDING, and within about a minute `dig` shows the source's records. It may be run again as often as needed.",
        TARGETS_RECORDS,
        "`dns-lift-mark.sh` prints nothing where no mark was written: that is well.",
        ANSWERS);
  }

  private static BreakGlassWords ofHaProxy() {
    return new BreakGlassWords(
        "`socat`",
        "HAProxy's runtime APIs know no passwords: be where they can be reached. Where they are behind TLS, write `OPENSSL:host:port,cert=FILE,cafile=FILE` in place of `TCP:host:port`.\n",
        ".haproxy",
        "of each instance the mark `manual`, and its servers: `srv_uweight` is 0 for the target's, above it for the source's. An instance that can't be reached is named by `socat`: it goes on as it was.",
        "the target's servers have weights above 0",
        "`dns-lift-mark.haproxy` empties the mark, whatever it is; it prints an empty one.",
        "Traffic is where `srv_uweight` is above 0, the eighth column.");
  }

  private static BreakGlassWords of(Cloudflare zone) {
    boolean edge = zone.edge().isPresent();
    return new BreakGlassWords(
        edge ? "`curl` and `jq`" : "`curl`, `jq` and `dig`",
        BreakGlassEdge.token("DNS", zone.zoneId(), zone.revertToken().orElse(zone.token())),
        ".sh",
        "`the source's records are written`, and within seconds "
            + (edge ? "the edge's answers are the source's." : "`dig` shows the source's records.")
            + " It looks at what is there first, so it is right before a shift and after it; run it again if it was refused because somebody else wrote meanwhile."
            + ANOTHER_USER,
        edge ? "the edge's answers are the target's" : TARGETS_RECORDS,
        "`dns-lift-mark.sh` says that there is no mark where none was written: that is well.",
        zone.edge().map(BreakGlassEdge::whereTrafficIs).orElse(ANSWERS));
  }

  private static BreakGlassWords of(CloudflarePools pools) {
    return new BreakGlassWords(
        "`curl` and `jq`",
        BreakGlassEdge.token(
            "Load Balancers", pools.zoneId(), pools.revertToken().orElse(pools.token())),
        ".sh",
        "of each load balancer its default pools, the source's alone, and its description with the mark, and at the end `the weights are written`. It says how many could not be changed; run it again then."
            + ANOTHER_USER,
        "the edge's answers are the target's",
        "`dns-lift-mark.sh` says of each load balancer whether there was a mark of a person: where none was written, that is well.",
        BreakGlassEdge.whereTrafficIs(pools.edge()));
  }

  private static BreakGlassWords of(TargetGroups groups) {
    return new BreakGlassWords(
        "`aws` (its command line) and `jq`",
        "`aws` must be able to change the listeners and their tags in %s: as credentials '%s' of the dns-service do and to remove tags, or an administrator's.\n"
            .formatted(groups.region(), groups.profile()),
        ".sh",
        "of each listener its target groups, the source's with weights above 0 and the target's with 0, and at the end `the weights are written`. What else is in the actions stays. It says how many could not be changed; run it again then.",
        "the target's groups have weights above 0",
        "`dns-lift-mark.sh` says of each listener whether there was a mark: where none was written, that is well.",
        "Traffic is where the weight, in the last column, is above 0.");
  }
}
