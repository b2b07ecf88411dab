package dev.cutover.orchestrator.simulation;

import dev.cutover.contract.*;
import dev.cutover.orchestrator.domain.*;
import dev.cutover.orchestrator.domain.SagaState.*;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The design's invariants, looked at after every simulated event. */
final class Invariants {
  private final Simulation simulation;
  Optional<Instant> fencedSince = Optional.empty();
  boolean breached;
  private Optional<Instant> darkSince = Optional.empty();
  private long shiftedEpoch = -1;
  private boolean declaredDead;
  private Cutover folded = Cutover.named(Simulation.ID);
  private int seen;
  private Optional<Instant> backSince = Optional.empty();

  /** Triggers, and when each was in the log. */
  private final Map<String, Instant> said = new HashMap<>();

  private final Set<String> heard = new HashSet<>();

  Invariants(Simulation simulation) {
    this.simulation = simulation;
  }

  /** I2: before traffic may go to the target. */
  void onCommand(Command command) {
    if (command instanceof SyncCommand.OpenSourceAlone) {
      declaredDead = true;
    }
    if (command instanceof DnsCommand.ShiftTraffic shift
        && shift.header().epoch() != shiftedEpoch) {
      shiftedEpoch = shift.header().epoch();
      Cutover cutover = simulation.cutover;
      boolean reopening =
          cutover.state() instanceof RollingBack back
              && back.route().then() == Destination.HELD_ON_TARGET;
      if (!reopening) {
        boolean moved = cutover.requiredPlan().data().isPresent();
        require(!moved || cutover.ledger().done(Action.FENCE_SOURCE), "I2 shift without fence");
        require(
            !moved
                || cutover.ledger().done(Action.VALIDATE_FINAL)
                || cutover.ledger().done(Action.VALIDATE_FULL),
            "I2 shift without final validation");
        List<String> yes = cutover.people().approvedBy("go");
        require(yes.stream().distinct().count() >= 2, "I2 shift without two people");
        require(
            !cutover.people().authorship().authors().containsAll(yes),
            "I2 shift approved by its authors alone");
      }
    }
  }

  void said(String trigger, Instant inTheLogAt) {
    said.putIfAbsent(trigger, inTheLogAt);
  }

  /** I8: nothing is accepted before whatever was said until its observation's end was heard. */
  private void accepts(Cutover before, SagaEvent event, Cutover after) {
    if (event instanceof SagaEvent.TriggerNoted noted) {
      heard.add(noted.trigger().decisionId());
    }
    if (before.state() instanceof Observing(int _, Instant _, Instant until)
        && (after.state() instanceof Running || after.state() instanceof Waiting)) {
      String watch =
          "d" + before.ledger().step(Action.WATCH_HEALTH).map(StepRecord::epoch).orElse(-1L);
      require(
          heard.contains(watch) || !said.getOrDefault(watch, Instant.MAX).isBefore(until),
          "I8 accepted before a trigger was heard that was said while it observed");
    }
  }

  /** What people may rely on, event by event. */
  private void people(Cutover before, SagaEvent event) {
    switch (event) {
      case SagaEvent.RollbackStarted started ->
          require(
              started.route().cause() != Cause.TRIGGER || before.people().disarmed().isEmpty(),
              "I8 rolled back by itself while it was disarmed");
      case PeopleEvent.StepSkipped skipped -> {
        Action action = before.ledger().step(skipped.step()).orElseThrow().step().action();
        require(!skipped.actor().equals(skipped.proposedBy()), "I2 one person left a step out");
        require(
            action != Action.FENCE_SOURCE
                && action != Action.VALIDATE_FINAL
                && action != Action.SHIFT_TRAFFIC
                && action != Action.OPEN_TARGET,
            "I2 the switch was left out");
      }
      case PeopleEvent.PlanAmended _ ->
          require(!before.ledger().sent(Action.FENCE_SOURCE), "I2 amended past the fence");
      case PeopleEvent.RollbackDecided decided ->
          require(
              before.people().question().orElseThrow().askedOf().contains(decided.actor()),
              "I2 somebody else decided on a rollback");
      default -> {}
    }
  }

  /**
   * Looks at what a service has done.
   *
   * @param weightBefore share of the traffic that the target had before that
   */
  void onReply(Command command, Reply reply, int weightBefore) {
    if (command instanceof SyncCommand.OpenSource
        && reply instanceof SyncReply.SourceOpened
        && simulation.cutover.reconciliation().loss().isEmpty()
        && !declaredDead) {
      require(
          simulation.world.source.rows.containsAll(simulation.world.target.acknowledged),
          "I3/I9 source opened before the target's writes were drained");
    }
    // An order that comes again is answered again, and moves nothing.
    if (command instanceof DnsCommand.ShiftTraffic
        && simulation.world.weightPercent > weightBefore) {
      require(simulation.world.shared || !simulation.world.source.open, "I2 source open at shift");
    }
  }

