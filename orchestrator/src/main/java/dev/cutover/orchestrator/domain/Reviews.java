package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Request.Approve;
import dev.cutover.contract.SyncReply.DeltaExported;
import dev.cutover.orchestrator.domain.Reconciliation.Review;
import dev.cutover.orchestrator.domain.ReconciliationEvent.*;
import dev.cutover.orchestrator.domain.SagaState.RollingBack;
import dev.cutover.orchestrator.domain.SagaState.Waiting;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What people sign about writes that the target took, beforehand and afterwards. Pure. */
final class Reviews {
  /** The delta is to be applied to the source. */
  static final String DELTA = "delta";

  /** The delta is to be given up. */
  static final String LOSS = "loss";

  /** How many different people have to say either. */
  private static final int PEOPLE = 2;

  private Reviews() {}

  /** Whether that gate is one of those that are decided here. */
  static boolean decides(Cutover cutover, String gate) {
    return gate.equals(DELTA) || gate.equals(LOSS) || gate.equals(policyGate(cutover));
  }

  private static String policyGate(Cutover cutover) {
    RollbackPolicy policy = cutover.requiredPlan().rollback();
    return policy.signaturesNeeded() > 0 ? policy.gate() : "";
  }

  /** Takes an approval, or gives the reason why not. */
  static Optional<String> approve(Draft draft, Approve request) {
    return request.gate().equals(DELTA) || request.gate().equals(LOSS)
        ? review(draft, request)
        : sign(draft, request);
  }

  private static Optional<String> sign(Draft draft, Approve request) {
    Cutover cutover = draft.cutover();
    List<String> signers = cutover.requiredPlan().rollback().signedBy();
    boolean waits =
        cutover.state() instanceof Waiting(int stage, Instant _, Instant _)
            && Forward.kind(cutover, stage) == Stage.Kind.SIGNED;
    if (!waits) {
      return Optional.of(notWaiting(cutover, request));
    }
    if (!signers.contains(request.actor())) {
      return Optional.of(
          "Expected one of rollback.signedBy %s, but %s asked".formatted(signers, request.actor()));
    }
    if (cutover.reconciliation().signedBy().contains(request.actor())) {
      return Optional.of(
          "Expected a second, different person, but %s has signed already"
              .formatted(request.actor()));
    }
    draft.add(
        new PolicySigned(request.requestId(), request.actor(), request.gate(), request.comment()));
    Forward.passIfOpen(draft);
    return Optional.empty();
  }

  /** Whether as many people signed beforehand as the policy needs. */
  static boolean signed(Cutover cutover) {
    return cutover.reconciliation().signedBy().size()
        >= cutover.requiredPlan().rollback().signaturesNeeded();
  }

  private static Optional<String> review(Draft draft, Approve request) {
    Cutover cutover = draft.cutover();
    Optional<Review> review =
        cutover.state() instanceof RollingBack
            ? cutover.reconciliation().review()
            : Optional.empty();
    if (review.isEmpty()) {
      return Optional.of(notWaiting(cutover, request));
    }
    List<String> approvers = cutover.requiredPlan().governance().approvers();
    if (!approvers.contains(request.actor())) {
      return Optional.of(
          "Expected one of the plan's approvers %s, but %s asked"
              .formatted(approvers, request.actor()));
    }
    boolean apply = request.gate().equals(DELTA);
    if ((apply ? review.get().applyBy() : review.get().loseBy()).contains(request.actor())) {
      return Optional.of(
          "Expected a second, different person, but %s has approved already"
              .formatted(request.actor()));
    }
    if (apply) {
      draft.add(
          new DeltaApproved(
              request.requestId(), request.actor(), review.get().sha256(), request.comment()));
    } else {
      draft.add(new LossApproved(request.requestId(), request.actor(), request.comment()));
    }
    follow(draft);
    return Optional.empty();
  }

  private static void follow(Draft draft) {
    Review review = draft.cutover().reconciliation().review().orElseThrow();
    if (review.applyBy().size() >= PEOPLE) {
      Back.continueWith(
          draft,
          Routes.applyDelta(
              draft.cutover(),
              "%s approved the delta %s".formatted(review.applyBy(), review.sha256())));
    } else if (review.loseBy().size() >= PEOPLE) {
      String reason = "%s gave up %s".formatted(review.loseBy(), review.delta());
      draft.add(new LossAccepted(reason, draft.now()));
      Back.continueWith(draft, Routes.thaw(draft.cutover(), reason));
    }
  }

  /** The delta is exported: people are asked. */
  static void begin(Draft draft) {
    DeltaExported exported =
        draft
            .ledger()
            .reply(Action.EXPORT_DELTA, DeltaExported.class)
            .orElseThrow(
                () -> new IllegalStateException("Expected an exported delta to be looked at"));
    draft.add(
        new ReviewBegan(
            exported.sha256(),
            "%s in %s".formatted(Evidence.of(exported), exported.directory()),
            draft.now()));
  }

  private static String notWaiting(Cutover cutover, Approve request) {
    return "Expected to wait for approval of '%s', but the cutover is %s"
        .formatted(request.gate(), cutover.state().label());
  }
}
