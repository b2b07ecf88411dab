/** What people do from a terminal with cutovers, over the API. */
@NullMarked
package dev.cutover.deploy.cli;

import org.jspecify.annotations.NullMarked;
