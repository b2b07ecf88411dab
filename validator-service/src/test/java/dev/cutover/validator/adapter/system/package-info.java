/** Looks at real systems where they can be had. */
@NullMarked
package dev.cutover.validator.adapter.system;

import org.jspecify.annotations.NullMarked;
