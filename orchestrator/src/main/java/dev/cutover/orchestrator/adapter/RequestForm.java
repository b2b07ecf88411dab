package dev.cutover.orchestrator.adapter;

import static dev.cutover.orchestrator.adapter.RequestField.document;
import static dev.cutover.orchestrator.adapter.RequestField.optional;
import static dev.cutover.orchestrator.adapter.RequestField.reason;
import static dev.cutover.orchestrator.adapter.RequestField.required;
import static dev.cutover.orchestrator.adapter.RequestField.shown;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Request;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What may be asked about a cutover that exists: by whom, and with which fields. The router, the
 * API document and the command line are made from it, so that a form is added here and nowhere
 * else.
 */
@SuppressWarnings("ImmutableEnumChecker") // copies that nobody can change
public enum RequestForm {
  // one person suffices to stop or to go back
  HOLD(
      "hold",
      "Stops before the next step. Refused while no side serves.",
      Set.of(Role.OPERATOR, Role.APPROVER),
      List.of(reason()),
      because(Request.Hold::new)),
  RESUME(
      "resume",
      "Goes on from a hold, or tries again from prepared.",
      Set.of(Role.OPERATOR),
      List.of(optional("reason", "", "Why; whoever reads the journal sees it.")),
      because(Request.Resume::new)),
  APPROVALS(
      "approve",
      "Says yes at a gate. Two different people are needed to go.",
      Set.of(Role.APPROVER),
      List.of(
          optional("gate", "go", "Name of the gate."),
          optional("comment", "", "What was looked at."),
          shown(
              "evidenceHash",
              "Of the status that was looked at; refused when that has changed since.")),
      (cutover, id, actor, body) ->
          new Request.Approve(
              cutover,
              id,
              actor,
              body.text("gate"),
              body.text("comment"),
              body.text("evidenceHash"))),
  REJECT(
      "reject",
      "Says no at a gate: the cutover is held, and every yes has to be said again.",
      Set.of(Role.APPROVER),
      List.of(optional("gate", "go", "Name of the gate."), reason()),
      (cutover, id, actor, body) ->
          new Request.Reject(cutover, id, actor, body.text("gate"), body.text("reason"))),
  DECIDE(
      "decide",
      "Answers the question whether to roll back. Only those whom the plan names may.",
      Set.of(Role.OPERATOR, Role.VALIDATOR, Role.APPROVER, Role.ADMINISTRATOR),
      List.of(optional("choice", "rollBack", "rollBack or stay."), reason()),
      (cutover, id, actor, body) ->
          new Request.Decide(
              cutover, id, actor, RequestValues.choice(body.text("choice")), body.text("reason"))),
  DISARM(
      "disarm",
      "Switches the rollback by itself off for some minutes; shown in red until it is over.",
      Set.of(Role.OPERATOR, Role.ADMINISTRATOR),
      List.of(optional("minutes", "15", "1 to 60."), reason()),
      (cutover, id, actor, body) ->
          new Request.Disarm(
              cutover,
              id,
              actor,
              body.text("reason"),
              RequestValues.minutes(body.text("minutes")))),
  ARM(
      "arm",
      "Switches the rollback by itself on again.",
      Set.of(Role.OPERATOR, Role.APPROVER, Role.ADMINISTRATOR),
      List.of(reason()),
      because(Request.Arm::new)),
  SKIP(
      "skip",
      "Leaves out the step at which it is held. A second, different person has to say the same.",
      Set.of(Role.OPERATOR, Role.VALIDATOR, Role.APPROVER),
      List.of(required("step", "Its name as the status shows it, such as check-target."), reason()),
      (cutover, id, actor, body) ->
          new Request.Skip(cutover, id, actor, body.text("step"), body.text("reason"))),
  TAKE_OVER(
      "take-over",
      "Makes whoever asks the operator.",
      Set.of(Role.OPERATOR, Role.ADMINISTRATOR),
      List.of(reason()),
      because(Request.TakeOver::new)),
  AMEND(
      "amend",
      "Changes the plan before the fence. Approvals are void, and what was proven is proven anew.",
      Set.of(Role.OPERATOR),
      List.of(document("plan", "The changed plan, whole."), reason()),
      (cutover, id, actor, body) ->
          new Request.Amend(cutover, id, actor, body.text("plan"), body.text("reason"))),
  ABORT(
      "abort",
      "Before the fence: back to prepared. After it: rolls back.",
      Set.of(Role.OPERATOR, Role.APPROVER),
      List.of(reason()),
      because(Request.Abort::new)),
  ROLLBACK(
      "rollback",
      "Brings traffic and data back to the source. One person suffices.",
      Set.of(Role.OPERATOR, Role.APPROVER),
      List.of(reason()),
      because(Request.RollBack::new)),
  ABANDON(
      "abandon",
      "Removes all that was prepared: streams, slots, lowered TTL.",
      Set.of(Role.OPERATOR),
      List.of(reason()),
      because(Request.Abandon::new)),
  TARGET_DEAD(
      "target-dead",
      "Declares the target dead and cut off: the source opens without it. Two different people"
          + " must say so; writes that never reached the source are lost, and listed.",
      Set.of(Role.APPROVER),
      List.of(reason()),
      because(Request.DeclareTargetDead::new)),
  ADOPT(
      "adopt",
      "Reads both databases and the switch, and goes on from what is found there: after the"
          + " break-glass page was followed, or with a journal that began anew.",
      Set.of(Role.ADMINISTRATOR),
      List.of(reason()),
      because(Request.Adopt::new)),
  BY_HAND(
      "by-hand",
      "Says what came of a step that a person was asked to do.",
      Set.of(Role.OPERATOR, Role.VALIDATOR, Role.APPROVER),
      List.of(
          required("step", "Name of the step, as the status shows it."),
          optional("outcome", "done", "done, or failed."),
          required("evidence", "What was seen.")),
      (cutover, id, actor, body) ->
          new Request.ReportByHand(
              cutover,
              id,
              actor,
              body.text("step"),
              body.oneOf("outcome", "done", "failed").equals("done"),
              body.text("evidence"))),
  CONFIRMATIONS(
      "confirm",
      "Lets a step be done that is shown and waits.",
      Set.of(Role.OPERATOR, Role.APPROVER),
      List.of(
          required("step", "Name of the step, as the status shows it."),
          required("shown", "Hash of what the status shows for it.")),
      (cutover, id, actor, body) ->
          new Request.Confirm(cutover, id, actor, body.text("step"), body.text("shown"))),
  SIGN(
      "sign",
      "Signs a line of the readiness checklist that nothing proves.",
      Set.of(Role.OPERATOR, Role.VALIDATOR, Role.APPROVER),
      List.of(
          required("line", "Name of the line, such as rollback-tested."),
          reason(),
          required("until", "When the signature ends, such as 2026-12-01T04:00:00Z.")),
      (cutover, id, actor, body) ->
          new Request.Sign(
              cutover,
              id,
              actor,
              RequestValues.line(body.text("line")),
              body.text("reason"),
              RequestValues.until(body.text("until")))),
  UNSIGN(
      "unsign",
      "Takes the signature of a line back, whoever gave it.",
      Set.of(Role.OPERATOR, Role.VALIDATOR, Role.APPROVER),
      List.of(required("line", "Name of the line."), reason()),
      (cutover, id, actor, body) ->
          new Request.Unsign(
              cutover, id, actor, RequestValues.line(body.text("line")), body.text("reason"))),
  ROLL_CALL(
      "present",
      "Answers the roll-call: one is there. Who is missing is shown in the status.",
      Set.of(Role.OPERATOR, Role.VALIDATOR, Role.APPROVER, Role.ADMINISTRATOR),
      List.of(),
      (cutover, id, actor, _) -> new Request.AnswerRollCall(cutover, id, actor)),
  STABILITY(
      "report-stability",
      "Says how it went a day after the target was proven, and tells people: stable, or which"
          + " issues there were and how they were resolved. Refused when the evidence says"
          + " otherwise.",
      Set.of(Role.OPERATOR, Role.VALIDATOR),
      List.of(
          optional("issues", "", "What went wrong and how it was resolved; empty means stable.")),
      (cutover, id, actor, body) ->
          new Request.ReportStability(
              cutover, id, actor, body.text("issues").isBlank(), body.text("issues"))),
  CAUSE(
      "name-cause",
      "Says what a rollback came of, and when the next go is planned; what is said later counts.",
      Set.of(Role.OPERATOR, Role.VALIDATOR, Role.APPROVER),
      List.of(
          required("cause", "What was found out."),
          optional("retryAt", "", "When the next go is planned, such as 2026-12-01T04:00:00Z.")),
      (cutover, id, actor, body) ->
          new Request.NameCause(
              cutover, id, actor, body.text("cause"), RequestValues.retryAt(body.text("retryAt")))),
  DRILLS(
      "drill",
      "Fences the real source for a moment, drains, and opens it again; nothing is switched. Writes"
          + " are refused meanwhile. Only while the cutover waits before its fence.",
      Set.of(Role.OPERATOR),
      List.of(optional("max", "2s", "How long writes may be refused, 100ms to 30s.")),
      (cutover, id, actor, body) ->
          new Request.Drill(cutover, id, actor, RequestValues.drillMax(body.text("max"))));

