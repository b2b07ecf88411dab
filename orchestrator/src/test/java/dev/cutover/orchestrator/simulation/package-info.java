/** A seeded simulation of the saga in a world that fails in every way that we know of. */
@org.jspecify.annotations.NullMarked
package dev.cutover.orchestrator.simulation;
