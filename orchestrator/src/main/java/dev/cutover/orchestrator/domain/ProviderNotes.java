package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Checked;
import dev.cutover.contract.EdgeProbe;
import dev.cutover.contract.RecordSet;
import dev.cutover.contract.Side;
import dev.cutover.contract.SwitchProvider.Cloudflare;
import dev.cutover.contract.SwitchProvider.CloudflarePools;
import dev.cutover.contract.SwitchProvider.Designate;
import dev.cutover.contract.SwitchProvider.HaProxy;
import dev.cutover.contract.SwitchProvider.Rfc2136;
import dev.cutover.contract.SwitchProvider.Route53;
import dev.cutover.contract.SwitchProvider.TargetGroups;
import dev.cutover.contract.SwitchSpec;
import dev.cutover.orchestrator.domain.PlanRules.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What the approvers of a plan have to know of the provider that moves its traffic. Pure. */
final class ProviderNotes {
  private ProviderNotes() {}

  /** What it can't promise; empty where its changes carry conditions. */
  static Optional<Finding> unpromised(SwitchSpec traffic) {
    return switch (traffic.provider()) {
      case Rfc2136 _ -> Optional.empty();
      case Route53 _ -> route53(traffic);
      case Designate _ ->
          Optional.of(
              new Finding(
                  "traffic.designate",
                  "designate: one record set is changed at a time and without conditions; another"
                      + " who writes at the same moment is told of afterwards, not kept out"));
      case HaProxy _ ->
          Optional.of(
              new Finding(
                  "traffic.haproxy",
                  "haproxy: weights live in the running process; a reload or restart of an instance"
                      + " goes back to its configuration, and is told as drift"));
      case Cloudflare(var _, var _, var _, Optional<EdgeProbe> edge) ->
          Optional.of(
              new Finding(
                  "traffic.cloudflare",
                  "cloudflare: its API has no compare-and-set; a record that somebody else edits in"
                      + " the milliseconds between reading and writing is overwritten"
                      + edge.map(
                              _ ->
                                  "; the records are proxied, so that nothing but the probe through the"
                                      + " edge proves who serves")
                          .orElse("")));
      case CloudflarePools _ ->
          Optional.of(
              new Finding(
                  "traffic.cloudflare",
                  "cloudflare: its API has no compare-and-set; what somebody else writes to a load"
                      + " balancer in the milliseconds between reading and writing is overwritten, a"
                      + " person's mark too; nothing but the probe through the edge proves who"
                      + " serves"));
      case TargetGroups _ ->
          Optional.of(
              new Finding(
                  "traffic.targetGroups",
                  "targetGroups: the API of AWS has no compare-and-set, and the mark is a tag beside"
                      + " the actions; what somebody else changes in between is overwritten, and what"
                      + " the API has stored is all that is proven"));
    };
  }

  private static Optional<Finding> route53(SwitchSpec traffic) {
    List<String> notes = new ArrayList<>();
    if (hasAliases(traffic)) {
      notes.add(
          "an alias has no TTL of its own: nothing is lowered there, and caches keep what its target"
              + " is answered with (60 s of a load balancer)");
    }
    if (sets(traffic).anyMatch(set -> !Checked.told(set).equals(set))) {
      notes.add(
          "Route 53 goes by health checks at any time, without this product: a set whose check fails"
              + " is left out, and of weighted sets even one of weight 0 is answered then");
    }
    return notes.isEmpty()
        ? Optional.empty()
        : Optional.of(new Finding("traffic.route53", "route53: " + String.join("; ", notes)));
  }

  /** Whether one side of a name is an alias. */
  static boolean hasAliases(SwitchSpec traffic) {
    return sets(traffic).anyMatch(RecordSet::aliased);
  }

  private static Stream<RecordSet> sets(SwitchSpec traffic) {
    return Stream.of(Side.values()).flatMap(side -> traffic.plain(side).stream());
  }

  /** What a share of the traffic is, at that provider. */
  static String shares(SwitchSpec traffic) {
    return switch (traffic.provider()) {
      case Rfc2136 _ -> "a zone with RFC 2136 updates has no weights; the dns-service refuses them";
      case Designate _ -> "a zone of Designate has no weights; the dns-service refuses them";
      case Cloudflare _ -> "records of Cloudflare have no weights; the dns-service refuses them";
      case CloudflarePools _ ->
          "weights share out requests at each of Cloudflare's data centers; a pool that is unhealthy"
              + " there gets none of them, whatever its weight";
      case Route53 _ ->
          "weights share out answers, not users, and each type by itself: one resolver may carry"
              + " many users, and a client may get the A of one side and the AAAA of the other";
      case HaProxy _ ->
          "weights share out new sessions; cookies, stick tables and connections that are kept"
              + " hold users where they are";
      case TargetGroups _ ->
          "weights share out new requests of an Application Load Balancer, and new connections of a"
              + " Network Load Balancer; what is open stays where it is";
    };
  }
}
