package dev.cutover.dns.adapter;

import dev.cutover.contract.SwitchProvider.TargetGroups;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.contract.SwitchedName;
import dev.cutover.dns.domain.EpochMark;
import dev.cutover.dns.domain.RecordSets;
import java.util.stream.Collectors;

/**
 * Writes changes of listeners as scripts of {@code aws} and {@code jq}: a person's hand must not
 * lose what else is in the actions either, so they read them and give them other weights. Pure.
 */
final class ElbText {
  private ElbText() {}

  /** A mark without the quotes that it has in a zone. */
  static String bare(String text) {
    return text.substring(1, text.length() - 1);
  }

  /** The shift as people see it before anybody has decided on it. */
  static String forward(SwitchSpec spec, TargetGroups provider, EpochMark.Epoch staged) {
    return script(
        spec,
        provider,
        "shift to the target",
        100,
        "epoch=<of the shift> cutover=%s".formatted(staged.cutover()));
  }

  /** The way back over whatever is there, with the mark of a person. */
  static String revert(SwitchSpec spec, TargetGroups provider) {
    return script(spec, provider, "revert to the source, by hand", 0, bare(EpochMark.MANUAL));
  }

  private static String script(
      SwitchSpec spec, TargetGroups provider, String title, int percent, String mark) {
    String listeners =
        spec.names().stream()
            .map(name -> listener(spec.only(name), name, percent))
            .collect(Collectors.joining());
    return head(title, provider)
        + """
        # All actions as they are now, with other weights in the one that forwards. Groups of weight 0 are left out where a cookie holds
        # clients to groups. The API never tells a client's secret, and takes the word that it stays for it.
        shared() {
          jq -ce --argjson weights "$1" '
            map(
              if .Type | IN("forward", "redirect", "fixed-response") then
                .ForwardConfig.TargetGroupStickinessConfig as $sticky
                | (($weights | map(.TargetGroupArn)) as $named
                  | $weights + [(.ForwardConfig.TargetGroups // [])[] | select(.TargetGroupArn | IN($named[]) | not) | .Weight = 0])[:5] as $groups
                | {Type: "forward"}
                + (if .Order then {Order} else {} end)
                + {ForwardConfig: (
                    {TargetGroups: (if $sticky.Enabled then $groups | map(select(.Weight > 0)) else $groups end)}
                    + (if $sticky then {TargetGroupStickinessConfig: $sticky} else {} end))}
              elif .Type == "authenticate-oidc" then
                .AuthenticateOidcConfig |= (del(.ClientSecret) | .UseExistingClientSecret = true)
              else . end)'
        }
        groups='[].ForwardConfig.TargetGroups[].[TargetGroupArn, Weight]'
        listener() {
          echo "$1"
          actions=$(elb describe-listeners --listener-arns "$1" --query 'Listeners[0].DefaultActions' --output json | shared "$2") || return 1
          elb add-tags --resource-arns "$1" --tags "$mark" || echo "the mark is not written: the services may go on" >&2
          elb modify-listener --listener-arn "$1" --default-actions "$actions" --query "Listeners[0].DefaultActions$groups" --output text
        }
        rule() {
          echo "$1"
          actions=$(elb describe-rules --rule-arns "$1" --query 'Rules[0].Actions' --output json | shared "$2") || return 1
          elb add-tags --resource-arns "$1" --tags "$mark" || echo "the mark is not written: the services may go on" >&2
          elb modify-rule --rule-arn "$1" --actions "$actions" --query "Rules[0].Actions$groups" --output text
        }
        mark='Key=%s,Value=%s'
        left=0
        """
            .formatted(ElbForward.MARK, mark)
        + listeners
        + """
        if ((left)); then
          echo "$left of them could not be changed: see above" >&2
          exit 1
        fi
        echo "the weights are written"
        """;
  }

  private static String listener(SwitchSpec alone, SwitchedName name, int percent) {
    String weights =
        RecordSets.weights(alone, percent).entrySet().stream()
            .map(
                group ->
                    "{\"TargetGroupArn\":\"%s\",\"Weight\":%d}"
                        .formatted(group.getKey(), group.getValue()))
            .collect(Collectors.joining(",", "[", "]"));
    String arn = arn(name);
    return "%s '%s' '%s' || ((left += 1))\n"
        .formatted(TargetGroups.isRule(arn) ? "rule" : "listener", arn, weights);
  }

  private static String arn(SwitchedName name) {
    return name.name().substring(0, name.name().length() - 1);
  }

  /** Removes the mark of a person, and no other. */
  static String liftMark(SwitchSpec spec, TargetGroups provider) {
    return head("lifts the mark of a person", provider)
        + """
        for arn in %s; do
          mark=$(elb describe-tags --resource-arns "$arn" --query "TagDescriptions[0].Tags[?Key=='%s'].Value | [0]" --output text)
          case $mark in
            %s) elb remove-tags --resource-arns "$arn" --tag-keys %s && echo "$arn: lifted" ;;
            None) echo "$arn: there is no mark" ;;
            *) echo "$arn: left alone, it is $mark" ;;
          esac
        done
        """
            .formatted(
                spec.names().stream()
                    .map(name -> "'" + arn(name) + "'")
                    .collect(Collectors.joining(" ")),
                ElbForward.MARK,
                bare(EpochMark.MANUAL),
                ElbForward.MARK);
  }

  private static String head(String title, TargetGroups provider) {
    return """
      #!/usr/bin/env bash
      # Cutover: %s.
      # Needs aws with the right to change these listeners and their tags, and jq.
      set -uo pipefail
      export AWS_REGION=%s AWS_DEFAULT_REGION=%s AWS_PAGER=
      elb() { aws ${ELB_ENDPOINT:+--endpoint-url "$ELB_ENDPOINT"} elbv2 "$@"; }
      """
        .formatted(title, provider.region(), provider.region());
  }
}
