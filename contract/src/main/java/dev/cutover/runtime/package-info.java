@NullMarked
package dev.cutover.runtime;

import org.jspecify.annotations.NullMarked;
