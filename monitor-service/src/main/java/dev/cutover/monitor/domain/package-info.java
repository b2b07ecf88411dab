/**
 * How it is judged whether the target does worse than it may. Deterministic: no clock, no
 * randomness, no network; the time is an argument. Detectors keep the little state of a sequential
 * test and belong to one thread.
 */
@NullMarked
package dev.cutover.monitor.domain;

import org.jspecify.annotations.NullMarked;
