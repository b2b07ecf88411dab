@NullMarked
package dev.cutover.contract;

import org.jspecify.annotations.NullMarked;
