package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Alias;
import dev.cutover.contract.Checked;
import dev.cutover.contract.EdgeProbe;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchProvider.CloudflarePools;
import dev.cutover.contract.SwitchProvider.Designate;
import dev.cutover.contract.SwitchProvider.HaProxy;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchProvider.TargetGroups;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchView;
import dev.cutover.contract.SwitchedName;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the break-glass page says of the switch; nothing where the plan has none.
 *
 * @param spec the plan's switch
 * @param staged whether the bundle has its way back as a file
 */
record BreakGlassTraffic(Optional<SwitchSpec> spec, boolean staged) {
  private static final String REVERT = "dns-revert";
  private static final String LIFT_MARK = "dns-lift-mark";

  /** The tools that its commands need. */
  String tools() {
    return spec.map(
            traffic ->
                switch (traffic.provider()) {
                  case Rfc2136 _ -> "`nsupdate` and `dig`";
                  case Route53 _ -> "`aws` (its command line) and `dig`";
                  case Designate _ -> "`openstack` (its command line), `curl`, `jq` and `dig`";
                  case HaProxy _ -> "`socat`";
                  case Cloudflare zone when zone.edge().isPresent() -> "`curl` and `jq`";
                  case Cloudflare _ -> "`curl`, `jq` and `dig`";
                  case CloudflarePools _ -> "`curl` and `jq`";
                  case TargetGroups _ -> "`aws` (its command line) and `jq`";
                })
        .orElse("");
  }

  /** Where the right to change records comes from. */
  String credentials() {
    return revertable()
        .map(
            traffic ->
                right(traffic)
                    + traffic.everyView().stream()
                        .map(view -> "For view '%s': %s".formatted(view.name(), right(view.spec())))
                        .collect(Collectors.joining()))
        .orElse("");
  }

  private static String right(SwitchSpec traffic) {
    return switch (traffic.provider()) {
      case Rfc2136(ServerAddress _, String key) ->
          "`TSIG` is key '%s' of the dns-service, as `algorithm:name:secret`.\n".formatted(key);
      case Route53(String zone, String profile) ->
          "`aws` must be able to change hosted zone %s: as credentials '%s' of the dns-service do, or an administrator's.\n"
              .formatted(zone, profile);
      case Designate(String cloud, String zone) ->
          "`OS_TOKEN` is a token that may change zone %s of cloud %s, `DNS_ENDPOINT` the public URL of its DNS API with `/v2`: the scripts say where both come from.\n"
              .formatted(zone, cloud);
      case HaProxy _ ->
          "HAProxy's runtime APIs know no passwords: be where they can be reached. Where they are behind TLS, write `OPENSSL:host:port,cert=FILE,cafile=FILE` in place of `TCP:host:port`.\n";
      case CloudflarePools pools ->
          BreakGlassEdge.token(
              "Load Balancers", pools.zoneId(), pools.revertToken().orElse(pools.token()));
      case Cloudflare zone ->
          BreakGlassEdge.token("DNS", zone.zoneId(), zone.revertToken().orElse(zone.token()));
      case TargetGroups(String region, String profile) ->
          "`aws` must be able to change the listeners and their tags in %s: as credentials '%s' of the dns-service do and to remove tags, or an administrator's.\n"
              .formatted(region, profile);
    };
  }

  String revert() {
    return revertable().map(traffic -> changedAll(traffic, REVERT)).orElse("");
  }

  /** The bundle's file with the way back. */
  static String revertFile(SwitchSpec traffic) {
    return REVERT + ending(traffic);
  }

  /** The bundle's file that takes a person's mark away. */
  static String liftMarkFile(SwitchSpec traffic) {
    return LIFT_MARK + ending(traffic);
  }

  /** The same of a view. */
  static String revertFile(SwitchView view) {
    return REVERT + "-" + view.name() + ending(view.spec());
  }

  /** The same of a view. */
  static String liftMarkFile(SwitchView view) {
    return LIFT_MARK + "-" + view.name() + ending(view.spec());
  }

  private static String changedAll(SwitchSpec traffic, String file) {
    return changed(traffic, file)
        + traffic.everyView().stream()
            .map(view -> changed(view.spec(), file + "-" + view.name()))
            .collect(Collectors.joining());
  }

