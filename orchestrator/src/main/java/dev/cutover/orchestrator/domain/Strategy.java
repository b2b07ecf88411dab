package dev.cutover.orchestrator.domain;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How traffic and data move. */
public sealed interface Strategy {
  /** The target runs beside the source; one switch moves all traffic. */
  record BlueGreen() implements Strategy {}

  /**
   * Everything at once inside a maintenance window: the source stops, all data is compared, traffic
   * moves, the target is proven, and only then does it take writes.
   */
  record BigBang() implements Strategy {}

  /**
   * Traffic moves share by share; the monitor judges the target at each.
   *
   * @param weights ascending, the last is 100 percent; never empty
   * @param abort where a breach leads
   */
  record Canary(List<Weight> weights, Abort abort) implements Strategy {
    public Canary {
      weights = List.copyOf(weights);
    }

    /** Whether both sides take traffic at once for a while. */
    public boolean shares() {
      return weights.size() > 1;
    }

    /** The weight whose step, or the proof of it, has that name. */
    Optional<Weight> weight(String stepName) {
      return weights.stream()
          .filter(w -> w.stepName().equals(stepName) || w.proofName().equals(stepName))
          .findFirst();
    }

    /** The highest weight below that one, which was good for as long as the plan wants. */
    Optional<Weight> before(int percent) {
      return weights.stream().filter(weight -> weight.percent() < percent).reduce((_, b) -> b);
    }
  }

  /**
   * A share of the traffic.
   *
   * @param percent 1 to 100
   * @param soak how long the target must be healthy with it
   * @param requests how many requests it must have taken meanwhile
   */
  record Weight(int percent, Duration soak, long requests) {
    /** Name of the step that shifts to it, such as {@code shift-traffic-10}. */
    public String stepName() {
      return "%s-%d".formatted(Action.SHIFT_TRAFFIC.stepName(), percent);
    }

    /** Name of the step that proves it, such as {@code verify-split-10}. */
    public String proofName() {
      return "%s-%d".formatted(Action.VERIFY_SPLIT.stepName(), percent);
    }
  }

  /** Where a breach while traffic is shared leads. */
  enum Abort {
    /** To the weight before, once; a second breach leads to the source. */
    LAST_GOOD_WEIGHT,
    SOURCE
  }
}
