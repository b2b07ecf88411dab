package dev.cutover.sync.domain;

/**
 * How far a pass over two buckets is.
 *
 * @param listed keys of the source that were looked at so far
 * @param same objects that were the same before
 * @param copied objects that were written
 * @param bytes of them
 * @param bytesPerSecond since it began
 * @param faults objects that could not be done
 */
public record ObjectsProgress(
    long listed, long same, long copied, long bytes, long bytesPerSecond, long faults) {}
