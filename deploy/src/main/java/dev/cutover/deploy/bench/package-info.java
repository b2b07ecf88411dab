/** Speed, shown side by side with what a user would use instead, in one run. */
@NullMarked
package dev.cutover.deploy.bench;

import org.jspecify.annotations.NullMarked;
