package dev.cutover.contract;

import java.time.Instant;
import java.util.Optional;

/**
 * What a person or an authorised system asks of the orchestrator. Only the API writes requests, and
 * each travels through the log like everything else.
 */
public sealed interface Request extends Message {
  /** Unique; the same request sent again has the same id and changes nothing. */
  String requestId();

  /** Who asks: the name that belongs to the token. */
  String actor();

  /**
   * Plans a cutover and begins its preparation.
   *
   * @param plan the plan file, YAML, whole
   */
  record StartCutover(CutoverId cutover, String requestId, String actor, String plan)
      implements Request {}

  /**
   * Says yes at a gate. Two different people are needed to go.
   *
   * @param gate name of the gate, such as {@code go}
   * @param evidenceHash of what was looked at, from {@link CutoverStatus}: refused when that has
   *     changed since
   */
  record Approve(
      CutoverId cutover,
      String requestId,
      String actor,
      String gate,
      String comment,
      String evidenceHash)
      implements Request {}

  /** Says no at a gate: the cutover is held, and whoever said yes has to say it again. */
  record Reject(CutoverId cutover, String requestId, String actor, String gate, String reason)
      implements Request {}

  /**
   * Changes the frozen plan before the fence. Approvals are void from then on.
   *
   * @param plan the changed plan file, YAML, whole
   */
  record Amend(CutoverId cutover, String requestId, String actor, String plan, String reason)
      implements Request {}

  /**
   * Leaves out a step that can't be done. The first one proposes it; a second, different person who
   * says the same makes it so.
   *
   * @param step its name, such as {@code check-target}
   */
  record Skip(CutoverId cutover, String requestId, String actor, String step, String reason)
      implements Request {}

  /** Who asks is the operator from now on. */
  record TakeOver(CutoverId cutover, String requestId, String actor, String reason)
      implements Request {}

  /** Answers the open question whether to roll back. */
  record Decide(
      CutoverId cutover, String requestId, String actor, RollbackChoice choice, String reason)
      implements Request {}

  /**
   * No rollback by itself for a while.
   *
   * @param minutes 1 to 60
   */
  record Disarm(CutoverId cutover, String requestId, String actor, String reason, int minutes)
      implements Request {}

  /** Rollback by itself from now on, before the time of {@link Disarm} is over. */
  record Arm(CutoverId cutover, String requestId, String actor, String reason) implements Request {}

  /** Stops before the next step. Refused while no side serves. */
  record Hold(CutoverId cutover, String requestId, String actor, String reason)
      implements Request {}

  /** Goes on from a hold. */
  record Resume(CutoverId cutover, String requestId, String actor, String reason)
      implements Request {}

  /** Before the fence: back to prepared. After it: as {@link RollBack}. */
  record Abort(CutoverId cutover, String requestId, String actor, String reason)
      implements Request {}

  /** Brings traffic and data back to the source. One person suffices. */
  record RollBack(CutoverId cutover, String requestId, String actor, String reason)
      implements Request {}

  /** Removes all that was prepared: streams, slots, lowered TTL. */
  record Abandon(CutoverId cutover, String requestId, String actor, String reason)
      implements Request {}

  /**
   * The target can't be reached, and its network is confirmed to be cut: open the source without
   * it. Two different people must say so; writes that never reached the source are lost, and
   * listed.
   */
  record DeclareTargetDead(CutoverId cutover, String requestId, String actor, String reason)
      implements Request {}

  /**
   * Reads both databases and the switch, and goes on from what is found there: after people have
   * changed the world by hand, or with a journal that began anew.
   */
  record Adopt(CutoverId cutover, String requestId, String actor, String reason)
      implements Request {}

  /**
   * Says that what was asked of a person is done, or can't be.
   *
   * @param step name of the step, such as {@code team-pause-loader}
   * @param done false when it failed: {@code evidence} then says why
   * @param evidence what was seen
   */
  record ReportByHand(
      CutoverId cutover, String requestId, String actor, String step, boolean done, String evidence)
      implements Request {}

  /**
   * Lets a step be done that was shown and waits.
   *
   * @param step name of the step
   * @param shown hash of what was shown: another one means that it has changed since
   */
  record Confirm(CutoverId cutover, String requestId, String actor, String step, String shown)
      implements Request {}

  /**
   * Signs a line of the readiness checklist that nothing proves: a named person answers for it.
   *
   * @param reason why it is so all the same, or why it may be left out
   * @param until when the signature ends
   */
  record Sign(
      CutoverId cutover,
      String requestId,
      String actor,
      ReadinessLine line,
      String reason,
      Instant until)
      implements Request {}

  /** Takes the signature of a line back, whoever gave it. */
  record Unsign(
      CutoverId cutover, String requestId, String actor, ReadinessLine line, String reason)
      implements Request {}

  /** Says that one is there, when the war room opens. */
  record AnswerRollCall(CutoverId cutover, String requestId, String actor) implements Request {}

  /**
   * Says how it went, a day after the target was proven; told to people.
   *
   * @param stable whether all systems are stable; refused when the evidence says otherwise
   * @param summary if not: what went wrong and how it was resolved
   */
  record ReportStability(
      CutoverId cutover, String requestId, String actor, boolean stable, String summary)
      implements Request {}

  /**
   * Starts a programme of cutovers.
   *
   * @param cutover name of the programme
   * @param programme the programme file, YAML, whole, with its members' plans in it
   */
  record StartProgramme(CutoverId cutover, String requestId, String actor, String programme)
      implements Request {}

  /**
   * Fences the real source for a moment, drains, and opens it again; nothing is switched.
   *
   * @param maxMs how long the source may refuse writes, 100 to 30000
   */
  record Drill(CutoverId cutover, String requestId, String actor, long maxMs) implements Request {}

  /**
   * Credits a rehearsal to the cutover that it rehearsed. Whoever writes this has read the
   * rehearsal's journal.
   */
  record RecordRehearsal(CutoverId cutover, String requestId, String actor, RehearsalResult result)
      implements Request {}

  /**
   * Says what a rollback came of, and when the next go is planned.
   *
   * @param cause what was found out
   * @param retryAt empty when that is not known yet
   */
  record NameCause(
      CutoverId cutover, String requestId, String actor, String cause, Optional<Instant> retryAt)
      implements Request {}
}