  /** Makes the request of what was filled in; {@link IllegalArgumentException} says what is not. */
  @FunctionalInterface
  private interface Filling {
    Request of(CutoverId cutover, String requestId, String actor, RequestBody body);
  }

  private final String command;
  private final String summary;
  private final Set<Role> roles;
  private final List<RequestField> fields;
  private final Filling request;

  RequestForm(
      String command, String summary, Set<Role> roles, List<RequestField> fields, Filling request) {
    this.command = command;
    this.summary = summary;
    this.roles = Set.copyOf(roles);
    this.fields = List.copyOf(fields);
    this.request = request;
  }

  /** A request of which nothing but its reason is asked. */
  @FunctionalInterface
  private interface Reasoned {
    Request of(CutoverId cutover, String requestId, String actor, String reason);
  }

  private static Filling because(Reasoned request) {
    return (cutover, id, actor, body) -> request.of(cutover, id, actor, body.text("reason"));
  }

  /** Its name on the command line, such as {@code target-dead}. */
  public String command() {
    return command;
  }

  /** What it does, in a sentence or two. */
  public String summary() {
    return summary;
  }

  /** Who may ask; one of these suffices. */
  public Set<Role> roles() {
    return roles;
  }

  /** What the body may hold. */
  public List<RequestField> fields() {
    return fields;
  }

  /** Last part of its path, such as {@code target-dead}. */
  public String path() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Fills it in. Throws {@link IllegalArgumentException} with a sentence when the body is not so.
   */
  Request fill(CutoverId cutover, String requestId, String actor, String text) {
    return request.of(cutover, requestId, actor, RequestBody.of(text, fields));
  }
}
