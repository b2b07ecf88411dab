package dev.cutover.orchestrator.domain;

import dev.cutover.orchestrator.domain.SagaEvent.CutoverHeld;
import dev.cutover.orchestrator.domain.SagaState.Destination;
import dev.cutover.orchestrator.domain.SagaState.Held;
import dev.cutover.orchestrator.domain.SagaState.Observing;
import dev.cutover.orchestrator.domain.SagaState.Route;
import dev.cutover.orchestrator.domain.SagaState.RouteStep;
import dev.cutover.orchestrator.domain.Stage.Soak;
import dev.cutover.orchestrator.domain.Step.OnFailure;
import dev.cutover.orchestrator.domain.Strategy.Canary;
import dev.cutover.orchestrator.domain.Strategy.Weight;
import dev.cutover.orchestrator.domain.StrategyEvent.SoakBegan;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The target with a share of the traffic: how long, how many requests, and the way back. Pure. */
final class Soaks {
  private Soaks() {}

  static void begin(Draft draft, int index, Soak soak) {
    draft.add(new SoakBegan(index, draft.now(), draft.now().plus(soak.span())));
  }

  /** The soak that the cutover stands at; empty when it stands elsewhere. */
  static Optional<Soak> at(Cutover cutover) {
    return cutover.state() instanceof Observing(int stage, Instant _, Instant _)
            && cutover.requiredRunbook().stages().get(stage) instanceof Soak soak
        ? Optional.of(soak)
        : Optional.empty();
  }

  /** Whether the target took as many requests as the plan wants to see; without a soak it did. */
  static boolean seenEnough(Cutover cutover) {
    return at(cutover)
        .filter(soak -> cutover.world().share().requests() < soak.requests())
        .isEmpty();
  }

  /** Why nobody should wait on: the time is over twice, and something is still not seen. */
  static String unseen(Cutover cutover, Soak soak) {
    return ("Expected %d requests and a healthy target within twice the soak at %d %%, but it took"
            + " %d and the monitor's last word is %s")
        .formatted(
            soak.requests(),
            soak.percent(),
            cutover.world().share().requests(),
            cutover.world().health().map(health -> health.verdict().name()).orElse("none"));
  }

  /**
   * The way to the weight before, which was good; empty when a breach leads to the source. Only
   * once: what breaches while it is held, or with the first weight, goes back whole.
   */
  static Optional<Route> toLastGoodWeight(Cutover cutover, Cause cause, String reason) {
    int percent = cutover.world().share().percent();
    boolean settled =
        cutover
            .ledger()
            .step(Action.SHIFT_TRAFFIC)
            .filter(record -> !record.outstanding())
            .isPresent();
    if (cause != Cause.TRIGGER
        || !settled
        || cutover.state() instanceof Held
        || !(cutover.requiredPlan().strategy() instanceof Canary canary)
        || canary.abort() != Strategy.Abort.LAST_GOOD_WEIGHT) {
      return Optional.empty();
    }
    return canary.before(percent).map(good -> route(cutover, cause, reason, good));
  }

  private static Route route(Cutover cutover, Cause cause, String reason, Weight good) {
    var each = cutover.requiredPlan().bounds().switchStep();
    Step shift = new Step(good.stepName(), Action.SHIFT_TRAFFIC, each, 3, OnFailure.GO_BACK);
    Step watch = Step.of(Action.WATCH_HEALTH, each, 3, OnFailure.HOLD);
    return new Route(
        cause,
        reason,
        List.of(
            List.of(new RouteStep(shift, new Undo.Nothing())),
            List.of(new RouteStep(watch, new Undo.Nothing()))),
        Destination.LAST_GOOD_WEIGHT);
  }

  /** At the last good weight: it is judged anew, and a person decides how it goes on. */
  static void arrive(Draft draft, String reason) {
    int percent = draft.cutover().world().share().percent();
    List<Stage> stages = draft.cutover().requiredRunbook().stages();
    for (int index = 0; index < stages.size(); index++) {
      if (stages.get(index) instanceof Soak soak && soak.percent() == percent) {
        begin(draft, index, soak);
        draft.add(new CutoverHeld("%s Traffic went back to %d %%.".formatted(reason, percent)));
        return;
      }
    }
    throw new IllegalStateException("Expected a soak with " + percent + " %, but there is none");
  }
}
