package dev.cutover.orchestrator.domain;

import dev.cutover.contract.ReadinessLine;
import dev.cutover.contract.ReadinessLine.Weight;
import dev.cutover.contract.ReadinessStatus.Verdict;
import dev.cutover.contract.Request;
import dev.cutover.orchestrator.domain.ReadinessEvent.LineSigned;
import dev.cutover.orchestrator.domain.ReadinessEvent.LineUnsigned;
import java.util.List;

/** People answer for what nothing proves, and take that back. Pure. */
final class Signing {
  private Signing() {}

  static void sign(Draft draft, Request.Sign request) {
    Cutover cutover = draft.cutover();
    ReadinessLine line = request.line();
    List<String> approvers = cutover.requiredPlan().governance().approvers();
    if (switching(cutover)) {
      Requests.refuse(
          draft,
          request,
          "Expected a cutover before its switch, but it is " + cutover.state().label());
    } else if (line.weight() == Weight.CRITICAL && !approvers.contains(request.actor())) {
      Requests.refuse(
          draft,
          request,
          "Expected one of the plan's approvers %s to sign a critical line, but %s asked"
              .formatted(approvers, request.actor()));
    } else if (request.reason().isBlank()) {
      Requests.refuse(draft, request, "Expected a reason, but there is none");
    } else if (!request.until().isAfter(draft.now())) {
      Requests.refuse(
          draft,
          request,
          "Expected a signature that holds for some time, but it ends at " + request.until());
    } else if (Checklist.line(line, cutover, draft.now()).verdict() == Verdict.NOT_APPLICABLE) {
      Requests.refuse(
          draft,
          request,
          "Expected a line that concerns this plan, but %s: %s"
              .formatted(line.wireName(), Checklist.line(line, cutover, draft.now()).detail()));
    } else {
      draft.add(
          new LineSigned(
              request.requestId(),
              request.actor(),
              line,
              request.reason(),
              request.until(),
              draft.now()));
    }
  }

  static void unsign(Draft draft, Request.Unsign request) {
    if (draft.cutover().readiness().signatures().containsKey(request.line())) {
      draft.add(
          new LineUnsigned(request.requestId(), request.actor(), request.line(), request.reason()));
    } else {
      Requests.refuse(
          draft,
          request,
          "Expected a signature of %s, but nobody gave one".formatted(request.line().wireName()));
    }
  }

  private static boolean switching(Cutover cutover) {
    return cutover.ledger().sent(Action.FENCE_SOURCE)
        || cutover.ledger().sent(Action.SHIFT_TRAFFIC)
        || cutover.state() instanceof SagaState.Finished;
  }
}
