/**
 * What goes out of the house: calls to the team's systems, orders to participants, notices to
 * people. A loop of its own beside the saga's, so that nothing outside can ever hold the saga up.
 */
@NullMarked
package dev.cutover.orchestrator.outbound;

import org.jspecify.annotations.NullMarked;
