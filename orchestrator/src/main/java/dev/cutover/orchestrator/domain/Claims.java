package dev.cutover.orchestrator.domain;

import dev.cutover.contract.DatabaseEndpoint;
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
    Stream<String> names =
        plan.trafficSwitch().stream()
            .flatMap(traffic -> traffic.names().stream())
            .map(SwitchedName::name)
            .map(name -> "name " + name);
    return Stream.concat(databases, names).distinct().sorted().toList();
  }

  private static String database(DatabaseEndpoint endpoint) {
    return "database %s:%d/%s".formatted(endpoint.host(), endpoint.port(), endpoint.database());
  }
}
