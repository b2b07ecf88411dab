package dev.cutover.orchestrator.domain;

import java.util.Map;

/**
 * How much is done without asking.
 *
 * @param level for every step that has none of its own
 * @param steps by name of the step
 */
public record Autonomy(Level level, Map<String, Level> steps) {
  /** Everything is done without asking, but for gates. */
  public static final Autonomy ACT = new Autonomy(Level.ACT, Map.of());

  public Autonomy {
    steps = Map.copyOf(steps);
  }

  /** How much is done without asking. */
  public enum Level {
    /** Nothing is changed: people do it by hand, and it says what it would have done and when. */
    OBSERVE,
    /** What is to be done is shown, and waits for a person. */
    CONFIRM,
    /** It is done. */
    ACT
  }

  /** The level of that step. What only reads is always done. */
  Level of(Step step) {
    return step.action().changes() ? steps.getOrDefault(step.name(), level) : Level.ACT;
  }

  /** Whether nothing may be changed at all. */
  boolean observes() {
    return level == Level.OBSERVE;
  }
}
