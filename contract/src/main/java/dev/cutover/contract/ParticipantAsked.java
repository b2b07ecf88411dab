package dev.cutover.contract;

/**
 * An order was handed on to a participant's topic; its answer is awaited.
 *
 * @param step the attempt
 * @param topic where the participant listens
 */
public record ParticipantAsked(StepRef step, String topic) implements Report {
  @Override
  public CutoverId cutover() {
    return step.cutover();
  }
}