  private static String ending(SwitchSpec traffic) {
    return switch (traffic.provider()) {
      case Rfc2136 _ -> ".nsupdate";
      case Route53 _ -> ".json";
      case Designate _ -> ".sh";
      case HaProxy _ -> ".haproxy";
      case Cloudflare _, CloudflarePools _, TargetGroups _ -> ".sh";
    };
  }

  private static String changed(SwitchSpec traffic, String file) {
    return switch (traffic.provider()) {
      case Rfc2136 _ -> "nsupdate -y \"$TSIG\" %s%s\n".formatted(file, ending(traffic));
      case Route53(String zone, String _) ->
          "aws route53 change-resource-record-sets --hosted-zone-id %s --change-batch file://%s%s\n"
              .formatted(zone, file, ending(traffic));
      case Designate _ -> "sh %s%s\n".formatted(file, ending(traffic));
      case HaProxy _ ->
          traffic.authorities().stream()
              .map(one -> "%s < %s%s\n".formatted(socat(one), file, ending(traffic)))
              .collect(Collectors.joining());
      case Cloudflare _, CloudflarePools _, TargetGroups _ ->
          "bash %s%s\n".formatted(file, ending(traffic));
    };
  }

  private static String socat(ServerAddress instance) {
    String host = instance.host().contains(":") ? "[" + instance.host() + "]" : instance.host();
    return "socat -t5 - TCP:%s:%d".formatted(host, instance.port());
  }

  /** What the way back prints, and shows afterwards. */
  String revertExpected() {
    return revertable()
        .map(
            traffic ->
                switch (traffic.provider()) {
                  case Rfc2136 _ -> "no output, and `dig` shows the source's records.";
                  case Route53 _ ->
                      "a `ChangeInfo`, and within about a minute `dig` shows the source's records."
                          + " If it says that a set was not found, the target's records are not"
                          + " there: compare with `dig`.";
                  case Designate _ ->
                      "each record set as it will be, with status PENDING, and within about a"
                          + " minute `dig` shows the source's records. It may be run again as often"
                          + " as needed.";
                  case HaProxy _ ->
                      "of each instance the mark `manual`, and its servers: `srv_uweight` is 0 for the target's, above it for the source's. An instance that can't be reached is named by `socat`: it goes on as it was.";
                  case CloudflarePools _ ->
                      "of each load balancer its default pools, the source's alone, and its description with the mark, and at the end `the weights are written`. It says how many could not be changed; run it again then. `refused` with code 10000 is the token's right; 429 lasts five minutes, and only another user's token gets past it.";
                  case Cloudflare zone ->
                      "`the source's records are written`, and within seconds "
                          + (zone.edge().isPresent()
                              ? "the edge's answers are the source's."
                              : "`dig` shows the source's records.")
                          + " It looks at what is there first, so it is right before a shift and after it; run it again if it was refused because somebody else wrote meanwhile. `refused` with code 10000 is the token's right; 429 lasts five minutes, and only another user's token gets past it.";
                  case TargetGroups _ ->
                      "of each listener its target groups, the source's with weights above 0 and the target's with 0, and at the end `the weights are written`. What else is in the actions stays. It says how many could not be changed; run it again then.";
                })
        .orElse("");
  }

  /** Behind a line that must have succeeded. */
  String revertAfterwards() {
    return revertable().map(_ -> " &&\n" + revert().strip()).orElse("");
  }

  String revertIfAstray() {
    return revertable()
        .map(
            traffic ->
                " If %s:\n\n```sh\n%s```"
                    .formatted(
                        switch (traffic.provider()) {
                          case CloudflarePools _ -> "the edge's answers are the target's";
                          case Cloudflare zone when zone.edge().isPresent() ->
                              "the edge's answers are the target's";
                          case Rfc2136 _, Route53 _, Designate _, Cloudflare _ ->
                              "`dig` shows the target's records";
                          case HaProxy _ -> "the target's servers have weights above 0";
                          case TargetGroups _ -> "the target's groups have weights above 0";
                        },
                        revert()))
        .orElse("");
  }

  String liftMark() {
    return revertable().map(traffic -> changedAll(traffic, LIFT_MARK)).orElse("");
  }

