package dev.cutover.contract;

/** What people said of what they were asked to do. */
public sealed interface PersonReply extends Reply {
  /**
   * It is done.
   *
   * @param actor who says so
   * @param evidence what they saw
   */
  record DoneByHand(StepRef step, String actor, String evidence) implements PersonReply {}
}
