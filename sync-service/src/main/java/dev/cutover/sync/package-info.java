@NullMarked
package dev.cutover.sync;

import org.jspecify.annotations.NullMarked;
