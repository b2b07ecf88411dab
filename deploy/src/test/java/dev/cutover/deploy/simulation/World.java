package dev.cutover.deploy.simulation;

import dev.cutover.contract.DatabaseEndpoint;
import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What is outside the services: two databases, a zone, traffic. */
final class World {
  final Baton baton;
  final Weather weather;
  final SimulatedDatabase source =
      new SimulatedDatabase(Side.SOURCE, new DatabaseEndpoint("10.0.0.1", 5432, "shop", "source"));
  final SimulatedDatabase target =
      new SimulatedDatabase(Side.TARGET, new DatabaseEndpoint("10.0.0.2", 5432, "shop", "target"));
  final SimulatedBucket sourceBucket = new SimulatedBucket(Side.SOURCE);
  final SimulatedBucket targetBucket = new SimulatedBucket(Side.TARGET);
  final Zone zone;

  /** The same name as people inside see it, at servers of its own. */
  final Optional<Zone> inside;

  final List<String> story = new ArrayList<>();
  boolean targetDead;

  /** The undead of the weather lies down, and people begin to worry. */
  boolean undeadRisen;

  World(Baton baton, Weather weather) {
    this.baton = baton;
    this.weather = weather;
    this.zone = new Zone(this, "zone", "10.0.0", 0.2);
    this.inside =
        weather.viewed() ? Optional.of(new Zone(this, "view", "10.0.2", 0.5)) : Optional.empty();
  }

  List<Zone> zones() {
    return Stream.concat(Stream.of(zone), inside.stream()).toList();
  }

  /** The zone that this server has, if it answers. */
  Optional<Zone> zone(ServerAddress server) {
    return zones().stream().filter(zone -> zone.reachable && zone.has(server)).findFirst();
  }

  SimulatedDatabase database(Side side) {
    return side == Side.SOURCE ? source : target;
  }

  SimulatedBucket bucket(Side side) {
    return side == Side.SOURCE ? sourceBucket : targetBucket;
  }

  SimulatedDatabase database(DatabaseEndpoint endpoint) {
    if (endpoint.equals(source.endpoint)) {
      return source;
    }
    if (endpoint.equals(target.endpoint)) {
      return target;
    }
    throw new IllegalArgumentException("Expected a database of this world, but got " + endpoint);
  }

  /** Notes a change for the compact journal. */
  void changed(String what) {
    story.add("%8.3f   %s".formatted(baton.elapsed().toMillis() / 1000.0, what));
  }
}
