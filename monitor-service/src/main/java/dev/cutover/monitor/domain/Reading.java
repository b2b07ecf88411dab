package dev.cutover.monitor.domain;

import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** What one look at a side's metrics gave. A failure is never a number. */
public sealed interface Reading {
  /**
   * Raw counters as they stand.
   *
   * @param at when they were taken: the exporter's own time stamp where it gives one
   * @param counters value of each series, finite and not negative; holds at least one of {@link
   *     Kind#REQUESTS}
   */
  record Sample(Instant at, Map<Series, Double> counters) implements Reading {
    public Sample {
      // In one order: what is judged again adds the same numbers up in the same order.
      counters = Collections.unmodifiableMap(new TreeMap<>(counters));
    }
  }

  /** An answer came, but what was asked for is not in it. */
  record Missing(String reason) implements Reading {}

  /** No answer came, or it could not be read. */
  record Unreadable(String reason) implements Reading {}

  /**
   * One series.
   *
   * @param labels the series as it is written in the text, without {@code le}
   * @param edgeSeconds upper edge of a {@link Kind#LATENCY} bucket, otherwise 0
   */
  record Series(Kind kind, String labels, double edgeSeconds) implements Comparable<Series> {
    private static final Comparator<Series> ORDER =
        Comparator.comparing(Series::kind)
            .thenComparing(Series::labels)
            .thenComparingDouble(Series::edgeSeconds);

    @Override
    public int compareTo(Series other) {
      return ORDER.compare(this, other);
    }
  }

  /** What a series counts. */
  enum Kind {
    /** Requests that did not fail. */
    REQUESTS,
    /** Requests that failed. */
    ERRORS,
    /** Requests up to a duration. */
    LATENCY,
    /** When the process started, in seconds: another value is another process. */
    PROCESS_START
  }
}
