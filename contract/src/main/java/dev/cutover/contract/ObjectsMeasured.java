package dev.cutover.contract;

import java.time.Instant;

/**
 * How far a pass over objects is: about once a second while it runs, and at its end.
 *
 * @param direction which way they are copied
 * @param objects that were looked at so far
 * @param copied so far
 * @param bytes of those
 * @param faults objects that could not be done so far
 * @param ended true when it is over
 * @param tookMs since it began
 * @param error what ails it; empty when nothing does
 */
public record ObjectsMeasured(
    CutoverId cutover,
    Direction direction,
    Instant measuredAt,
    long objects,
    long copied,
    long bytes,
    long faults,
    boolean ended,
    long tookMs,
    String error)
    implements Report {}
