/**
 * Proves that data and applications are right before, in and after the switch. Reads only, except
 * for flows that say that they write.
 */
@NullMarked
package dev.cutover.validator;

import org.jspecify.annotations.NullMarked;
