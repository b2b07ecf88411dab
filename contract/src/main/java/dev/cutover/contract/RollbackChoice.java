package dev.cutover.contract;

/** What can be decided when the rollback criteria are met. */
public enum RollbackChoice {
  /** Traffic and data go back to the source. */
  ROLL_BACK,
  /** The target goes on serving, and is judged anew. */
  STAY
}
