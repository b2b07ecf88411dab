package dev.cutover.contract;

import java.time.Instant;

/**
 * How the source did before the cutover; frozen.
 *
 * @param requests how many it rests on
 * @param errors how many of them failed
 * @param latencyQuantileMs the objectives' quantile, upper bound of its 99 % interval where known
 * @param dispersion variance of errors per tick over the binomial's, at least 1
 * @param requestsPerSecond traffic
 */
public record HealthBaseline(
    Instant from,
    Instant until,
    long requests,
    long errors,
    double latencyQuantileMs,
    double dispersion,
    double requestsPerSecond) {}
