package dev.cutover.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock moved by hand; safe for several threads. */
public final class ManualClock implements InstantSource {
  private Instant now;

  public ManualClock(Instant now) {
    this.now = now;
  }

  /** Starts at a round instant of the year 2026. */
  public ManualClock() {
    this(Instant.parse("2026-11-22T00:00:00Z"));
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  public synchronized void advance(Duration step) {
    now = now.plus(step);
  }

  /** Sets the time, backwards too: a clock may jump. */
  public synchronized void set(Instant instant) {
    now = instant;
  }
}