  String liftMarkNote() {
    return revertable()
        .map(
            traffic ->
                switch (traffic.provider()) {
                  case Rfc2136 _ ->
                      "\n"
                          + "`dns-lift-mark.nsupdate` says NXRRSET where no mark was written: that"
                          + " is well.";
                  case Route53 _ ->
                      "\n"
                          + "`dns-lift-mark.json` is refused (InvalidChangeBatch, not found) where"
                          + " no mark was written: that is well.";
                  case Designate _ ->
                      "\n"
                          + "`dns-lift-mark.sh` prints nothing where no mark was written: that is"
                          + " well.";
                  case HaProxy _ ->
                      "\n`dns-lift-mark.haproxy` empties the mark, whatever it is; it prints an empty one.";
                  case Cloudflare _ ->
                      "\n`dns-lift-mark.sh` says that there is no mark where none was written: that is well.";
                  case CloudflarePools _ ->
                      "\n`dns-lift-mark.sh` says of each load balancer whether there was a mark of a person: where none was written, that is well.";
                  case TargetGroups _ ->
                      "\n`dns-lift-mark.sh` says of each listener whether there was a mark: where none was written, that is well.";
                })
        .orElse("");
  }

  private Optional<SwitchSpec> revertable() {
    return spec.filter(_ -> staged);
  }

  String dig() {
    return spec.map(
            traffic ->
                """

                %s %s

                ```sh
                %s
                ```
                """
                    .formatted(
                        whereTrafficIs(traffic),
                        traffic.names().stream()
                            .map(BreakGlassTraffic::sides)
                            .collect(Collectors.joining(" ")),
                        traffic.authorities().stream()
                            .flatMap(server -> asked(traffic, server))
                            .distinct()
                            .collect(Collectors.joining("\n"))))
        .orElse("");
  }

  private static String whereTrafficIs(SwitchSpec traffic) {
    Optional<EdgeProbe> probe = traffic.provider().probe();
    if (probe.isPresent()) {
      return BreakGlassEdge.whereTrafficIs(probe.get());
    }
    return switch (traffic.provider()) {
      case Rfc2136 _, Route53 _, Designate _, Cloudflare _, CloudflarePools _ ->
          "Traffic is where these answer.";
      case HaProxy _ -> "Traffic is where `srv_uweight` is above 0, the eighth column.";
      case TargetGroups _ -> "Traffic is where the weight, in the last column, is above 0.";
    };
  }

  private static Stream<String> asked(SwitchSpec traffic, ServerAddress server) {
    Optional<EdgeProbe> probe = traffic.provider().probe();
    if (probe.isPresent()) {
      return traffic.names().stream().map(name -> BreakGlassEdge.asked(probe.get(), name));
    }
    return switch (traffic.provider()) {
      case Rfc2136 _, Route53 _, Designate _, Cloudflare _, CloudflarePools _ ->
          traffic.names().stream().flatMap(name -> asked(server, name));
      case HaProxy(String backend, ServerAddress _) ->
          Stream.of("echo 'show servers state %s' | %s".formatted(backend, socat(server)));
      case TargetGroups(String region, String _) ->
          traffic.names().stream().map(name -> described(region, name));
    };
  }

  private static String described(String region, SwitchedName name) {
    String arn = name.name().substring(0, name.name().length() - 1);
    String groups = "[].ForwardConfig.TargetGroups[].[TargetGroupArn, Weight]";
    return TargetGroups.isRule(arn)
        ? "aws elbv2 describe-rules --region %s --rule-arns %s --query 'Rules[0].Actions%s' --output text"
            .formatted(region, arn, groups)
        : "aws elbv2 describe-listeners --region %s --listener-arns %s --query 'Listeners[0].DefaultActions%s' --output text"
            .formatted(region, arn, groups);
  }

  private static Stream<String> asked(ServerAddress server, SwitchedName name) {
    return Stream.concat(name.source().stream(), name.target().stream())
        .map(RecordSet::type)
        .distinct()
        .map(
            type ->
                "dig +short +norecurse -p %d @%s %s %s"
                    .formatted(server.port(), server.host(), name.name(), type));
  }

  private static String sides(SwitchedName name) {
    return "`%s` is %s on the source, %s on the target."
        .formatted(name.name(), values(name.source()), values(name.target()));
  }

  private static String values(List<RecordSet> sets) {
    return sets.stream()
        .flatMap(set -> set.values().stream().map(value -> shown(set, value)))
        .collect(Collectors.joining(", "));
  }

  /** As answers show it: an alias by its target's addresses, a value without its check. */
  private static String shown(RecordSet set, String value) {
    return Alias.parse(value)
        .map(
            alias -> "what `dig +short %s %s` shows (an alias)".formatted(alias.name(), set.type()))
        .orElseGet(() -> Checked.of(value).value());
  }
}
