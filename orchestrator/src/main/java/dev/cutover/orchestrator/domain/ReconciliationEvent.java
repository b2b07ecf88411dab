package dev.cutover.orchestrator.domain;

import dev.cutover.orchestrator.domain.Reconciliation.Review;
import dev.cutover.orchestrator.domain.SagaEvent.Answer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Events about writes that the target took. */
public sealed interface ReconciliationEvent extends SagaEvent.Area {
  /**
   * One whom the plan names signed that there may be no way back without loss.
   *
   * @param gate what was signed, such as {@code accept-loss}
   */
  record PolicySigned(String requestId, String actor, String gate, String comment)
      implements ReconciliationEvent, Answer {}

  /** The target's writes are exported, and people look at them. */
  record ReviewBegan(String sha256, String delta, Instant at) implements ReconciliationEvent {}

  /** A person said that this delta is to be applied to the source; two are needed. */
  record DeltaApproved(String requestId, String actor, String sha256, String comment)
      implements ReconciliationEvent, Answer {}

  /** A person said that the delta is to be given up; two are needed. */
  record LossApproved(String requestId, String actor, String comment)
      implements ReconciliationEvent, Answer {}

  /** From here on the target's writes are given up; they are counted. */
  record LossAccepted(String reason, Instant at) implements ReconciliationEvent {}

  /** Applies one. Pure. */
  static Cutover evolve(Cutover cutover, ReconciliationEvent event) {
    Reconciliation before = cutover.reconciliation();
    return cutover.with(
        switch (event) {
          case PolicySigned e -> before.withSignature(e.actor());
          case ReviewBegan e ->
              before.with(
                  Optional.of(new Review(e.sha256(), e.delta(), e.at(), List.of(), List.of())));
          case DeltaApproved e -> before.with(before.review().map(r -> r.withApply(e.actor())));
          case LossApproved e -> before.with(before.review().map(r -> r.withLose(e.actor())));
          case LossAccepted e -> before.withLoss(e.reason());
        });
  }
}
