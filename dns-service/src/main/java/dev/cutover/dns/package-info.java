/**
 * The dns-service: reads, lowers, stages, shifts, verifies and reverts the traffic switch. Keeps
 * nothing: the epoch of the last change stands in the zone.
 */
@NullMarked
package dev.cutover.dns;

import org.jspecify.annotations.NullMarked;
