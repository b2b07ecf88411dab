/**
 * The saga: pure functions over records. Deciding gives events, applying an event gives the next
 * state, and replay only applies. Nothing here reads a clock, a random number or the network.
 */
@NullMarked
package dev.cutover.orchestrator.domain;

import org.jspecify.annotations.NullMarked;
