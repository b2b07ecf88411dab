package dev.cutover.monitor.domain;

import dev.cutover.contract.RollbackTrigger.BreachReason;
import java.time.Instant;
import java.util.Optional;

/**
 * What one signal says at one tick.
 *
 * @param name such as {@code error-rate}
 * @param detail one sentence
 * @param breach present exactly when {@code state} is {@link SignalState#BREACH}
 */
record Signal(String name, SignalState state, String detail, Optional<Breach> breach) {
  Signal {
    if (breach.isPresent() != (state == SignalState.BREACH)) {
      throw new IllegalArgumentException(
          "Expected evidence with a breach and only there, but got " + state + " " + breach);
    }
  }

  static Signal of(String name, SignalState state, String detail) {
    return new Signal(name, state, detail, Optional.empty());
  }

  static Signal breach(Breach breach, String detail) {
    return new Signal(breach.reason().signal(), SignalState.BREACH, detail, Optional.of(breach));
  }

  /**
   * The evidence.
   *
   * @param since when its first sample was taken
   */
  record Breach(Instant since, BreachReason reason) {}
}
