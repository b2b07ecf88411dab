package dev.cutover.contract;

/** Which way changes flow: forward from source to target, reverse from target to source. */
public enum Direction {
  FORWARD,
  REVERSE;

  /** The side whose writes are captured. */
  public Side captured() {
    return this == FORWARD ? Side.SOURCE : Side.TARGET;
  }

  /** The side that changes are applied to. */
  public Side applied() {
    return captured().other();
  }
}
