@NullMarked
package dev.cutover.dns;

import org.jspecify.annotations.NullMarked;
