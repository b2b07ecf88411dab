package dev.cutover.contract;

import java.util.Map;

/**
 * Orders to the orchestrator's own hands: what goes out of the house to systems of the team and to
 * people. Carried out beside the saga, never inside it.
 */
public sealed interface OutboundCommand extends Command {
  /**
   * A step of the team's own by HTTP. Sent again under the same {@link
   * CommandHeader#idempotencyKey()}.
   *
   * @param work name of the team's step in the plan; a step and its undo share it, and those of one
   *     name are carried out in order
   * @param undo whether it takes the step back: then it cuts the step short if that still runs
   */
  record CallHttp(CommandHeader header, String work, HttpCall call, boolean undo)
      implements OutboundCommand {
    @Override
    public CallHttp withHeader(CommandHeader header) {
      return new CallHttp(header, work, call, undo);
    }
  }

  /**
   * A step of the team's own by a participant that listens to a topic: the order goes there as
   * {@link ParticipantCommand.DoStep}. The participant's {@link ParticipantReply} ends the attempt;
   * {@link StepFailed} does when the order could not be handed on.
   *
   * @param work as in {@link CallHttp}
   * @param topic where the participant listens; must be allowed by configuration
   * @param action what it shall do, in its own words
   * @param parameters more about it; no secrets
   * @param undo as in {@link CallHttp}
   */
  record AskParticipant(
      CommandHeader header,
      String work,
      String topic,
      String action,
      Map<String, String> parameters,
      boolean undo)
      implements OutboundCommand {
    public AskParticipant {
      parameters = Map.copyOf(parameters);
    }

    @Override
    public AskParticipant withHeader(CommandHeader header) {
      return new AskParticipant(header, work, topic, action, parameters, undo);
    }
  }

  /**
   * Writes files for people who must bring production back without this product, and reads them
   * back. All of them or none; an earlier attempt's are replaced.
   *
   * @param files text by name; no secrets. Names are of {@code a-z}, {@code 0-9}, {@code -} and
   *     {@code .}
   */
  record WriteBundle(CommandHeader header, Map<String, String> files) implements OutboundCommand {
    public WriteBundle {
      files = Map.copyOf(files);
      for (String name : files.keySet()) {
        Arguments.require(
            name.matches("[a-z0-9][a-z0-9.-]{0,63}"),
            "Expected a file's name of a-z, 0-9, - and ., but got '%s'".formatted(name));
      }
    }

    @Override
    public WriteBundle withHeader(CommandHeader header) {
      return new WriteBundle(header, files);
    }
  }

  /** Tells people something over one channel, at least once. Blocks nothing else. */
  record DeliverNotice(CommandHeader header, Notice notice, NoticeChannel channel)
      implements OutboundCommand {
    @Override
    public DeliverNotice withHeader(CommandHeader header) {
      return new DeliverNotice(header, notice, channel);
    }
  }
}
