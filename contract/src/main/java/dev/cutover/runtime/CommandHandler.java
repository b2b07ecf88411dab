package dev.cutover.runtime;

import dev.cutover.contract.Command;
import dev.cutover.contract.CutoverId;
import dev.cutover.contract.Event;
import java.util.function.Predicate;

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

  /**
   * Whether this command is for this instance at all. Another kind of instance with a consumer
   * group of its own answers those that are not; here they pass without a trace.
   */
  default boolean takes(C command) {
    return true;
  }

  /**
   * Is told which cutovers are this instance's from now on, after each assignment. Whatever goes on
   * here for others between commands must end: another instance has it. Must return at once.
   */
  default void owns(Predicate<CutoverId> ours) {}
}
