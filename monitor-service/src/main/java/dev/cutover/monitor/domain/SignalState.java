package dev.cutover.monitor.domain;

/** What one signal says. Only {@link #OK} is health and only {@link #BREACH} is a breach. */
public enum SignalState {
  /** Enough was seen, and it is within the objective. */
  OK,
  /** It may be going wrong; not sure enough yet. */
  SUSPECT,
  /** The objective is broken, with the surety that was asked for. */
  BREACH,
  /** It was measured, but too little passed to say anything. */
  INSUFFICIENT_TRAFFIC,
  /**
   * An answer came without the numbers: a series is missing or not a number, a counter restarted.
   */
  NO_DATA,
  /** No answer, or one that cannot be read. */
  PROVIDER_ERROR,
  /** Nothing new has come for too long. */
  STALE;

  /** Whether nothing at all is known about the side that is judged. */
  public boolean isBlind() {
    return this == NO_DATA || this == PROVIDER_ERROR || this == STALE;
  }
}
