package dev.cutover.contract;

/** One of the two environments. */
public enum Side {
  SOURCE,
  TARGET;

  /** The other environment. */
  public Side other() {
    return this == SOURCE ? TARGET : SOURCE;
  }
}
