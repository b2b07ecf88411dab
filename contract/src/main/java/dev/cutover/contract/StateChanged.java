package dev.cutover.contract;

/**
 * The orchestrator's state of a cutover changed; for subscribers.
 *
 * @param from name of the state before
 * @param to name of the state now
 * @param reason in words
 */
public record StateChanged(CutoverId cutover, String from, String to, String reason)
    implements Report {}
