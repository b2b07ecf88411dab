package dev.cutover.orchestrator.adapter;

/** Who asks, as far as it could be found out. */
public sealed interface Identity {
  /** A believed token. */
  record Known(Person person) implements Identity {}

  /**
   * A token that is not believed.
   *
   * @param sentence what was expected of it; tells nothing that the sender does not know
   */
  record Unknown(String sentence) implements Identity {}

  /**
   * Nothing can be said at the moment: the keys to check it with are out of reach.
   *
   * @param sentence what could not be reached
   */
  record Undecided(String sentence) implements Identity {}
}
