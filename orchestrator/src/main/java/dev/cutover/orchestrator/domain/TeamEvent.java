package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Command;
import java.time.Instant;
import java.util.List;

/** What concerns steps that people confirm or do, and what is only advised. */
public sealed interface TeamEvent extends SagaEvent.Area {
  /**
   * A step is due, shown, and waits for a person to confirm it. Nothing was sent.
   *
   * @param command what would be sent
   * @param explanation what people see
   * @param dueAt when it counts as failed without a word
   */
  record StepShown(Step step, Command command, String explanation, Instant at, Instant dueAt)
      implements TeamEvent {}

  /** A person confirmed it; that it was sent follows. */
  record StepConfirmed(String requestId, String actor, String step, String explanation)
      implements TeamEvent, SagaEvent.Answer {}

  /** Nobody confirmed it in time; nothing was sent. */
  record ConfirmationMissed(String step, Instant at) implements TeamEvent {}

  /** A person said what came of what they were asked to do; what follows from it follows. */
  record ReportedByHand(String requestId, String actor, String step, boolean done, String evidence)
      implements TeamEvent, SagaEvent.Answer {}

  /**
   * It would have gone back now, but it only observes.
   *
   * @param steps names of what it would have done, in order
   */
  record WayBackAdvised(Cause cause, String reason, List<String> steps, Instant at)
      implements TeamEvent {
    public WayBackAdvised {
      steps = List.copyOf(steps);
    }
  }

  /** Applies one. */
  static Cutover evolve(Cutover cutover, TeamEvent event) {
    return switch (event) {
      case StepShown shown -> cutover.with(cutover.ledger().with(StepRecord.shown(shown)));
      case ConfirmationMissed missed -> cutover.with(cutover.ledger().without(missed.step()));
      case StepConfirmed _, ReportedByHand _, WayBackAdvised _ -> cutover;
    };
  }
}
