package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Request;
import dev.cutover.contract.Request.*;
import dev.cutover.contract.Side;
import dev.cutover.orchestrator.domain.PeopleEvent.OperatorChanged;
import dev.cutover.orchestrator.domain.SagaEvent.*;
import dev.cutover.orchestrator.domain.SagaState.*;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * What people ask. Pure. Each request is answered once, by an event; a refusal says what was
 * expected. One person suffices to stop or go back; two different people are needed to go.
 */
final class Requests {
  /** How many different people have to say that a target is dead. */
  private static final int DECLARING_DEAD = 2;

  private Requests() {}

  static void start(Draft draft, StartCutover request, Plan plan) {
    if (seen(draft, request)) {
      return;
    }
    if (draft.cutover().plan().isPresent() || draft.cutover().programme().isPresent()) {
      refuse(
          draft,
          request,
          "Expected a new cutover, but %s is %s already"
              .formatted(request.cutover(), draft.cutover().state().label()));
      return;
    }
    Runbook runbook = Runbook.of(plan);
    draft.add(
        new CutoverPlanned(request.requestId(), request.actor(), plan, runbook, request.plan()));
    Forward.enter(draft, 0);
  }

  static void refuseStart(Draft draft, StartCutover request, List<String> faults) {
    if (!seen(draft, request)) {
      refuse(draft, request, String.join("\n", faults));
    }
  }

  static void on(Draft draft, Request request) {
    if (draft.cutover().programme().isPresent()) {
      if (!seen(draft, request)) {
        Programmes.on(draft, request);
      }
      return;
    }
    if (answeredOrUnknown(draft, request)) {
      return;
    }
    switch (request) {
      case StartCutover r ->
          refuse(draft, r, "Expected a new cutover, but %s exists already".formatted(r.cutover()));
      case StartProgramme r ->
          refuse(draft, r, "Expected a new name, but %s exists already".formatted(r.cutover()));
      case Approve r when Reviews.decides(draft.cutover(), r.gate()) ->
          Reviews.approve(draft, r).ifPresent(reason -> refuse(draft, r, reason));
      case Approve r -> Approvals.approve(draft, r);
      case Reject r -> Approvals.reject(draft, r);
      case Amend r -> Amendments.refuse(draft, r, List.of("Expected its plan to be read first"));
      case Skip r -> Skips.on(draft, r);
      case TakeOver r -> takeOver(draft, r);
      case Decide r -> RollbackQuestion.decide(draft, r);
      case Disarm r -> Disarming.disarm(draft, r);
      case Arm r -> Disarming.arm(draft, r);
      case Hold r -> hold(draft, r);
      case Resume r -> resume(draft, r);
      case Abort r -> goBack(draft, r, r.reason());
      case RollBack r -> goBack(draft, r, r.reason());
      case Abandon r -> abandon(draft, r);
      case DeclareTargetDead r -> declareTargetDead(draft, r);
      case Adopt r -> Adoptions.ask(draft, r);
      case ReportByHand r -> TeamRequests.report(draft, r);
      case Confirm r -> TeamRequests.confirm(draft, r);
      case Sign r -> Signing.sign(draft, r);
      case Unsign r -> Signing.unsign(draft, r);
      case AnswerRollCall r -> Attendance.answer(draft, r);
      case Drill r -> Drills.order(draft, r);
      case RecordRehearsal r -> Rehearsals.credit(draft, r);
      case ReportStability r -> Attendance.report(draft, r);
      case NameCause r -> Inquiry.name(draft, r);
    }
  }

  /** Whether it needs no decision: it was answered before, or it is about nothing. */
  static boolean answeredOrUnknown(Draft draft, Request request) {
    if (seen(draft, request)) {
      return true;
    }
    if (draft.cutover().plan().isEmpty()) {
      refuse(
          draft,
          request,
          "Expected a cutover named %s, but there is none".formatted(request.cutover()));
      return true;
    }
    return false;
  }

  private static void takeOver(Draft draft, TakeOver request) {
    if (draft.cutover().people().operator().equals(Optional.of(request.actor()))) {
      refuse(
          draft,
          request,
          "Expected another operator, but %s is it already".formatted(request.actor()));
    } else {
      draft.add(new OperatorChanged(request.requestId(), request.actor(), request.reason()));
    }
  }

  private static void hold(Draft draft, Hold request) {
    switch (draft.cutover().state()) {
      case Running _, Waiting _, Observing _ -> {
        if (draft.serving().isPresent()) {
          heed(draft, request, request.reason());
          draft.add(new CutoverHeld(request.actor() + ": " + request.reason()));
        } else {
          refuse(
              draft, request, "Expected one side to take writes, but neither does: abort instead");
        }
      }
      case Planned _, RollingBack _, Prepared _, Held _, Finished _ ->
          refuse(draft, request, "Expected something to hold, but the cutover is " + label(draft));
    }
  }

