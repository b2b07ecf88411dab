package dev.cutover.deploy.simulation;

import dev.cutover.contract.Side;
import dev.cutover.orchestrator.domain.Action;
import dev.cutover.runtime.Received;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Makes the weather happen. */
final class Storm {
  private final World world;
  private final Broker broker;
  private final Services services;
  private final Story story;
  private boolean orchestratorGoing;
  private boolean differing;
  private int meddled;
  private Duration meddlesAgain = Duration.ZERO;

  Storm(World world, Broker broker, Services services, Story story) {
    this.world = world;
    this.broker = broker;
    this.services = services;
    this.story = story;
  }

  void begin() {
    Baton baton = world.baton;
    Weather weather = world.weather;
    baton.every(Duration.ofSeconds(1), this::everySecond);
    if (weather.brokerSilent()) {
      baton.at(
          baton.millis(5_000, 110_000),
          () -> {
            world.changed("the log falls silent");
            broker.fallSilent(baton.now().plusSeconds(20));
          });
    }
    if (weather.targetFaints()) {
      baton.at(baton.millis(5_000, 110_000), () -> faint(Side.TARGET));
    }
    if (weather.sourceFaints()) {
      baton.at(baton.millis(5_000, 110_000), () -> faint(Side.SOURCE));
    }
    if (weather.viewFaints()) {
      world.inside.ifPresent(view -> baton.at(baton.millis(2_000, 110_000), () -> faint(view)));
    }
    if (weather.allGone()) {
      baton.at(
          baton.millis(3_000, 90_000),
          () -> {
            world.changed("everything is gone");
            services.names().forEach(services::killForGood);
          });
    }
  }

  private void faint(Side side) {
    SimulatedDatabase database = world.database(side);
    world.changed("%s faints".formatted(side));
    database.reachable = false;
    world.baton.at(
        world.baton.millis(2_000, 25_000),
        () -> {
          if (!(side == Side.TARGET && world.targetDead)) {
            database.reachable = true;
            world.changed("%s is back".formatted(side));
          }
        });
  }

  private void faint(Zone view) {
    world.changed("the view's servers faint");
    view.reachable = false;
    world.baton.at(
        world.baton.millis(2_000, 40_000),
        () -> {
          view.reachable = true;
          world.changed("the view's servers are back");
        });
  }

  private void everySecond() {
    Baton baton = world.baton;
    Weather weather = world.weather;
    if (weather.killsAtRandom() > 0 && baton.chance(1 / weather.killsAtRandom())) {
      List<String> names = services.names();
      strike(names.get(baton.random.nextInt(names.size())));
    }
    boolean open = world.target.row != null && world.target.row.isOpen();
    if (weather.targetDies() && open && !world.targetDead && baton.chance(0.08)) {
      world.changed("target dies");
      world.targetDead = true;
      world.target.reachable = false;
    }
  }

  /** Strikes the service that an event of the log is about, shortly before or while it acts. */
  void written(Received record) {
    Baton baton = world.baton;
    if (baton.chance(world.weather.kills())) {
      String topic = record.topic();
      String victim =
          services.names().stream()
              .filter(name -> topic.contains("." + name + "."))
              .findFirst()
              .orElse("orchestrator");
      baton.at(baton.millis(0, 150), () -> strike(victim));
    }
    if (world.weather.orchestratorGone()
        && !orchestratorGoing
        && story.cutover.ledger().sent(Action.FENCE_SOURCE)) {
      orchestratorGoing = true;
      baton.at(
          baton.millis(0, 400),
          () -> {
            world.changed("the orchestrator is gone");
            services.killForGood("orchestrator");
          });
    }
    if (meddled < world.weather.meddles()
        && baton.elapsed().compareTo(meddlesAgain) > 0
        && story.cutover.ledger().done(Action.SHIFT_TRAFFIC)) {
      meddled++;
      meddlesAgain = baton.elapsed().plusSeconds(8);
      baton.at(baton.millis(0, 6_000), this::meddle);
    }
    Action before =
        world.weather.dataDiffers() == 1
            ? Action.START_FORWARD_SYNC
            : Action.ALIGN_TARGET_SEQUENCES;
    if (world.weather.dataDiffers() > 0 && !differing && story.cutover.ledger().done(before)) {
      differing = true;
      baton.at(Duration.ZERO, this::differ);
    }
  }

  /** Whoever goes on with their own tool, and does not ask. */
  private void meddle() {
    List<Zone> zones = world.zones();
    Zone zone = zones.get(world.baton.random.nextInt(zones.size()));
    if (story.cutover.ledger().done(Action.SHIFT_TRAFFIC) && zone.side() == Side.TARGET) {
      zone.meddle(world.baton.chance(0.7));
    }
  }

  /** As an applier with a fault would do it: what nothing has written nobody could find. */
  private void differ() {
    Map.Entry<Long, Long> first = world.target.rows.firstEntry();
    if (first != null) {
      world.changed("row %d differs".formatted(first.getKey()));
      world.target.put(first.getKey(), -1L, true);
    }
  }

  private void strike(String service) {
    if (world.baton.chance(world.weather.sleepers())) {
      services.sleep(service);
    } else {
      services.kill(service);
    }
  }
}
