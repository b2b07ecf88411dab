package dev.cutover.monitor.domain;

/**
 * How probable a false rollback may be over so many ticks. What is spent on one signal or span is
 * not there for another. Pure.
 *
 * @param probability above 0 and below 1
 * @param ticks over which it holds, at least 1
 */
record Budget(double probability, long ticks) {
  /** What one of several signals gets, over the same ticks. */
  Budget share(double share) {
    return new Budget(probability * share, ticks);
  }

  /**
   * What some of the ticks get: as much of it as they are of all. The threshold of {@link
   * GridCusum} grows with ticks over probability, which is the same for every part: splitting makes
   * no test slower.
   */
  Budget during(long part) {
    return new Budget(probability * part / ticks, part);
  }
}
