package dev.cutover.deploy.simulation;

import dev.cutover.contract.MessageCodec;
import dev.cutover.orchestrator.domain.SagaState;
import dev.cutover.runtime.Topics;
import dev.cutover.runtime.Wire;
import dev.cutover.testkit.InMemoryLog;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;

/** One cutover from one seed: five services, their world, its weather and the people in it. */
final class Simulation {
  private static final MessageCodec CODEC = new MessageCodec();
  private static final Duration CALM = Duration.ofSeconds(12);
  private static final Duration LENGTH_MAX = Duration.ofMinutes(7);

  final World world;
  final Story story;
  final Clients clients;
  final Invariants invariants;
  private final Services services;
  private final Storm storm;
  private final People people;
  private Instant changedAt;
  private int seen;

  Simulation(long seed) {
    Baton baton = new Baton(seed);
    Weather weather = Weather.of(baton.random, new Random(~seed));
    world = new World(baton, weather);
    Wire wire = new Wire(new Topics("simulated", 1, 1, 1), CODEC, Optional.empty());
    InMemoryLog log =
        new InMemoryLog(
            wire.topics(),
            baton.clock,
            baton.random,
            new InMemoryLog.Faults(weather.duplicates(), weather.delayMax()));
    Broker broker = new Broker(log, baton, weather);
    story = new Story(world, wire);
    SimulatedTraffic traffic = new SimulatedTraffic(world);
    services = new Services(world, broker, wire, traffic);
    clients = new Clients(world);
    storm = new Storm(world, broker, services, story);
    people = new People(world, broker, wire, story);
    invariants = new Invariants(world, story, services, broker, clients, traffic);
    changedAt = baton.now();
    log.onWritten(
        record -> {
          story.written(record);
          services.written();
          storm.written(record);
        });
  }

  /** Runs to where nothing more will happen; every invariant holds all the way, or it throws. */
  void run() {
    try {
      services.begin();
      clients.begin();
      people.begin();
      storm.begin();
      while (!isOver()) {
        world.baton.step();
        invariants.check();
      }
      invariants.atTheEnd();
    } finally {
      services.end();
    }
  }

  private boolean isOver() {
    if (seen != story.journal.size()) {
      seen = story.journal.size();
      changedAt = world.baton.now();
    }
    Duration elapsed = world.baton.elapsed();
    boolean calm = changedAt.plus(CALM).isBefore(world.baton.now());
    boolean settled =
        switch (story.cutover.state()) {
          case SagaState.Finished _ -> true;
          case SagaState.Prepared _, SagaState.Held _ -> people.areDone();
          case SagaState.Planned _,
              SagaState.Running _,
              SagaState.Waiting _,
              SagaState.Observing _,
              SagaState.RollingBack _ ->
              false;
        };
    boolean left =
        services.isGone("orchestrator") && changedAt.plusSeconds(115).isBefore(world.baton.now());
    return (calm && settled && !services.isAnybodyAsleep())
        || left
        || elapsed.compareTo(LENGTH_MAX) > 0;
  }

  /** How it ended, in a word. */
  String outcome() {
    SagaState state = story.cutover.state();
    String ending =
        switch (state) {
          case SagaState.Finished finished -> finished.outcome().name();
          case SagaState.Prepared prepared -> prepared.rolledBack() ? "rolled back" : "prepared";
          case SagaState.RollingBack back -> back.outage() ? "paged" : state.label();
          case SagaState.Planned _,
              SagaState.Running _,
              SagaState.Waiting _,
              SagaState.Observing _,
              SagaState.Held _ ->
              state.label();
        };
    return services.isGone("orchestrator") ? "left alone" : ending;
  }

  String compactJournal() {
    return world.weather + "\n" + String.join("\n", world.story);
  }
}
