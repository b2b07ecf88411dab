/**
 * The demonstration: a sample shop on two sides, its clients, and an account of every write that
 * was acknowledged.
 */
@NullMarked
package dev.cutover.deploy.demo;

import org.jspecify.annotations.NullMarked;
