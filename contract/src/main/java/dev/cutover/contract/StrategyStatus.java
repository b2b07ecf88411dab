package dev.cutover.contract;

import java.util.List;
import java.util.Optional;

/**
 * How a cutover moves traffic and data, and what becomes of writes that the target took.
 *
 * @param strategy as in the plan, such as {@code canary}
 * @param dataLayer as in the plan, such as {@code replicated}
 * @param rollback as in the plan, such as {@code reverseSync}
 * @param targetPercent share of the traffic that was given to the target, 0 to 100
 * @param signedBy who signed beforehand that there may be no way back without loss
 * @param review the target's writes that two people have to look at; empty when there are none
 * @param loss writes that were given up, why, and how many; empty when none were
 * @param notes promises that do not hold for this plan, and what is risky about it
 */
public record StrategyStatus(
    String strategy,
    String dataLayer,
    String rollback,
    int targetPercent,
    List<String> signedBy,
    Optional<String> review,
    Optional<String> loss,
    List<String> notes) {
  /** Nothing is planned. */
  public static final StrategyStatus NONE =
      new StrategyStatus("", "", "", 0, List.of(), Optional.empty(), Optional.empty(), List.of());

  public StrategyStatus {
    signedBy = List.copyOf(signedBy);
    notes = List.copyOf(notes);
  }
}
