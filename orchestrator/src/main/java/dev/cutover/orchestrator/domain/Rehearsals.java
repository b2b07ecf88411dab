package dev.cutover.orchestrator.domain;

import dev.cutover.contract.RehearsalResult;
import dev.cutover.contract.Request.RecordRehearsal;
import dev.cutover.orchestrator.domain.Finding.Failed;
import dev.cutover.orchestrator.domain.Finding.Proven;
import dev.cutover.orchestrator.domain.Finding.Unproven;
import dev.cutover.orchestrator.domain.RehearsalEvent.RehearsalCredited;
import java.util.Optional;

/** Results of rehearsals, and what they prove. Pure. */
final class Rehearsals {
  private Rehearsals() {}

  static void credit(Draft draft, RecordRehearsal request) {
    Optional<String> refusal = refusal(draft.cutover(), request.result());
    if (refusal.isPresent()) {
      Requests.refuse(draft, request, refusal.get());
    } else {
      draft.add(
          new RehearsalCredited(
              request.requestId(), request.actor(), request.result(), draft.now()));
    }
  }

  private static Optional<String> refusal(Cutover cutover, RehearsalResult result) {
    if (!result.of().equals(cutover.id())) {
      return Optional.of(
          "Expected a rehearsal of %s, but %s is one of %s"
              .formatted(cutover.id(), result.rehearsal(), result.of()));
    }
    if (cutover.requiredPlan().rehearsal().marked()) {
      return Optional.of("Expected a cutover of production, but it is a rehearsal itself");
    }
    if (Requests.switching(cutover)) {
      return Optional.of(
          "Expected a rehearsal to be credited before the switch, but that has begun");
    }
    return cutover
        .readiness()
        .foresight()
        .rehearsal()
        .filter(known -> known.journalHead().equals(result.journalHead()))
        .map(
            known ->
                "Expected another rehearsal, but %s is credited already"
                    .formatted(known.rehearsal()));
  }

  /** Whether the way back counts as tested. */
  static Finding finding(RehearsalResult result, Plan plan) {
    String rehearsal = result.rehearsal().value();
    if (!result.subject().equals(plan.rehearsal().subject())) {
      return new Unproven(
          "%s rehearsed another version of this plan at %s: rehearse again"
              .formatted(rehearsal, result.endedAt()));
    }
    String detail =
        "%s, journal of %d entries up to %s"
            .formatted(result.detail(), result.sequence(), result.journalHead());
    return result.passed()
        ? new Proven(detail, Optional.of(result.endedAt()), rehearsal)
        : new Failed(detail, result.endedAt(), rehearsal);
  }
}
