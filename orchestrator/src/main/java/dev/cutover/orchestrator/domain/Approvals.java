package dev.cutover.orchestrator.domain;

import dev.cutover.contract.PeopleStatus.Approval;
import dev.cutover.contract.Request.Approve;
import dev.cutover.contract.Request.Reject;
import dev.cutover.orchestrator.domain.PeopleEvent.ApprovalExpired;
import dev.cutover.orchestrator.domain.PeopleEvent.GateApproved;
import dev.cutover.orchestrator.domain.PeopleEvent.GateRejected;
import dev.cutover.orchestrator.domain.SagaEvent.CutoverHeld;
import dev.cutover.orchestrator.domain.SagaState.Waiting;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Who says yes and no at gates. Pure. As many different people as the plan wants have to say yes to
 * what they see now; at least one of them neither started the cutover nor changed its plan.
 */
final class Approvals {
  static final String GO = "go";

  private Approvals() {}

  /** Name of the gate at which it waits for people. */
  static Optional<String> gate(Cutover cutover) {
    return cutover.state() instanceof Waiting(int stage, Instant _, Instant _)
            && Forward.kind(cutover, stage) == Stage.Kind.GO
        ? Optional.of(GO)
        : Optional.empty();
  }

  static void approve(Draft draft, Approve request) {
    Optional<String> refusal = refusal(draft.cutover(), request, draft.now());
    if (refusal.isPresent()) {
      Requests.refuse(draft, request, refusal.get());
      return;
    }
    Cutover cutover = draft.cutover();
    draft.add(
        new GateApproved(
            request.requestId(),
            request.actor(),
            request.gate(),
            request.comment(),
            request.evidenceHash(),
            cutover.people().authorship().hash(),
            draft.now(),
            draft.now().plus(cutover.requiredPlan().governance().approvalValidFor())));
    Forward.passIfOpen(draft);
  }

  private static Optional<String> refusal(Cutover cutover, Approve request, Instant now) {
    if (!gate(cutover).equals(Optional.of(request.gate()))) {
      return Optional.of(notAsked(cutover, request.gate()));
    }
    if (!mayDecide(cutover, request.actor())) {
      return Optional.of(notAnApprover(cutover, request.actor()));
    }
    if (counting(cutover, request.gate(), now).contains(request.actor())) {
      return Optional.of(
          "Expected a second, different person, but %s has approved already"
              .formatted(request.actor()));
    }
    GoEvidence evidence = GoEvidence.of(cutover);
    if (!evidence.hash().equals(request.evidenceHash())) {
      return Optional.of(
          "Expected an approval of what is shown now (%s), but it names other evidence: look again"
              .formatted(String.join(", ", evidence.facts())));
    }
    return Checklist.shortfalls(cutover, now).isEmpty()
        ? Optional.empty()
        : Optional.of(Checklist.refusal(cutover, now));
  }

  /** One person suffices to say no. What others said before has to be said again. */
  static void reject(Draft draft, Reject request) {
    Cutover cutover = draft.cutover();
    if (!gate(cutover).equals(Optional.of(request.gate()))) {
      Requests.refuse(draft, request, notAsked(cutover, request.gate()));
    } else if (!mayDecide(cutover, request.actor())) {
      Requests.refuse(draft, request, notAnApprover(cutover, request.actor()));
    } else {
      draft.add(
          new GateRejected(request.requestId(), request.actor(), request.gate(), request.reason()));
      draft.add(new CutoverHeld("%s said no: %s".formatted(request.actor(), request.reason())));
    }
  }

  /** Whether enough people said yes to go, as far as is known without a clock. */
  static boolean complete(Cutover cutover) {
    return complete(cutover, Instant.MIN);
  }

  /** Whether enough people said yes to go, and still mean it at that time. */
  static boolean complete(Cutover cutover, Instant now) {
    Set<String> yes = counting(cutover, GO, now);
    return yes.size() >= cutover.requiredPlan().governance().approvalsNeeded()
        && !cutover.people().authorship().authors().containsAll(yes);
  }

  /** When the next yes becomes too old, while it is waited for others. */
  static Optional<Instant> nextExpiry(Cutover cutover) {
    return gate(cutover)
        .flatMap(
            _ ->
                cutover.people().approvals().stream()
                    .map(Approval::expiresAt)
                    .min(Instant::compareTo));
  }

  static void expire(Draft draft) {
    if (gate(draft.cutover()).isEmpty()) {
      return;
    }
    for (Approval approval : List.copyOf(draft.cutover().people().approvals())) {
      if (!draft.now().isBefore(approval.expiresAt())) {
        draft.add(new ApprovalExpired(approval.actor(), approval.gate(), draft.now()));
      }
    }
  }

  private static Set<String> counting(Cutover cutover, String gate, Instant now) {
    return cutover.people().approvals().stream()
        .filter(approval -> approval.gate().equals(gate) && now.isBefore(approval.expiresAt()))
        .map(Approval::actor)
        .collect(Collectors.toSet());
  }

  private static boolean mayDecide(Cutover cutover, String actor) {
    return cutover.requiredPlan().governance().approvers().contains(actor);
  }

  private static String notAsked(Cutover cutover, String gate) {
    return "Expected to wait for approval of '%s', but the cutover is %s"
        .formatted(gate, cutover.state().label());
  }

  private static String notAnApprover(Cutover cutover, String actor) {
    return "Expected one of the plan's approvers %s, but %s asked"
        .formatted(cutover.requiredPlan().governance().approvers(), actor);
  }
}
