/** Databases by themselves: what a plan's data would need, and a copy of it, without a cutover. */
@NullMarked
package dev.cutover.deploy.sync;

import org.jspecify.annotations.NullMarked;
