package dev.cutover.monitor.domain;

/**
 * Asks whether the target is worse than the source, so that a dependency which fails both holds
 * instead of rolling back: given all failures of both arms, were so many the target's by chance?
 * Pure. Source: monitor.md D4.
 *
 * @param probabilityMax the target is worse when chance explains it with less than this
 */
public record AttributionGate(double probabilityMax) {
  /** The gate as it was measured. */
  public static final AttributionGate STANDARD = new AttributionGate(1e-3);

  /** Compares the target with its control arm over the same span. */
  public Attribution judge(Arm target, Arm control) {
    long all = target.requests() + control.requests();
    if (target.requests() == 0 || control.requests() == 0) {
      return new Attribution(1, false);
    }
    double share = (double) target.requests() / all;
    double probability = Binomial.upperTail(target.bad(), target.bad() + control.bad(), share);
    return new Attribution(probability, probability < probabilityMax);
  }

  /**
   * Counts of one side.
   *
   * @param requests 0 or more
   * @param bad at most {@code requests}
   */
  public record Arm(long requests, long bad) {
    public Arm {
      if (bad < 0 || bad > requests) {
        throw new IllegalArgumentException(
            "Expected 0 <= bad <= requests, but got bad=%d requests=%d".formatted(bad, requests));
      }
    }

    public Arm plus(Arm other) {
      return new Arm(requests + other.requests, bad + other.bad);
    }

    /** The share of bad ones; 0 without requests. */
    public double share() {
      return requests == 0 ? 0 : (double) bad / requests;
    }
  }

  /**
   * The answer.
   *
   * @param probability p-value, 0 to 1
   * @param worse whether the target is worse than the source
   */
  public record Attribution(double probability, boolean worse) {}
}
