package dev.cutover.contract;

/** What people are told of a cutover. A closed vocabulary: channels map each to their own words. */
public enum NoticeKind {
  /** A week before the window opens. */
  WEEK_BEFORE,
  /** A day before. */
  DAY_BEFORE,
  /** An hour before: the war room opens. */
  HOUR_BEFORE,
  /** The switch begins. */
  STARTED,
  /** The target serves and was accepted. */
  COMPLETED,
  /** A day after, on a person's word: stable, or issues and how they were resolved. */
  DAY_AFTER,
  /** The window opened, and the switch has not begun. */
  DELAYED,
  /** A person must decide. */
  HELD,
  /**
   * Somebody else changed records after the switch: they are put back, or it is known who it was.
   */
  RECORDS_CHANGED,
  /** It goes on after a hold, or is no outage any more. */
  RESUMED,
  /** Traffic and data go back to the source. */
  ROLLING_BACK,
  /** The source serves again. */
  ROLLED_BACK,
  /** What was said about the time of the switch or its success no longer holds. */
  CORRECTION,
  /** From here on nothing can be taken back. */
  POINT_OF_NO_RETURN,
  /** The cutover was given up, and what it had prepared is removed. */
  ABANDONED
}
