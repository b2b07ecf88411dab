package dev.cutover.orchestrator.domain;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.ReplicationSpec;
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
import java.util.stream.Stream;

/**
 * What belongs to one live cutover alone. Pure. Names are compared as the plans write them; what
 * one server is called by another name is told apart by the marks in the world itself.
 */
public final class Claims {
  private Claims() {}

  /** Everything that a plan claims, such as {@code database 10.0.0.1:5432/shop}; sorted. */
  public static List<String> of(Plan plan) {
    Stream<String> databases =
        plan.data().stream()
            .flatMap(data -> Stream.of(data.source(), data.target()))
            .map(Claims::database);
    Stream<String> traffic =
        Stream.concat(plan.trafficSwitch().stream(), Views.of(plan).stream().map(SwitchView::spec))
            .flatMap(Claims::switched);
    Stream<String> buckets =
        plan.data().flatMap(ReplicationSpec::objects).stream()
            .flatMap(objects -> objects.buckets().stream())
            .flatMap(pair -> Stream.of(pair.source(), pair.target()))
            .map(place -> "bucket " + place.address());
    return Stream.of(databases, buckets, traffic)
        .flatMap(claims -> claims)
        .distinct()
        .sorted()
        .toList();
  }

  /** A zone's names are the world's; every HAProxy has backends of its own. */
  private static Stream<String> switched(SwitchSpec traffic) {
    return switch (traffic.provider()) {
      case Rfc2136 _, Route53 _, Designate _, Cloudflare _, CloudflarePools _ ->
          traffic.names().stream().map(SwitchedName::name).map(name -> "name " + name);
      case HaProxy(String backend, ServerAddress _) ->
          traffic.authorities().stream()
              .map(instance -> "backend %s/%s".formatted(instance, backend));
      case TargetGroups _ ->
          traffic.names().stream().map(SwitchedName::name).map(name -> "listener " + arn(name));
    };
  }

  private static String arn(String name) {
    return name.substring(0, name.length() - 1);
  }

  private static String database(DatabaseEndpoint endpoint) {
    return "database %s:%d/%s".formatted(endpoint.host(), endpoint.port(), endpoint.database());
  }
}
