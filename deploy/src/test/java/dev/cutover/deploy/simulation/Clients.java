package dev.cutover.deploy.simulation;

import dev.cutover.contract.ServerAddress;
import dev.cutover.contract.Side;
import dev.cutover.deploy.simulation.SimulatedDatabase.Written;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Those who write, wherever their resolver says; some keep an answer longer than they may. */
final class Clients {
  static final String SOURCE_HOST = "10.0.1.1";
  static final String TARGET_HOST = "10.0.1.2";
  private static final Duration PERIOD = Duration.ofMillis(250);

  private static final class Client {
    final int patience;
    final Zone zone;
    Side side = Side.SOURCE;
    Instant until = Instant.MIN;
    boolean lost;

    Client(int patience, Zone zone) {
      this.patience = patience;
      this.zone = zone;
    }
  }

  private final World world;
  private final List<Client> clients = new ArrayList<>();
  private long writes;
  private long objects;
  int acknowledgedObjects;
  int acknowledged;
  int refused;
  int twice;

  /** Last write that went through, wherever. */
  Instant servedAt;

  Clients(World world) {
    this.world = world;
    this.servedAt = world.baton.now();
    for (int number = 0; number < 4; number++) {
      clients.add(
          new Client(
              number == 3 ? 4 : 1, number == 0 ? world.inside.orElse(world.zone) : world.zone));
    }
  }

  void begin() {
    for (Client client : clients) {
      world.baton.at(
          world.baton.millis(0, 250), () -> world.baton.every(PERIOD, () -> write(client)));
    }
  }

  private void write(Client client) {
    Instant now = world.baton.now();
    if (!now.isBefore(client.until)) {
      ServerAddress server =
          world.baton.random.nextBoolean() ? client.zone.first : client.zone.second;
      client.side = client.zone.sideAt(server);
      client.lost = client.zone.isStrangeAt(server);
      client.until = now.plusSeconds((long) client.zone.ttlSecondsAt(server) * client.patience);
    }
    if (client.lost) {
      client.until = Instant.MIN; // nobody is there: it asks again
      return;
    }
    if (world.weather.objects()) {
      String key = "object-" + world.baton.random.nextInt(8);
      if (world.bucket(client.side).put(key, ++objects, world)) {
        acknowledgedObjects++;
      }
    }
    Written written = world.database(client.side).write(++writes);
    switch (written) {
      case ACKNOWLEDGED -> {
        acknowledged++;
        servedAt = now;
      }
      case REFUSED -> {
        refused++;
        client.until = Instant.MIN; // whoever is refused asks again
      }
      case UNREACHABLE -> client.until = Instant.MIN;
      case TWICE -> twice++;
    }
  }
}
