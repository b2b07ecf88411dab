package dev.cutover.contract;

import java.time.Instant;
import java.util.Optional;

/**
 * A member tells its programme where it stands, in the transaction in which that changed.
 *
 * @param cutover the programme: the key
 * @param member the cutover that belongs to it
 * @param sequence in the member's journal; what is older than the last heard changes nothing
 * @param state as in {@link CutoverStatus}; {@code refused} when it could not be started
 * @param outcome as in {@link CutoverStatus}; {@code REFUSED} when it could not be started
 */
public record MemberProgressed(
    CutoverId cutover,
    CutoverId member,
    long sequence,
    String state,
    Optional<String> outcome,
    String reason,
    Instant at)
    implements Report {}
