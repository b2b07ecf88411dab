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
    return spec.map(traffic -> words(traffic).tools()).orElse("");
  }

  /** Where the right to change records comes from. */
  String credentials() {
    return revertable()
        .map(
            traffic ->
                words(traffic).right()
                    + traffic.everyView().stream()
                        .map(
                            view ->
                                "For view '%s': %s"
                                    .formatted(view.name(), words(view.spec()).right()))
                        .collect(Collectors.joining()))
        .orElse("");
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

  private static BreakGlassWords words(SwitchSpec traffic) {
    return BreakGlassWords.of(traffic.provider());
  }

  private static String ending(SwitchSpec traffic) {
    return words(traffic).ending();
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
    return revertable().map(traffic -> words(traffic).expected()).orElse("");
  }

  /** Behind a line that must have succeeded. */
  String revertAfterwards() {
    return revertable().map(_ -> " &&\n" + revert().strip()).orElse("");
  }

  String revertIfAstray() {
    return revertable()
        .map(traffic -> " If %s:\n\n```sh\n%s```".formatted(words(traffic).astray(), revert()))
        .orElse("");
  }

  String liftMark() {
    return revertable().map(traffic -> changedAll(traffic, LIFT_MARK)).orElse("");
  }

  String liftMarkNote() {
    return revertable().map(traffic -> "\n" + words(traffic).withoutMark()).orElse("");
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
                        words(traffic).where(),
                        traffic.names().stream()
                            .map(BreakGlassTraffic::sides)
                            .collect(Collectors.joining(" ")),
                        traffic.authorities().stream()
                            .flatMap(server -> asked(traffic, server))
                            .distinct()
                            .collect(Collectors.joining("\n"))))
        .orElse("");
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
