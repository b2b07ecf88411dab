package dev.cutover.contract;

/**
 * The monitor's heartbeat while it watches, at least every two seconds. Silence is neither health
 * nor breach: it holds progress and pages.
 *
 * @param epoch epoch of the watch
 * @param detail one sentence
 * @param source what the source shows
 * @param target what the target shows
 */
public record HealthReported(
    CutoverId cutover,
    long epoch,
    HealthVerdict verdict,
    String detail,
    SideHealth source,
    SideHealth target)
    implements Report {
  /** What can be said about the target. */
  public enum HealthVerdict {
    HEALTHY,
    BREACHED,
    INCONCLUSIVE,
    BLIND
  }

  /**
   * One side over the last ten seconds.
   *
   * @param requests how many were seen since the watch began
   * @param requestsPerSecond -1 when unknown
   * @param errorRate 0 to 1; -1 when unknown. Of a fenced side it says little: writes that are
   *     refused are errors too
   * @param latencyMs the objectives' quantile; -1 when unknown
   * @param probeErrorRate share of the walks of reading journeys that failed, 0 to 1; -1 when fewer
   *     than three ended
   */
  public record SideHealth(
      long requests,
      double requestsPerSecond,
      double errorRate,
      double latencyMs,
      double probeErrorRate) {
    /** Nothing is known. */
    public static final SideHealth UNKNOWN = new SideHealth(0, -1, -1, -1, -1);
  }
}
