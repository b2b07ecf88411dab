package dev.cutover.contract;

/**
 * Why a step failed, for a person and for the saga.
 *
 * @param kind closed vocabulary for dashboards and rules
 * @param reason one sentence: what was expected, what was found, what to do; no secrets, no
 *     customers' rows
 * @param retryable whether another attempt at the same step may succeed without anybody's help
 */
public record Failure(FailureKind kind, String reason, boolean retryable) {}
