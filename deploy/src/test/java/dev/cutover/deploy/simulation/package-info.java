/**
 * The whole system in one process without a network: all five services as they are, over a log,
 * databases, a zone and people that are simulated from one seed.
 */
@NullMarked
package dev.cutover.deploy.simulation;

import org.jspecify.annotations.NullMarked;
