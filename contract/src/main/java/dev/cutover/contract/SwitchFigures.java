package dev.cutover.contract;

import java.util.Optional;

/**
 * How long a switch and its way back took. What did not happen, or is no part of the plan, is
 * empty.
 *
 * @param fenceMs until nothing could be committed on the source any more
 * @param drainMs from then until all of it was on the target
 * @param validationMs of the comparison inside the write outage
 * @param shiftMs until the switch had accepted the change of traffic
 * @param openMs until the target took writes after it was told to
 * @param outageMs how long neither side took writes in the switch
 * @param rollbackMs from the start of the rollback until the source served again
 */
public record SwitchFigures(
    Optional<Long> fenceMs,
    Optional<Long> drainMs,
    Optional<Long> validationMs,
    Optional<Long> shiftMs,
    Optional<Long> openMs,
    Optional<Long> outageMs,
    Optional<Long> rollbackMs) {
  /** Nothing was measured. */
  public static final SwitchFigures NONE =
      new SwitchFigures(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
}
