@NullMarked
package dev.cutover.monitor;

import org.jspecify.annotations.NullMarked;
