package dev.cutover.runtime;

import dev.cutover.contract.Command;
import dev.cutover.contract.Event;

/** A service, as its loop sees it. */
@FunctionalInterface
public interface CommandHandler<C extends Command> {
  /**
   * Carries a command out and answers it. Runs on a thread of its own, one command of a cutover at
   * a time, in order; may block. Must be harmless when run again, and must give up when
   * interrupted: the command is void then.
   *
   * @return the answer, with evidence; a refusal is a {@code StepFailed}. What it throws instead is
   *     answered as an internal failure
   */
  Event handle(C command, Work work) throws InterruptedException;
}
