package dev.cutover.contract;

import java.util.List;

/**
 * What the monitor looks at and when it calls it a breach.
 *
 * @param journeys critical functions, probed on both sides
 */
public record WatchSpec(
    WatchedSide source, WatchedSide target, List<Journey> journeys, Objectives objectives) {
  public WatchSpec {
    journeys = List.copyOf(journeys);
  }

  /** What is looked at on that side. */
  public WatchedSide watched(Side side) {
    return side == Side.SOURCE ? source : target;
  }

  /** The same with other objectives. */
  public WatchSpec withObjectives(Objectives other) {
    return new WatchSpec(source, target, journeys, other);
  }

  /**
   * One side.
   *
   * @param metricsUrl a Prometheus text endpoint, or the query API of a Prometheus server with the
   *     matchers of the side's series ({@code http://host:9090/api/v1/query?match=...}); blank when
   *     there is none
   * @param probeUrl base of the journeys' paths, by pinned address
   */
  public record WatchedSide(String metricsUrl, String probeUrl) {}

  /**
   * A critical function: steps that must all succeed.
   *
   * @param timeoutMs upper bound for the whole journey
   */
  public record Journey(String name, List<HttpStep> steps, int timeoutMs) {
    public Journey {
      steps = List.copyOf(steps);
    }
  }
}
