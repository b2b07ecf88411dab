package dev.cutover.contract;

/**
 * A record that a service could not read. It lies in the dead letters; that cutover is held, others
 * go on.
 *
 * @param topic where it was found
 * @param partition partition there
 * @param offset offset there
 * @param reason what was expected and what was found; never the content
 */
public record UndecodableMessage(
    CutoverId cutover, String topic, int partition, long offset, String reason) implements Report {}
