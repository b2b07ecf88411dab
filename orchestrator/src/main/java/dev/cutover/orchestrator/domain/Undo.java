package dev.cutover.orchestrator.domain;

import dev.cutover.contract.Command;

/** How a step is undone: computed before it is done, and kept in the journal as data. */
public sealed interface Undo {
  /** Nothing has to be undone. */
  record Nothing() implements Undo {}

  /**
   * @param command the order that undoes it; its header is a placeholder until it is sent
   */
  record Reversible(Command command) implements Undo {}
}
