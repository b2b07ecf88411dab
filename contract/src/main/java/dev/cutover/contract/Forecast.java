package dev.cutover.contract;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How long the switch and a way back would take at this moment, and what that rests on.
 *
 * @param writeOutage from the fence until the target takes writes; empty for a plan that fences
 *     nothing
 * @param rollback from the start of a rollback until the source serves again; empty for a plan
 *     without a way back
 * @param cachesSeconds how much longer users may be sent to the old side by caches that still hold
 *     its address; empty for a plan that moves no traffic
 * @param detectionSeconds how long the monitor would need to see a breach at present traffic; empty
 *     when it does not say
 * @param drill what the last drill of the fence measured
 */
public record Forecast(
    Optional<Expected> writeOutage,
    Optional<Expected> rollback,
    Optional<Long> cachesSeconds,
    Optional<Long> detectionSeconds,
    Optional<Drill> drill) {
  /** Nothing can be said. */
  public static final Forecast NONE =
      new Forecast(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /**
   * A span that is expected.
   *
   * @param ms sum of its parts
   * @param boundMs what the plan allows
   * @param rehearsedMs how long it took in the last rehearsal
   */
  public record Expected(
      long ms, long boundMs, Fit fit, List<Part> parts, Optional<Long> rehearsedMs) {
    public Expected {
      parts = List.copyOf(parts);
    }
  }

  /** How a span stands to its bound. */
  public enum Fit {
    /** At most a quarter of the bound. */
    WITHIN,
    /** More than a quarter of it. */
    TIGHT,
    /** So long that the cutover would go back by itself, or fail its promise. */
    OVER
  }

  /**
   * A part of a span.
   *
   * @param name such as {@code fence} or {@code drain}
   * @param detail where the figure comes from, in words
   */
  public record Part(String name, long ms, Basis basis, String detail) {}

  /** What a figure rests on, the best first. */
  public enum Basis {
    /** It was measured on the real thing. */
    MEASURED,
    /** It was measured in a rehearsal. */
    REHEARSED,
    /** The plan says so: a bound or an expectation. */
    PLANNED,
    /** Nothing measured it yet. */
    ASSUMED
  }

  /**
   * A drill of the fence on the real source.
   *
   * @param at when the first write could be refused
   * @param fenceMs until nothing could be committed any more
   * @param drainMs from then until the marker was applied on the target
   * @param thawMs from then until writes were accepted again
   * @param refusedMs how long writes were refused, altogether
   * @param ended sessions that blocked the fence and were ended
   * @param longestTransactionMs age of the oldest transaction right before the fence
   */
  public record Drill(
      Instant at,
      long fenceMs,
      long drainMs,
      long thawMs,
      long refusedMs,
      int ended,
      long longestTransactionMs) {}
}
