package dev.cutover.orchestrator.domain;

/**
 * How much of the traffic the target has.
 *
 * @param percent as far as orders were answered; 0 to 100
 * @param counter what the monitor counted last, -1 when that is not known; it begins anew with each
 *     of its instances
 * @param requests taken by the target since the soak began
 */
public record Share(int percent, long counter, long requests) {
  /** The source has it all. */
  public static final Share NONE = new Share(0, -1, 0);

  Share at(int newPercent) {
    return new Share(newPercent, counter, requests);
  }

  /** Counting begins with what is heard next. */
  Share counted() {
    return new Share(percent, -1, 0);
  }

  /** The monitor was heard; below 0 it counted nothing. */
  Share heard(long total) {
    if (total < 0) {
      return this;
    }
    long more = counter < 0 ? 0 : total >= counter ? total - counter : total;
    return new Share(percent, total, requests + more);
  }
}
