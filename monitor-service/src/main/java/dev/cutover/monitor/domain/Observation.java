package dev.cutover.monitor.domain;

import java.time.Duration;

/** What happened on one side between two readings. */
public sealed interface Observation {
  /**
   * Counted events.
   *
   * @param span between the two readings, positive
   * @param requests all of them, failed or not
   * @param errors failed ones, at most {@code requests}
   * @param latency durations; empty when no histogram is read
   */
  record Counted(Duration span, long requests, long errors, Histogram latency)
      implements Observation {}

  /**
   * Nothing can be said.
   *
   * @param state one of the blind states
   */
  record Gap(SignalState state, String reason) implements Observation {}
}