  private static void resume(Draft draft, Resume request) {
    switch (draft.cutover().state()) {
      case Held(String _, SagaState resumes) -> {
        if (resumes instanceof RollingBack) {
          refuse(
              draft,
              request,
              draft.cutover().world().byHand().equals(ByHand.NOTHING)
                  ? "Expected a hold that can go on, but its way back was given up: roll back or"
                      + " abandon"
                  : "Expected a hold that can go on, but a person has taken over on the way back:"
                      + " lift the mark, and adopt");
          return;
        }
        Optional<String> unknown = Adoptions.unresumable(draft.cutover());
        if (unknown.isPresent()) {
          refuse(draft, request, unknown.get());
          return;
        }
        draft.add(new CutoverResumed(request.requestId(), request.actor(), request.reason()));
        Forward.resume(draft);
      }
      case Prepared _ when draft.cutover().reconciliation().loss().isPresent() ->
          refuse(
              draft,
              request,
              "Expected databases that are alike, but the target has writes that the source lost:"
                  + " abandon, and begin anew with another copy");
      case Prepared _ -> {
        draft.add(new RetryBegan(request.requestId(), request.actor()));
        Forward.beginAgain(draft);
      }
      case Planned _, Running _, Waiting _, Observing _, RollingBack _, Finished _ ->
          refuse(
              draft,
              request,
              "Expected a cutover that is held or prepared, but it is " + label(draft));
    }
  }

  private static void goBack(Draft draft, Request request, String reason) {
    if (draft.cutover().pastPointOfNoReturn()) {
      refuse(
          draft,
          request,
          draft.cutover().fixesForward()
              ? "Expected a way back, but the plan has none once the target was told to open: fix"
                  + " forward"
              : "Expected a way back, but the reverse stream was removed: fix forward");
      return;
    }
    switch (draft.cutover().state()) {
      case Running _, Waiting _, Observing _, Held _ -> {
        heed(draft, request, reason);
        Back.begin(draft, Cause.REQUEST, request.actor() + ": " + reason);
      }
      case Planned _, RollingBack _, Prepared _, Finished _ ->
          refuse(
              draft,
              request,
              "Expected something to take back, but the cutover is " + label(draft));
    }
  }

  private static void abandon(Draft draft, Abandon request) {
    boolean sourceServes = draft.serving().filter(Side.SOURCE::equals).isPresent();
    boolean ended =
        draft.cutover().state() instanceof Finished
            || draft.cutover().state() instanceof RollingBack;
    if (!sourceServes || switching(draft.cutover()) || ended) {
      refuse(
          draft,
          request,
          "Expected the source to serve and nothing under way, but the cutover is %s: roll back first"
              .formatted(label(draft)));
      return;
    }
    Optional<Instant> staleUntil =
        draft.cutover().world().staleUntil().filter(draft.now()::isBefore);
    if (staleUntil.isPresent() && draft.cutover().requiredPlan().data().isPresent()) {
      refuse(
          draft,
          request,
          "Expected to be asked after %s, but until then resolvers may send people to the target, and what is removed is what refuses their writes there: ask again then"
              .formatted(staleUntil.get().truncatedTo(ChronoUnit.SECONDS).plusSeconds(1)));
      return;
    }
    heed(draft, request, request.reason());
    Back.follow(draft, Routes.abandon(draft.cutover(), request.actor() + ": " + request.reason()));
  }

  private static void declareTargetDead(Draft draft, DeclareTargetDead request) {
    Cutover cutover = draft.cutover();
    boolean stuck =
        cutover.state() instanceof RollingBack(Route _, int _, boolean outage) && outage;
    if (!stuck || draft.ledger().done(Action.OPEN_SOURCE)) {
      refuse(
          draft, request, "Expected a way back that is stuck and paged, but it is " + label(draft));
    } else if (!cutover.requiredPlan().governance().approvers().contains(request.actor())
        || cutover.people().deathDeclarations().contains(request.actor())) {
      refuse(
          draft,
          request,
          "Expected two different approvers of the plan, but got " + request.actor());
    } else {
      draft.add(new TargetDeclaredDead(request.requestId(), request.actor(), request.reason()));
      if (draft.cutover().people().deathDeclarations().size() >= DECLARING_DEAD) {
        if (draft.ledger().sent(Action.OPEN_TARGET)) {
          draft.add(
              new ReconciliationEvent.LossAccepted(
                  "%s declared the target dead: %s"
                      .formatted(draft.cutover().people().deathDeclarations(), request.reason()),
                  draft.now()));
        }
        Back.follow(draft, Routes.withoutTarget(draft.cutover(), request.reason()));
      }
    }
  }

  /** Whether the switch itself has begun in this round. */
  static boolean switching(Cutover cutover) {
    return cutover.ledger().sent(Action.FENCE_SOURCE)
        || cutover.ledger().sent(Action.SHIFT_TRAFFIC);
  }

  private static boolean seen(Draft draft, Request request) {
    return draft.cutover().people().requests().contains(request.requestId());
  }

  private static String label(Draft draft) {
    return draft.cutover().state().label();
  }

  private static void heed(Draft draft, Request request, String reason) {
    draft.add(
        new RequestHeeded(
            request.requestId(), request.actor(), request.getClass().getSimpleName(), reason));
  }

  static void refuse(Draft draft, Request request, String reason) {
    draft.add(
        new RequestRefused(
            request.requestId(), request.actor(), request.getClass().getSimpleName(), reason));
  }
}
