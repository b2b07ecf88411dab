package dev.cutover.contract;

import java.time.Duration;
import java.util.Optional;

/**
 * What is required of a JSON document. What is left out is not required; at least one is given.
 *
 * @param at JSON pointer (RFC 6901) in which {@code *} stands for each element or member: then all
 *     of them have to be so, and there has to be one
 * @param is the value as text
 * @param atLeast lower bound of a number
 * @param atMost upper bound of a number
 * @param youngerThan age that the time there may have at most; ISO 8601 with an offset, or seconds
 *     or milliseconds since 1970
 */
public record JsonRequirement(
    String at,
    Optional<String> is,
    Optional<Double> atLeast,
    Optional<Double> atMost,
    Optional<Duration> youngerThan) {}
