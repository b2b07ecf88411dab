/** Looks at the systems around an application: one class for each kind of system. */
@NullMarked
package dev.cutover.validator.adapter.system;

import org.jspecify.annotations.NullMarked;
