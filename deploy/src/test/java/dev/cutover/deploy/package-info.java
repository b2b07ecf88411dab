@NullMarked
package dev.cutover.deploy;

import org.jspecify.annotations.NullMarked;
