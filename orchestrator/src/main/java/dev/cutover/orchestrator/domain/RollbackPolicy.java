package dev.cutover.orchestrator.domain;

/**
 * How it goes back.
 *
 * @param overrun what is done when the way back takes longer than the plan allows
 */
public record RollbackPolicy(Overrun overrun) {
  /** What a plan that says nothing means. */
  public static final RollbackPolicy DEFAULT = new RollbackPolicy(Overrun.REOPEN_TARGET);

  /** The choice made beforehand for a drain that misses its bound. */
  public enum Overrun {
    /** The target takes writes again, and traffic with it. */
    REOPEN_TARGET
  }
}
