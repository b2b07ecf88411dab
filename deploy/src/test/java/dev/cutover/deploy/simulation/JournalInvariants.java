package dev.cutover.deploy.simulation;

import static dev.cutover.deploy.simulation.Invariants.require;

import dev.cutover.contract.HealthReported.HealthVerdict;
import dev.cutover.contract.StepRef;
import dev.cutover.orchestrator.domain.Action;
import dev.cutover.orchestrator.domain.Cause;
import dev.cutover.orchestrator.domain.ReadinessEvent;
import dev.cutover.orchestrator.domain.SagaEvent;
import dev.cutover.orchestrator.domain.SagaState;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The design's invariants about decisions, looked at in the journal; one method for each. */
final class JournalInvariants {
  private final World world;
  private final Story story;
  private final SimulatedTraffic traffic;
  private final Services services;
  private final Set<StepRef> done = new HashSet<>();
  private final Set<String> requests = new HashSet<>();
  private final Set<String> heeded = new HashSet<>();
  private final Map<Action, Long> undone = new EnumMap<>(Action.class);
  private final Set<Action> carriedOut = EnumSet.noneOf(Action.class);
  private boolean pointOfNoReturn;
  private boolean onTarget;
  private boolean putBack;
  private boolean everBroken;
  private Duration breached = Duration.ZERO;
  private int looked;

  JournalInvariants(World world, Story story, SimulatedTraffic traffic, Services services) {
    this.world = world;
    this.story = story;
    this.traffic = traffic;
    this.services = services;
  }

  void check(Duration passed) {
    everBroken |= traffic.isBroken(dev.cutover.contract.Side.TARGET);
    while (looked < story.journal.size()) {
      SagaEvent event = story.journal.get(looked++);
      i3NothingIsUndoneTwice(event);
      i5NothingCountsTwice(event);
      i8OnlyABreachRollsBack(event);
      i8OnlyHealthIsAccepted(event);
      i12NothingDriftsByItself(event);
      i13RecordsArePutBackOnceAndNeverOnTheWayBack(event);
    }
    i7ABreachIsHeeded(passed);
  }

  /**
   * Each undo has one decision in a round, and none comes after the point of no return. When people
   * choose another way back, what was not carried out yet is void, and is decided anew (seed 247).
   */
  private void i3NothingIsUndoneTwice(SagaEvent event) {
    switch (event) {
      case SagaEvent.RetryBegan _ -> {
        undone.clear();
        carriedOut.clear();
      }
      case SagaEvent.RollbackStarted _ -> undone.keySet().retainAll(carriedOut);
      case SagaEvent.StepDone e ->
          undone.keySet().stream()
              .filter(action -> action.stepName().equals(e.step().step()))
              .forEach(carriedOut::add);
      case SagaEvent.StepSent sent -> {
        Action action = sent.step().action();
        boolean undo =
            action == Action.OPEN_SOURCE
                || action == Action.FENCE_TARGET
                || action == Action.REVERT_TRAFFIC;
        switch (action) {
          case FENCE_SOURCE -> doneAgain(Action.OPEN_SOURCE);
          case OPEN_TARGET -> doneAgain(Action.FENCE_TARGET);
          case SHIFT_TRAFFIC -> doneAgain(Action.REVERT_TRAFFIC);
          default -> {}
        }
        if (undo && !sent.command().getClass().getSimpleName().equals("OpenSourceAlone")) {
          long epoch = sent.command().header().epoch();
          Long before = undone.putIfAbsent(action, epoch);
          require(before == null || before == epoch, "I3 undone twice: " + action.stepName());
          require(!pointOfNoReturn, "I3 undone past the point of no return: " + action.stepName());
        }
        pointOfNoReturn |= action == Action.DROP_REPLICATION;
      }
      default -> {}
    }
  }

  private void doneAgain(Action undo) {
    undone.remove(undo);
    carriedOut.remove(undo);
  }

