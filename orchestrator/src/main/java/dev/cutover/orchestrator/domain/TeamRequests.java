package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Failure;
import dev.cutover.contract.FailureKind;
import dev.cutover.contract.PersonCommand.DoByHand;
import dev.cutover.contract.PersonReply.DoneByHand;
import dev.cutover.contract.Request.Confirm;
import dev.cutover.contract.Request.ReportByHand;
import java.util.Optional;

/** What people say of steps that they do or confirm. Pure. */
final class TeamRequests {
  private TeamRequests() {}

  /** A step that was shown may be done, if it is still what was shown. */
  static void confirm(Draft draft, Confirm request) {
    Optional<StepRecord> shown =
        draft.ledger().step(request.step()).filter(record -> !record.wasSent());
    if (shown.isEmpty() || !(draft.cutover().state() instanceof SagaState.Running)) {
      Requests.refuse(
          draft,
          request,
          "Expected a step that waits to be confirmed, but %s does not".formatted(request.step()));
      return;
    }
    String explanation = shown.get().detail();
    if (!request.shown().equals(Explanation.hash(explanation))) {
      Requests.refuse(
          draft,
          request,
          "Expected the hash of what is shown for %s, but got '%s': look again"
              .formatted(request.step(), request.shown()));
      return;
    }
    draft.add(
        new TeamEvent.StepConfirmed(
            request.requestId(), request.actor(), request.step(), explanation));
    draft.send(shown.get().step());
  }

  /** What was asked of a person is done, or can't be. */
  static void report(Draft draft, ReportByHand request) {
    Optional<StepRecord> asked =
        draft.ledger().step(request.step()).filter(StepRecord::outstanding);
    if (asked.isEmpty() || !(asked.get().command() instanceof DoByHand order)) {
      Requests.refuse(
          draft,
          request,
          "Expected a step that a person was asked to do, but %s is none"
              .formatted(request.step()));
      return;
    }
    if (!order.by().isEmpty() && !order.by().contains(request.actor())) {
      Requests.refuse(
          draft,
          request,
          "Expected one of %s to say that %s is done, but %s asked"
              .formatted(order.by(), request.step(), request.actor()));
      return;
    }
    draft.add(
        new TeamEvent.ReportedByHand(
            request.requestId(),
            request.actor(),
            request.step(),
            request.done(),
            request.evidence()));
    if (request.done()) {
      Replies.on(draft, new DoneByHand(order.header().step(), request.actor(), request.evidence()));
    } else {
      String reason = request.actor() + ": " + request.evidence();
      Replies.onFailure(draft, asked.get(), new Failure(FailureKind.REFUSED, reason, false));
    }
  }
}
