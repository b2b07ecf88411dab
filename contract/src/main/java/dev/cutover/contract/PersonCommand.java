package dev.cutover.contract;

import java.util.List;

/**
 * What a person is asked to do by hand. Never on a topic: it is shown, and answered by a request.
 */
public sealed interface PersonCommand extends Command {
  /**
   * Do this, and say so with {@link Request.ReportByHand}.
   *
   * @param by who may say that it is done; empty means anybody who may operate
   * @param instruction what to do, in words that suffice at night; no secrets
   * @param undo whether it takes a step back
   */
  record DoByHand(CommandHeader header, List<String> by, String instruction, boolean undo)
      implements PersonCommand {
    public DoByHand {
      by = List.copyOf(by);
    }

    @Override
    public DoByHand withHeader(CommandHeader header) {
      return new DoByHand(header, by, instruction, undo);
    }
  }
}