  /** What was delivered twice is answered, done and heeded once. */
  private void i5NothingCountsTwice(SagaEvent event) {
    if (event instanceof SagaEvent.Answer answer) {
      once(answer.requestId());
    }
    switch (event) {
      case SagaEvent.StepDone e -> require(done.add(e.step()), "I5 done twice: " + e.step());
      case SagaEvent.TriggerNoted e ->
          require(
              !e.acted() || heeded.add(e.trigger().decisionId()),
              "I7 a trigger rolled back twice: " + e.trigger().decisionId());
      default -> {}
    }
  }

  private void once(String requestId) {
    require(requests.add(requestId), "I5 a request was answered twice: " + requestId);
  }

  /** A target that fails its users is left, or held where there is no way back. */
  private void i7ABreachIsHeeded(Duration passed) {
    boolean observing = story.cutover.state() instanceof SagaState.Observing;
    boolean seen =
        traffic.isBroken(dev.cutover.contract.Side.TARGET)
            && !world.weather.monitorBlind()
            && services.isUp("monitor")
            && services.isUp("orchestrator");
    breached = observing ? seen ? breached.plus(passed) : breached : Duration.ZERO;
    require(
        breached.compareTo(Duration.ofSeconds(60)) < 0,
        "I7 the target was broken for %s while it was observed".formatted(breached));
  }

  /** Nobody else changes schemas here, and records only where the weather says so. */
  private void i12NothingDriftsByItself(SagaEvent event) {
    if (event instanceof ReadinessEvent.RecordsNoted records) {
      boolean meddled = world.zones().stream().anyMatch(zone -> zone.meddled);
      require(
          records.drifts().stream().allMatch(drift -> meddled && isStrange(drift)),
          "I12 drift of records: " + records.drifts());
    }
    if (event instanceof ReadinessEvent.SchemaNoted schema) {
      require(schema.drifts().isEmpty(), "I12 drift of a schema: " + schema.drifts());
    }
  }

  private static boolean isStrange(String drift) {
    return drift.contains("found " + Zone.STRANGE_HOST)
        || drift.endsWith("for %d s".formatted(Zone.STRANGE_TTL));
  }

  /** Between a shift and whatever comes after it, records are put back at most once. */
  private void i13RecordsArePutBackOnceAndNeverOnTheWayBack(SagaEvent event) {
    switch (event) {
      case SagaEvent.RetryBegan _ -> putBack = false;
      case SagaEvent.RollbackStarted _ -> onTarget = false;
      case SagaEvent.StepSent sent when sent.step().action() == Action.SHIFT_TRAFFIC ->
          onTarget = true;
      case SagaEvent.StepSent sent when sent.step().action() == Action.PUT_BACK_RECORDS -> {
        require(onTarget, "I13 records were put back after a rollback had begun");
        require(!putBack, "I13 records were put back twice");
        putBack = true;
      }
      default -> {}
    }
    require(
        world.zones().stream().noneMatch(zone -> zone.putBackAfterRevert),
        "I13 records were put back over a revert");
  }

  private void i8OnlyABreachRollsBack(SagaEvent event) {
    boolean byTrigger =
        event instanceof SagaEvent.RollbackStarted started
            && started.route().cause() == Cause.TRIGGER;
    require(!byTrigger || everBroken, "I8 rolled back by a trigger without a breach");
  }

  /** Acceptance needs a word of health from a monitor that could see. */
  private void i8OnlyHealthIsAccepted(SagaEvent event) {
    if (event instanceof SagaEvent.HealthNoted health
        && health.verdict() == HealthVerdict.HEALTHY) {
      require(!world.weather.monitorBlind(), "I8 a blind monitor said healthy");
    }
    boolean accepted =
        event instanceof SagaEvent.CutoverFinished finished
            && finished.outcome() == SagaState.Outcome.COMPLETED;
    require(!accepted || !world.weather.targetBreaks(), "I8 a target was accepted that was broken");
  }
}
