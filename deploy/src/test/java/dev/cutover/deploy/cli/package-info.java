/** The commands' own parts. */
@NullMarked
package dev.cutover.deploy.cli;

import org.jspecify.annotations.NullMarked;
