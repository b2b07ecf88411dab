/** Commands that compare a plan's two sides, without a cutover and without any service. */
@NullMarked
package dev.cutover.deploy.validate;

import org.jspecify.annotations.NullMarked;
