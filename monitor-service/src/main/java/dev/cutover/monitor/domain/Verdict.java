package dev.cutover.monitor.domain;

import dev.cutover.contract.RollbackTrigger.BreachReason;
import java.util.List;

/** What can be said about the target. Blind is neither health nor breach (invariant I8). */
public sealed interface Verdict {
  /** Everything that is watched is fresh, sufficient and within its objective. */
  record Healthy() implements Verdict {}

  /**
   * The rollback criteria are met.
   *
   * @param reasons never empty
   */
  record Breached(List<BreachReason> reasons) implements Verdict {
    public Breached {
      reasons = List.copyOf(reasons);
    }
  }

  /** Measured, but not sure: too little traffic, a suspicion, or the source is as bad. */
  record Inconclusive(String reason) implements Verdict {}

  /** A signal has not been seen for too long. */
  record Blind(String reason) implements Verdict {}
}
