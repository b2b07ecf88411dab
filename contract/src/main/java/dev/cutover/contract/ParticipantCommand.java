package dev.cutover.contract;

import java.util.Map;

/** Orders to systems of the team that take part in a cutover over a Kafka topic of their own. */
public sealed interface ParticipantCommand extends Command {
  /**
   * Do this, and answer with a {@link ParticipantReply}. May come more than once: the same {@link
   * CommandHeader#idempotencyKey()} means the same order, whatever the attempt.
   *
   * @param topic where the participant listens
   * @param action what to do, in the participant's own words, such as {@code stop-workers}
   * @param parameters more about it, from the plan
   * @param undo whether it takes the step back
   */
  record DoStep(
      CommandHeader header,
      String topic,
      String action,
      Map<String, String> parameters,
      boolean undo)
      implements ParticipantCommand {
    public DoStep {
      parameters = Map.copyOf(parameters);
    }

    @Override
    public DoStep withHeader(CommandHeader header) {
      return new DoStep(header, topic, action, parameters, undo);
    }
  }
}
