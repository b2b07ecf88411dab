package dev.cutover.orchestrator.domain;

import dev.cutover.contract.FenceLeaseExpired;
import dev.cutover.contract.Request.Drill;
import dev.cutover.contract.Side;
import dev.cutover.orchestrator.domain.RehearsalEvent.DrillOrdered;
import dev.cutover.orchestrator.domain.SagaState.Waiting;
import dev.cutover.orchestrator.domain.Step.OnFailure;
import java.time.Duration;
import java.util.Optional;

/**
 * Drills of the fence on the real source, outside of the runbook's order: they take nothing back
 * and move nothing on; only go waits for one that is under way. Pure.
 */
final class Drills {
  private static final Duration LEAST = Duration.ofMillis(100);
  private static final Duration MOST = Duration.ofSeconds(30);

  private Drills() {}

  static void order(Draft draft, Drill request) {
    Optional<String> refusal = refusal(draft.cutover(), Duration.ofMillis(request.maxMs()));
    if (refusal.isPresent()) {
      Requests.refuse(draft, request, refusal.get());
      return;
    }
    Duration max = Duration.ofMillis(request.maxMs());
    draft.add(new DrillOrdered(request.requestId(), request.actor(), max));
    Duration deadline = draft.cutover().requiredPlan().bounds().switchStep().plus(max);
    draft.send(Step.of(Action.DRILL_FENCE, deadline, 1, OnFailure.REPORT));
  }

  private static Optional<String> refusal(Cutover cutover, Duration max) {
    Plan plan = cutover.requiredPlan();
    if (plan.data().isEmpty()) {
      return Optional.of("Expected databases in 'data' to fence, but the plan has none");
    }
    if (plan.autonomy().observes()) {
      return Optional.of("Expected a plan that acts, but it only observes: it fences nothing");
    }
    Duration most = plan.bounds().maxWriteOutage();
    if (max.compareTo(LEAST) < 0 || max.compareTo(MOST) > 0 || max.compareTo(most) > 0) {
      return Optional.of(
          "Expected a drill of %d to %d ms, and no longer than bounds.maxWriteOutage (%s), but it is to take %d ms"
              .formatted(
                  LEAST.toMillis(), MOST.toMillis(), Durations.written(most), max.toMillis()));
    }
    boolean begun = Requests.switching(cutover);
    boolean sourceServes = cutover.world().serving().filter(Side.SOURCE::equals).isPresent();
    if (!(cutover.state() instanceof Waiting)
        || begun
        || !sourceServes
        || !cutover.ledger().done(Action.START_FORWARD_SYNC)) {
      return Optional.of(
          "Expected a cutover that waits before its fence, with the forward stream running, but it is %s%s"
              .formatted(cutover.state().label(), begun ? " and the switch has begun" : ""));
    }
    return cutover
        .ledger()
        .step(Action.DRILL_FENCE)
        .filter(StepRecord::outstanding)
        .map(_ -> "Expected no drill under way, but there is one: wait for its answer");
  }

  /**
   * A drill whose service died ends by its lease, which raises the target's epoch as well: the
   * switch has to know it.
   */
  static void onLeaseExpired(Draft draft, FenceLeaseExpired expired) {
    boolean ofDrill =
        draft
            .ledger()
            .step(Action.DRILL_FENCE)
            .filter(drill -> drill.epoch() == expired.fenceEpoch())
            .isPresent();
    long epoch = expired.fenceEpoch() + 1;
    if (ofDrill && !Requests.switching(draft.cutover()) && draft.ledger().targetEpoch() < epoch) {
      draft.add(new SagaEvent.LeaseExpiryNoted(epoch, expired.openedAt()));
    }
  }
}
