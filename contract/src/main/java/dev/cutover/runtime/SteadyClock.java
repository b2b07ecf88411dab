package dev.cutover.runtime;

import java.time.Instant;
import java.time.InstantSource;

/**
 * Wall time at the start of the process, then the monotonic clock: a jump of the wall clock never
 * expires a running deadline. After a restart time is the wall's again.
 */
public final class SteadyClock implements InstantSource {
  private final Instant start = InstantSource.system().instant();
  private final long startNanos = System.nanoTime();

  @Override
  public Instant instant() {
    return start.plusNanos(System.nanoTime() - startNanos);
  }
}