  void check() {
    SimulatedWorld world = simulation.world;
    require(
        world.shared || !(world.source.acceptsWrites() && world.target.acceptsWrites()),
        "I1 both sides accept writes");
    fence(world);
    dark(world);
    back(world);
    if (seen < simulation.journal.size()) {
      while (seen < simulation.journal.size()) {
        SagaEvent event = simulation.journal.get(seen++);
        people(folded, event);
        Cutover after = Evolution.evolve(folded, event);
        accepts(folded, event, after);
        folded = after;
      }
      require(
          folded.equals(simulation.cutover), "I4 fold of the journal differs from the live state");
    }
  }

  private void fence(SimulatedWorld world) {
    if (world.source.open) {
      fencedSince = Optional.empty();
    } else if (fencedSince.isEmpty()) {
      fencedSince = Optional.of(simulation.now);
    }
  }

  /** I10: bounded while a path back works: the target answers, or was never told to open. */
  private void dark(SimulatedWorld world) {
    boolean writable = world.source.acceptsWrites() || world.target.acceptsWrites();
    boolean pathWorks =
        world.target.reachable
            || (!simulation.cutover.ledger().sent(Action.OPEN_TARGET)
                && !simulation.orchestratorIsGone());
    if (writable || world.shared || !pathWorks) {
      darkSince = Optional.empty();
      return;
    }
    if (darkSince.isEmpty()) {
      darkSince = Optional.of(simulation.now);
    }
    Duration dark = Duration.between(darkSince.get(), simulation.now);
    // maxWriteOutage 20 s, then maxRollbackOutage 40 s, a take-over of up to 9 s twice, retries
    require(dark.compareTo(Duration.ofSeconds(100)) < 0, "I10 nobody could write for " + dark);
  }

  /** I6: a way back ends within its bounds while both databases can be reached. */
  private void back(SimulatedWorld world) {
    boolean goingBack = simulation.cutover.state() instanceof RollingBack;
    if (!goingBack || !world.target.reachable || simulation.orchestratorIsGone()) {
      backSince = Optional.empty();
      return;
    }
    if (backSince.isEmpty()) {
      backSince = Optional.of(simulation.now);
    }
    Duration back = Duration.between(backSince.get(), simulation.now);
    require(back.compareTo(Duration.ofSeconds(150)) < 0, "I6 on the way back for " + back);
  }

  void atTheEnd() {
    SimulatedWorld world = simulation.world;
    if (!world.target.reachable || declaredDead) {
      return; // loss is bounded and listed; a person decides
    }
    world.stream();
    boolean onTarget = world.target.open;
    Set<Integer> missing = new HashSet<>(world.acknowledged);
    if (onTarget || world.shared || !world.source.open) {
      missing.removeAll(world.target.rows);
    }
    if (!onTarget) {
      missing.removeAll(world.source.rows);
    }
    if (simulation.cutover.reconciliation().loss().isPresent() && !onTarget) {
      missing.removeAll(world.target.acknowledged); // given up by people, and counted
    }
    noWayBackPastThePoint();
    require(missing.isEmpty(), "I9 " + missing.size() + " acknowledged writes are missing");

    boolean rolledBackUnasked =
        simulation.journal.stream()
            .anyMatch(
                e ->
                    e instanceof SagaEvent.RollbackStarted r && r.route().cause() == Cause.TRIGGER);
    require(!rolledBackUnasked || breached, "I8 rolled back by trigger without a breach");
  }

  /** I3: a plan without a way back never goes back once the target was told to open. */
  private void noWayBackPastThePoint() {
    if (simulation
            .cutover
            .plan()
            .map(plan -> plan.rollback().way())
            .orElse(RollbackPolicy.Way.REVERSE_SYNC)
        != RollbackPolicy.Way.FIX_FORWARD) {
      return;
    }
    boolean told = false;
    for (SagaEvent event : simulation.journal) {
      told |= event instanceof SagaEvent.StepSent s && s.step().action() == Action.OPEN_TARGET;
      told &= !(event instanceof SagaEvent.ReturnedToPrepared);
      if (event instanceof ByHandEvent.WorldAdopted adopted) { // people may have gone back
        told = adopted.found().outcome() == Adoption.Outcome.TARGET_SERVES;
      }
      require(
          !(told
              && event instanceof SagaEvent.RollbackStarted r
              && r.route().then() == Destination.PREPARED
              && r.route().cause() != Cause.LEASE_EXPIRED
              && !declaredDead),
          "I3 went back past the point of no return");
    }
  }

  private void require(boolean holds, String sentence) {
    if (!holds) {
      throw new AssertionError(
          sentence + "\n" + simulation.weather + "\n" + simulation.compactJournal());
    }
  }
}
