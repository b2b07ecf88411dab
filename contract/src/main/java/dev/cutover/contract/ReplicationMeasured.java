package dev.cutover.contract;

/**
 * How a stream does, about once a second.
 *
 * @param lagMs age of the newest change not yet applied; 0 when caught up; -1 when unknown
 * @param appliedTransactions since the stream started
 * @param conflicts rows that were not as the stream expected; anything above 0 is unhealthy
 * @param running false when the stream is down
 * @param error what ails it; empty when nothing does
 */
public record ReplicationMeasured(
    CutoverId cutover,
    Direction direction,
    long lagMs,
    long appliedTransactions,
    long conflicts,
    boolean running,
    String error)
    implements Report {}
