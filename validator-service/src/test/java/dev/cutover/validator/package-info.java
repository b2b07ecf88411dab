@NullMarked
package dev.cutover.validator;

import org.jspecify.annotations.NullMarked;
