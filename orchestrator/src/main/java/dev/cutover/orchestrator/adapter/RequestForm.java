package dev.cutover.orchestrator.adapter;

import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Request;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

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
      List.of(Field.reason()),
      because(Request.Hold::new)),
  RESUME(
      "resume",
      "Goes on from a hold, or tries again from prepared.",
      Set.of(Role.OPERATOR),
      List.of(Field.optional("reason", "", "Why; whoever reads the journal sees it.")),
      because(Request.Resume::new)),
  APPROVALS(
      "approve",
      "Says yes at a gate. Two different people are needed to go.",
      Set.of(Role.APPROVER),
      List.of(
          Field.optional("gate", "go", "Name of the gate."),
          Field.optional("comment", "", "What was looked at."),
          Field.shown(
              "evidenceHash",
              "Of the status that was looked at; refused when that has changed since.")),
      form ->
          new Request.Approve(
              form.cutover(),
              form.requestId(),
              form.actor(),
              form.text("gate"),
              form.text("comment"),
              form.text("evidenceHash"))),
  REJECT(
      "reject",
      "Says no at a gate: the cutover is held, and every yes has to be said again.",
      Set.of(Role.APPROVER),
      List.of(Field.optional("gate", "go", "Name of the gate."), Field.reason()),
      form ->
          new Request.Reject(
              form.cutover(),
              form.requestId(),
              form.actor(),
              form.text("gate"),
              form.text("reason"))),
  DECIDE(
      "decide",
      "Answers the question whether to roll back. Only those whom the plan names may.",
      Set.of(Role.OPERATOR, Role.VALIDATOR, Role.APPROVER, Role.ADMINISTRATOR),
      List.of(Field.optional("choice", "rollBack", "rollBack or stay."), Field.reason()),
      form ->
          new Request.Decide(
              form.cutover(),
              form.requestId(),
              form.actor(),
              RequestValues.choice(form.text("choice")),
              form.text("reason"))),
  DISARM(
      "disarm",
      "Switches the rollback by itself off for some minutes; shown in red until it is over.",
      Set.of(Role.OPERATOR, Role.ADMINISTRATOR),
      List.of(Field.optional("minutes", "15", "1 to 60."), Field.reason()),
      form ->
          new Request.Disarm(
              form.cutover(),
              form.requestId(),
              form.actor(),
              form.text("reason"),
              RequestValues.minutes(form.text("minutes")))),
  ARM(
      "arm",
      "Switches the rollback by itself on again.",
      Set.of(Role.OPERATOR, Role.APPROVER, Role.ADMINISTRATOR),
      List.of(Field.reason()),
      because(Request.Arm::new)),
  SKIP(
      "skip",
      "Leaves out the step at which it is held. A second, different person has to say the same.",
      Set.of(Role.OPERATOR, Role.VALIDATOR, Role.APPROVER),
      List.of(
          Field.required("step", "Its name as the status shows it, such as check-target."),
          Field.reason()),
      form ->
          new Request.Skip(
              form.cutover(),
              form.requestId(),
              form.actor(),
              form.text("step"),
              form.text("reason"))),
  TAKE_OVER(
      "take-over",
      "Makes whoever asks the operator.",
      Set.of(Role.OPERATOR, Role.ADMINISTRATOR),
      List.of(Field.reason()),
      because(Request.TakeOver::new)),
  AMEND(
      "amend",
      "Changes the plan before the fence. Approvals are void, and what was proven is proven anew.",
      Set.of(Role.OPERATOR),
      List.of(Field.document("plan", "The changed plan, whole."), Field.reason()),
      form ->
          new Request.Amend(
              form.cutover(),
              form.requestId(),
              form.actor(),
              form.text("plan"),
              form.text("reason"))),
  ABORT(
      "abort",
      "Before the fence: back to prepared. After it: rolls back.",
      Set.of(Role.OPERATOR, Role.APPROVER),
      List.of(Field.reason()),
      because(Request.Abort::new)),
  ROLLBACK(
      "rollback",
      "Brings traffic and data back to the source. One person suffices.",
      Set.of(Role.OPERATOR, Role.APPROVER),
      List.of(Field.reason()),
      because(Request.RollBack::new)),
  ABANDON(
      "abandon",
      "Removes all that was prepared: streams, slots, lowered TTL.",
      Set.of(Role.OPERATOR),
      List.of(Field.reason()),
      because(Request.Abandon::new)),
  TARGET_DEAD(
      "target-dead",
      "Declares the target dead and cut off: the source opens without it. Two different people"
          + " must say so; writes that never reached the source are lost, and listed.",
      Set.of(Role.APPROVER),
      List.of(Field.reason()),
      because(Request.DeclareTargetDead::new)),
  ADOPT(
      "adopt",
      "Reads both databases and the switch, and goes on from what is found there: after the"
          + " break-glass page was followed, or with a journal that began anew.",
      Set.of(Role.ADMINISTRATOR),
      List.of(Field.reason()),
      because(Request.Adopt::new)),
  BY_HAND(
      "by-hand",
      "Says what came of a step that a person was asked to do.",
      Set.of(Role.OPERATOR, Role.VALIDATOR, Role.APPROVER),
      List.of(
          Field.required("step", "Name of the step, as the status shows it."),
          Field.optional("outcome", "done", "done, or failed."),
          Field.required("evidence", "What was seen.")),
      form ->
          new Request.ReportByHand(
              form.cutover(),
              form.requestId(),
              form.actor(),
              form.text("step"),
              form.oneOf("outcome", "done", "failed").equals("done"),
              form.text("evidence"))),
  CONFIRMATIONS(
      "confirm",
      "Lets a step be done that is shown and waits.",
      Set.of(Role.OPERATOR, Role.APPROVER),
      List.of(
          Field.required("step", "Name of the step, as the status shows it."),
          Field.required("shown", "Hash of what the status shows for it.")),
      form ->
          new Request.Confirm(
              form.cutover(),
              form.requestId(),
              form.actor(),
              form.text("step"),
              form.text("shown"))),
  SIGN(
      "sign",
      "Signs a line of the readiness checklist that nothing proves.",
      Set.of(Role.OPERATOR, Role.VALIDATOR, Role.APPROVER),
      List.of(
          Field.required("line", "Name of the line, such as rollback-tested."),
          Field.reason(),
          Field.required("until", "When the signature ends, such as 2026-12-01T04:00:00Z.")),
      form ->
          new Request.Sign(
              form.cutover(),
              form.requestId(),
              form.actor(),
              RequestValues.line(form.text("line")),
              form.text("reason"),
              RequestValues.until(form.text("until")))),
  UNSIGN(
      "unsign",
      "Takes the signature of a line back, whoever gave it.",
      Set.of(Role.OPERATOR, Role.VALIDATOR, Role.APPROVER),
      List.of(Field.required("line", "Name of the line."), Field.reason()),
      form ->
          new Request.Unsign(
              form.cutover(),
              form.requestId(),
              form.actor(),
              RequestValues.line(form.text("line")),
              form.text("reason"))),
  ROLL_CALL(
      "present",
      "Answers the roll-call: one is there. Who is missing is shown in the status.",
      Set.of(Role.OPERATOR, Role.VALIDATOR, Role.APPROVER, Role.ADMINISTRATOR),
      List.of(),
      form -> new Request.AnswerRollCall(form.cutover(), form.requestId(), form.actor())),
  STABILITY(
      "report-stability",
      "Says how it went a day after the target was proven, and tells people: stable, or which"
          + " issues there were and how they were resolved. Refused when the evidence says"
          + " otherwise.",
      Set.of(Role.OPERATOR, Role.VALIDATOR),
      List.of(
          Field.optional(
              "issues", "", "What went wrong and how it was resolved; empty means stable.")),
      form ->
          new Request.ReportStability(
              form.cutover(),
              form.requestId(),
              form.actor(),
              form.text("issues").isBlank(),
              form.text("issues"))),
  CAUSE(
      "name-cause",
      "Says what a rollback came of, and when the next go is planned; what is said later counts.",
      Set.of(Role.OPERATOR, Role.VALIDATOR, Role.APPROVER),
      List.of(
          Field.required("cause", "What was found out."),
          Field.optional(
              "retryAt", "", "When the next go is planned, such as 2026-12-01T04:00:00Z.")),
      form ->
          new Request.NameCause(
              form.cutover(),
              form.requestId(),
              form.actor(),
              form.text("cause"),
              RequestValues.retryAt(form.text("retryAt")))),
  DRILLS(
      "drill",
      "Fences the real source for a moment, drains, and opens it again; nothing is switched. Writes"
          + " are refused meanwhile. Only while the cutover waits before its fence.",
      Set.of(Role.OPERATOR),
      List.of(Field.optional("max", "2s", "How long writes may be refused, 100ms to 30s.")),
      form ->
          new Request.Drill(
              form.cutover(),
              form.requestId(),
              form.actor(),
              RequestValues.drillMax(form.text("max"))));

  /** What a field holds. */
  public enum Kind {
    /** A few sentences at the most. */
    TEXT(2_000),
    /** A file's content; the command line takes the file's name. */
    DOCUMENT(400_000),
    /**
     * A value of the same name that the status shows, to prove what was on the screen; the command
     * line shows the status and sends it.
     */
    SHOWN(2_000);

    private final int charactersMax;

    Kind(int charactersMax) {
      this.charactersMax = charactersMax;
    }

    /** How long it may be. */
    int charactersMax() {
      return charactersMax;
    }
  }

  /**
   * One text of the body.
   *
   * @param fallback what an absent one means; empty when it must be there
   */
  public record Field(String name, Kind kind, Optional<String> fallback, String description) {
    static Field required(String name, String description) {
      return new Field(name, Kind.TEXT, Optional.empty(), description);
    }

    static Field optional(String name, String fallback, String description) {
      return new Field(name, Kind.TEXT, Optional.of(fallback), description);
    }

    static Field shown(String name, String description) {
      return new Field(name, Kind.SHOWN, Optional.empty(), description);
    }

    static Field document(String name, String description) {
      return new Field(name, Kind.DOCUMENT, Optional.empty(), description);
    }

    static Field reason() {
      return required("reason", "Why; whoever reads the journal sees it.");
    }
  }

  /** A form with its fields filled in, and who signs it. */
  private record Filled(CutoverId cutover, String requestId, String actor, RequestBody body) {
    String text(String field) {
      return body.text(field);
    }

    String oneOf(String field, String... words) {
      String text = text(field);
      if (!List.of(words).contains(text)) {
        throw new IllegalArgumentException(
            "Expected one of %s as '%s', but found '%s'".formatted(List.of(words), field, text));
      }
      return text;
    }
  }

  private final String command;
  private final String summary;
  private final Set<Role> roles;
  private final List<Field> fields;
  private final Function<Filled, Request> request;

  RequestForm(
      String command,
      String summary,
      Set<Role> roles,
      List<Field> fields,
      Function<Filled, Request> request) {
    this.command = command;
    this.summary = summary;
    this.roles = Set.copyOf(roles);
    this.fields = List.copyOf(fields);
    this.request = request;
  }

  /** A request of which nothing but its reason is asked. */
  private interface Reasoned {
    Request of(CutoverId cutover, String requestId, String actor, String reason);
  }

  private static Function<Filled, Request> because(Reasoned request) {
    return form -> request.of(form.cutover(), form.requestId(), form.actor(), form.text("reason"));
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
  public List<Field> fields() {
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
    return request.apply(new Filled(cutover, requestId, actor, RequestBody.of(text, fields)));
  }
}
