/** The commands for DNS, their parts. */
@NullMarked
package dev.cutover.deploy.dns;

import org.jspecify.annotations.NullMarked;
