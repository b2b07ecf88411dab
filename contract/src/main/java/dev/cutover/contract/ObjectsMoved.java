package dev.cutover.contract;

/**
 * What passes over all buckets of a plan brought over.
 *
 * @param objects that were looked at on the side that is copied from
 * @param copied of them
 * @param bytes of those
 * @param deleted from the side that is copied to
 * @param late objects that the other side has newer, or has alone since its fence: left alone
 * @param unproven whose store gives no hash of their content
 * @param tookMs altogether
 */
public record ObjectsMoved(
    long objects, long copied, long bytes, long deleted, long late, long unproven, long tookMs) {}
