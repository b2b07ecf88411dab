package dev.cutover.contract;

import java.time.Instant;

/**
 * The sync-service heard nothing until the fence's lease ran out, and the target had never been
 * told to open: it raised the target's epoch, fenced, and opened the source.
 *
 * @param fenceEpoch epoch of the fence whose lease it was; both rows now have this plus one
 */
public record FenceLeaseExpired(CutoverId cutover, long fenceEpoch, Instant openedAt)
    implements Report {}
