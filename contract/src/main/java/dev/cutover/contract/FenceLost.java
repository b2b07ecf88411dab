package dev.cutover.contract;

/**
 * A side that must refuse writes was found able to take them (a failover to an asynchronous
 * standby, an owner who disabled a trigger). It was asserted again where possible.
 *
 * @param reasserted whether the fence stands again
 * @param detail what was found
 */
public record FenceLost(CutoverId cutover, Side side, boolean reasserted, String detail)
    implements Report {}
