package dev.cutover.contract;

/** Whose records a switch serves; TTLs are not compared. */
public enum ServedSide {
  SOURCE,
  TARGET,
  /** Not exactly one side's: somebody else has written, or servers differ. */
  NEITHER,
  /** It could not be seen. */
  UNKNOWN
}
