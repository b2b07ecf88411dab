package dev.cutover.orchestrator.domain;

import dev.cutover.contract.CutoverId;
import dev.cutover.orchestrator.domain.Programme.Progress;
import dev.cutover.orchestrator.domain.SagaEvent.Answer;
import java.time.Instant;

/** Events of a programme; they are in a journal of its own name. */
public sealed interface ProgrammeEvent extends SagaEvent.Area {
  /** The programme was accepted and is frozen from here on. */
  record ProgrammeStarted(String requestId, String actor, ProgrammePlan plan)
      implements ProgrammeEvent, Answer {}

  /** The request to start that member was written, in the same transaction as this. */
  record MemberStarted(CutoverId member, Instant at) implements ProgrammeEvent {}

  /**
   * A member said where it stands.
   *
   * @param sequence of its own journal
   */
  record MemberNoted(
      CutoverId member, long sequence, Progress progress, String state, String reason)
      implements ProgrammeEvent {}

  /** No further member starts until a person resumes. */
  record ProgrammeHeld(String reason, Instant at) implements ProgrammeEvent {}

  /** Members start again. */
  record ProgrammeResumed(Instant at) implements ProgrammeEvent {}

  /** Members under way go back, and none starts any more. */
  record ProgrammeAborted(String reason, Instant at) implements ProgrammeEvent {}

  /** Nothing more will be started. */
  record ProgrammeFinished(Instant at) implements ProgrammeEvent {}
}
