package dev.cutover.deploy.simulation;

import dev.cutover.contract.Envelope;
import dev.cutover.contract.Request;
import dev.cutover.orchestrator.domain.SagaState;
import dev.cutover.orchestrator.domain.SagaView;
import dev.cutover.runtime.Outgoing;
import dev.cutover.runtime.Wire;
import java.time.Duration;
import java.util.Optional;

/**
 * Those who start, approve and decide. They do what a page asks of them, after a while; some err.
 * After {@link #PATIENCE} they only answer pages.
 */
final class People {
  static final Duration PATIENCE = Duration.ofSeconds(150);

  private final World world;
  private final Broker broker;
  private final Wire wire;
  private final Story story;
  private int requests;
  private int retries;
  private boolean worried;

  People(World world, Broker broker, Wire wire, Story story) {
    this.world = world;
    this.broker = broker;
    this.wire = wire;
    this.story = story;
  }

  void begin() {
    world.baton.at(
        Duration.ofSeconds(2),
        () -> ask(new Request.StartCutover(Story.ID, next(), "ana", Plans.of(world.weather))));
    world.baton.every(Duration.ofSeconds(1), this::look);
  }

  /** Whether they will ask for nothing more of their own accord. */
  boolean areDone() {
    return world.baton.elapsed().compareTo(PATIENCE) > 0
        || (story.cutover.state() instanceof SagaState.Prepared && retries > 0);
  }

  private String next() {
    return "request-" + ++requests;
  }

  private String somebody() {
    return Plans.APPROVERS.get(world.baton.random.nextInt(Plans.APPROVERS.size()));
  }

  private void look() {
    boolean late = world.baton.elapsed().compareTo(PATIENCE) > 0;
    if (!late && world.weather.peopleErr() && world.baton.chance(0.06)) {
      ask(odd());
    }
    if (world.undeadRisen && !worried && world.baton.chance(0.4)) {
      worried = true;
      if (world.baton.chance(0.7)) {
        ask(new Request.RollBack(Story.ID, next(), somebody(), "it takes too long"));
      }
    }
    switch (story.cutover.state()) {
      case SagaState.Waiting _ -> {
        if (world.baton.chance(0.5)) {
          ask(approval(somebody()));
        }
      }
      case SagaState.Held(String _, SagaState resumes) -> {
        if (!late && world.baton.chance(0.15)) {
          boolean back =
              resumes instanceof SagaState.RollingBack
                  || story.cutover.world().wayBack().isPresent()
                  || world.baton.chance(0.4);
          ask(
              back
                  ? new Request.RollBack(Story.ID, next(), somebody(), "better so")
                  : new Request.Resume(Story.ID, next(), somebody(), "looked at it"));
        }
      }
      case SagaState.Prepared _ -> {
        if (!late && retries == 0 && world.baton.chance(0.2)) {
          retries++;
          ask(
              world.baton.chance(0.6)
                  ? new Request.Resume(Story.ID, next(), somebody(), "once more")
                  : new Request.Abandon(Story.ID, next(), somebody(), "not this year"));
        }
      }
      case SagaState.RollingBack back -> {
        if (back.outage() && !world.target.reachable && world.baton.chance(0.1)) {
          ask(new Request.DeclareTargetDead(Story.ID, next(), somebody(), "burnt down"));
        }
      }
      case SagaState.Planned _,
          SagaState.Running _,
          SagaState.Observing _,
          SagaState.Finished _ -> {}
    }
  }

  private Request approval(String actor) {
    return new Request.Approve(
        Story.ID,
        next(),
        actor,
        "go",
        "",
        SagaView.of(story.cutover, "", world.baton.now()).evidenceHash());
  }

  /** What nobody should have asked for now. */
  private Request odd() {
    String actor = world.baton.chance(0.2) ? "mallory" : somebody();
    return switch (world.baton.random.nextInt(13)) {
      case 0 -> new Request.Hold(Story.ID, next(), actor, "wait");
      case 1 -> new Request.Abort(Story.ID, next(), actor, "stop");
      case 2 -> new Request.RollBack(Story.ID, next(), actor, "back");
      case 3 -> new Request.Resume(Story.ID, next(), actor, "on");
      case 4 -> new Request.StartCutover(Story.ID, next(), actor, Plans.of(world.weather));
      case 5 ->
          world.baton.chance(0.2)
              ? new Request.Abandon(Story.ID, next(), actor, "no")
              : approval(actor);
      case 6 -> new Request.Reject(Story.ID, next(), actor, "go", "not yet");
      case 7 -> new Request.Skip(Story.ID, next(), actor, "check-target", "it is broken");
      case 8 -> new Request.TakeOver(Story.ID, next(), actor, "my turn");
      case 9 -> new Request.Disarm(Story.ID, next(), actor, "a known fault", 1);
      case 10 -> new Request.Arm(Story.ID, next(), actor, "mended");
      case 11 ->
          new Request.Amend(
              Story.ID,
              next(),
              actor,
              Plans.of(world.weather).replace("observation: 10s", "observation: 11s"),
              "look longer");
      default -> approval(actor);
    };
  }

  private void ask(Request request) {
    Outgoing record =
        wire.outgoing(
            new Envelope<>(
                request.requestId(), "/people", world.baton.now(), "", requests, false, request));
    world.changed("%s asks: %s".formatted(request.actor(), request.getClass().getSimpleName()));
    world.baton.at(arrival(), () -> broker.log.write(record));
    if (world.baton.chance(world.weather.duplicates())) {
      world.baton.at(arrival(), () -> broker.log.write(record));
    }
  }

  private Duration arrival() {
    Optional<Duration> silence =
        broker.isSilent() ? Optional.of(Duration.ofSeconds(20)) : Optional.empty();
    return silence.orElse(Duration.ZERO).plus(world.baton.millis(1, 200));
  }
}
